"""What predicted yes/no labels show, label by label.

Symbols: n examples, k labels.
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import Table, rounded
from automl.core.targets import TARGET
from automl.metrics.areas import ranking_areas
from automl.tasks.evidence.chances import calibration_chart, ranking_charts, rates
from automl.tasks.shown import MOST_MISTAKES, Evidence, Mistake, Shown

MOST_LABELS = 40
"""Labels of the table."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of predictions ``(n, k)``."""
    names = [str(name) for name in shown.task.describe()["names"]]
    hits = np.asarray(shown.encoded[TARGET]) > 0.5
    chances = np.asarray(shown.predictions[TARGET], dtype=np.float64)
    calibration, _ = calibration_chart(hits.ravel(), chances.ravel(), "a label")
    return Evidence(
        figures=(*ranking_charts(hits, chances, names), calibration, _by_label(hits, chances, names)),
        mistakes=_mistakes(hits, chances, names),
        measure="probability of the truth",
    )


def _by_label(hits: np.ndarray, chances: np.ndarray, names: list[str]) -> Table:
    said, areas = chances > 0.5, ranking_areas(hits, chances)[0]
    right, taken, true = (hits & said).sum(axis=0), said.sum(axis=0), hits.sum(axis=0)
    precision, recall, f1 = rates(right, taken, true)
    rows = tuple(
        (
            name,
            int(true[at]),
            rounded(precision[at], 3),
            rounded(recall[at], 3),
            rounded(f1[at], 3),
            rounded(areas[at], 3),
        )
        for at, name in enumerate(names[:MOST_LABELS])
    )
    note = f"The first {MOST_LABELS} of {len(names)} labels." if len(names) > MOST_LABELS else ""
    columns = ("label", "positives", "precision", "recall", "F1", "ROC AUC")
    return Table(title="By label", columns=columns, rows=rows, note=note)


def _mistakes(hits: np.ndarray, chances: np.ndarray, names: list[str]) -> tuple[Mistake, ...]:
    given = np.where(hits, chances, 1 - chances)
    worst = given.argmin(axis=1)
    size = given[np.arange(len(given)), worst]
    order = [row for row in np.argsort(size, kind="stable")[:MOST_MISTAKES] if size[row] < 0.5]
    words = ("no", "yes")
    return tuple(
        Mistake(
            row=int(row),
            truth=f"{names[worst[row]]}: {words[int(hits[row, worst[row]])]}",
            answer=f"{words[int(chances[row, worst[row]] > 0.5)]} ({chances[row, worst[row]]:.1%} yes)",
            size=float(size[row]),
        )
        for row in order
    )
