"""Rows whose predictions are at hand, made up."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.targets import TARGET
from automl.tasks.catalog import restore_task
from automl.tasks.conformal.kept import Case

CLASSES = ("cat", "dog", "owl")


def amounts(rows: int, seed: int = 0, *, funnel: bool = False, groups: bool = False) -> Case:
    """Amounts with errors of one size, of a size that grows with the amount, or that a group has more "
    "of."""
    random = np.random.default_rng(seed)
    answer = random.uniform(1, 9, (rows, 1))
    size = answer / 2 if funnel else np.ones_like(answer)
    names = np.array(["calm", "rough"], object)[random.integers(0, 2, rows)] if groups else None
    if names is not None:
        size = np.where(names[:, None] == "rough", 3.0, 1.0)
    task: Any = restore_task(
        {"kind": "regression", "names": ["y"], "mean": [5], "scale": [2], "low": [-99], "high": [99]}
    )
    truth = answer + size * random.normal(size=answer.shape)
    return Case(
        task=task,
        predictions={TARGET: answer},
        groups=names,
        encoded={TARGET: (truth - 5) / 2},
        truth={TARGET: truth},
    )


def classes(rows: int, seed: int = 0, *, sharp: float = 1.0) -> Case:
    """Three classes with true probabilities."""
    random = np.random.default_rng(seed)
    chances = random.dirichlet(np.full(3, 1 / sharp), rows)
    true = (chances.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1).clip(0, 2)
    task: Any = restore_task(
        {"kind": "multiclass", "names": ["pet"], "classes": [*CLASSES], "shares": [1 / 3] * 3}
    )
    return Case(
        task=task,
        predictions={TARGET: chances.astype(np.float32)},
        encoded={TARGET: np.eye(3, dtype=np.float32)[true]},
        truth={TARGET: np.array(CLASSES, object)[true]},
    )


def forecasts(windows: int, seed: int = 0, *, restless: bool = False) -> Case:
    """Walks of two steps ahead; restless ones have calm and rough times."""
    random = np.random.default_rng(seed)
    moods = np.repeat(random.choice([0.2, 2.0], windows // 10 + 1), 10)[:windows]
    size = moods if restless else np.ones(windows)
    steps = size[:, None, None] * random.normal(size=(windows, 22, 1))
    walks = steps.cumsum(axis=1)
    task: Any = restore_task(
        {
            "kind": "forecasting",
            "names": ["load"],
            "mean": [0.0],
            "std": [4.0],
            "naive_mae": [1.0],
            "season": 1,
            "horizon": 2,
        }
    )
    past, ahead = walks[:, :20], walks[:, 20:]
    return Case(
        task=task,
        predictions={TARGET: np.repeat(past[:, -1:], 2, axis=1)},
        inputs={"series": past},
        encoded={TARGET: ahead / 4},
        truth={TARGET: ahead},
    )
