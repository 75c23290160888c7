"""Scorers of tasks: they hear of targets and predictions by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.core.targets import TARGET, take_rows
from automl.tasks.decoding import finished
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

    from automl.metrics.scorer import Scorer


class SingleTarget:
    """A ``TaskScorer`` of the one target that there is.

    Args:
        scorer: of its values.
        predicted: name of the prediction that it hears of.
    """

    def __init__(self, scorer: Scorer, predicted: str = TARGET) -> None:
        self._scorer, self._predicted = scorer, predicted

    def update(
        self,
        targets: Mapping[str, np.ndarray],
        predictions: Mapping[str, np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        """Hear of a batch."""
        self._scorer.update(targets[TARGET], predictions[self._predicted], groups)

    def result(self) -> dict[str, float]:
        """Every metric."""
        return self._scorer.result()


class OutputScorer:
    """Scores raw outputs of a validation part portion by portion; see ``training.scoring.Scorer``.

    Args:
        task: finishes and scores.
        targets: encoded targets of the whole validation part.
        groups: group of each of its examples ``(n,)``, or None.
    """

    def __init__(
        self, task: Task, targets: Mapping[str, np.ndarray], groups: np.ndarray | None = None
    ) -> None:
        self._task, self._targets, self._groups = task, targets, groups
        self._scorer = task.scorer()

    def update(self, positions: np.ndarray, outputs: Mapping[str, np.ndarray]) -> None:
        """Finish and score a portion."""
        rows: Any = positions
        if positions[-1] - positions[0] == len(positions) - 1:
            rows = slice(positions[0], positions[-1] + 1)  # a view, not a copy
        targets = take_rows(self._targets, rows)
        groups = None if self._groups is None else self._groups[rows]
        self._scorer.update(targets, finished(self._task, outputs), groups)

    def result(self) -> dict[str, float]:
        """Every metric."""
        return self._scorer.result()
