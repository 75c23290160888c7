"""Labels that the winner doubts stand among the findings of the audit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from automl.data.audit.finding import Finding
from automl.data.modality import Dataset, Examples
from automl.data.splits import Fold
from automl.jobs.finish.doubted import with_doubted

N = 3000
RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.integers(0, 2, N)
SURE = np.clip(RANDOM.beta(20, 1, N), 0.5, 1)


def found(flipped: float, task: str = "binary", findings: tuple[Finding, ...] = ()) -> tuple[Finding, ...]:
    """Of a winner that is always right, and labels of which a share is not."""
    wrong = np.random.default_rng(1).random(N) < flipped
    labels = np.where(wrong, 1 - TRUTH, TRUTH)
    chances = np.where(np.eye(2)[TRUTH] > 0, SURE[:, None], 1 - SURE[:, None])
    examples = Examples(inputs={"x": np.zeros(2 * N)}, keys={"row": np.arange(2 * N)})
    dataset = Dataset(examples=examples, schema={}, task=task, target_names=("y",))
    folds = (Fold(train=np.arange(N), validation=np.arange(N, 2 * N)),)
    intake: Any = SimpleNamespace(findings=findings, dataset=dataset, validation=None, folds=folds)
    prepared = SimpleNamespace(targets={"target": np.eye(2)[labels]})
    winner: Any = SimpleNamespace(held_out=lambda: {"target": chances}, prepared=prepared)
    return with_doubted(intake, winner)


def test_labels_that_the_winner_disputes_are_told_by_their_rows():
    (finding,) = found(0.06)

    assert finding.kind == "labels"
    assert "the model, trained without them, is sure of another class" in finding.told
    first = int(finding.told.split(" for row ")[1].split(",")[0])
    assert N <= first < 2 * N


def test_nothing_is_told_of_right_labels_amounts_or_twice():
    known = Finding(kind="labels", where="target", mood="careful", told="Known.", advice="Look.")

    assert found(0.0) == ()
    assert found(0.06, task="regression") == ()
    assert found(0.06, findings=(known,)) == (known,)
