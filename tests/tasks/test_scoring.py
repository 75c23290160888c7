"""Raw outputs are scored portion by portion, as if they came all at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from automl.core.targets import TARGET
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task
from automl.tasks.decoding import finished
from automl.tasks.scoring import OutputScorer

RANDOM = np.random.default_rng(0)
TARGETS = {
    "multiclass": np.array(["a", "b", "c", "a"] * 10, object),
    "multilabel": RANDOM.integers(0, 2, (40, 3)).astype(np.float32),
    "regression": RANDOM.normal(5, 2, (40, 2)),
}


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("size", [1, 7, 40])
def test_portions_are_scored_as_the_whole(kind: str, size: int) -> None:
    width = 1 if TARGETS[kind].ndim == 1 else TARGETS[kind].shape[1]
    task = fit_task(kind, {TARGET: TARGETS[kind]}, names=("x", "y", "z")[:width], facts={})
    encoded = task.encode({TARGET: TARGETS[kind]})
    outputs = RANDOM.normal(size=encoded[TARGET].shape).astype(np.float32)
    scorer = OutputScorer(task, encoded)

    for first in range(0, 40, size):
        rows = np.arange(first, min(40, first + size))
        scorer.update(rows, {TARGET: outputs[rows]})

    whole = score_at_once(task.scorer(), encoded, finished(task, {TARGET: outputs}))
    assert scorer.result() == pytest.approx(whole, rel=1e-12, abs=1e-12)


class Hearing:
    """A task that remembers what its scorer hears of."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def scorer(self) -> Hearing:
        return self

    def finish(self, outputs: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
        return outputs

    def update(self, targets: Any, predictions: Any, groups: Any = None) -> None:
        self.heard.append((targets[TARGET].tolist(), predictions[TARGET].tolist(), groups.tolist()))


@pytest.mark.parametrize("rows", [[2, 3, 4], [1, 4]])
def test_each_portion_comes_with_its_targets_and_groups(rows: list[int]) -> None:
    task: Any = Hearing()
    scorer = OutputScorer(task, {TARGET: np.arange(6) * 10}, np.arange(6) * 100)

    scorer.update(np.array(rows), {TARGET: np.array(rows)})

    assert task.heard == [([10 * row for row in rows], rows, [100 * row for row in rows])]
