"""Scores of classes, and how alike groups are treated."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from automl.core.protected import GROUP
from automl.core.targets import TARGET
from automl.metrics.classification import ClassScorer
from automl.metrics.fairness import count_groups, differences_between

Answers = Callable[[Mapping[str, np.ndarray], "np.ndarray | None"], np.ndarray]


class GroupedScorer:
    """A ``TaskScorer`` of two classes that hears of the group of each row beside the targets, too.

    Args:
        scorer: of the classes.
        answers: gives the class that is answered, from predictions and groups.
        positive: which class is looked for.
    """

    def __init__(self, scorer: ClassScorer, answers: Answers, positive: int) -> None:
        self._scorer, self._answers, self._positive = scorer, answers, positive
        self._counts: dict[str, np.ndarray] = {}
        self._grouped = True

    def update(
        self,
        targets: Mapping[str, np.ndarray],
        predictions: Mapping[str, np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        """Hear of a batch; without the groups of its rows they are not compared."""
        own = targets.get(GROUP)
        y, p = np.asarray(targets[TARGET]), np.asarray(predictions[TARGET])
        guess = self._answers(predictions, own)
        self._scorer.heard(y, p, guess)
        self._grouped = self._grouped and own is not None
        if own is None:
            return
        truth = y.argmax(axis=1) == self._positive
        for name, counts in count_groups(own, truth, guess == self._positive).items():
            self._counts[name] = counts + self._counts.get(name, np.zeros_like(counts))

    def result(self) -> dict[str, float]:
        """Every metric; differences between groups where the groups of all rows were told."""
        found = self._scorer.result()
        if not self._grouped or not self._counts:
            return found
        return {**found, **differences_between(self._counts)}
