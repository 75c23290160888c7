"""Intervals around predicted amounts.

Errors often grow with the prediction, as those of prices do. So their mean size is told by the prediction,
for each target for which that makes better intervals in cross-validation. Symbols: n rows, k targets, b
knots.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.core.targets import TARGET, spread_rows
from automl.tasks.conformal.intervals import (
    JUDGED_AT,
    Intervals,
    around,
    ends,
    errors_of,
    interval_score,
    plain_ends,
)
from automl.tasks.conformal.kept import Case, Kept, least_rows
from automl.tasks.task import Task

MOST_KNOTS = 10
"""Predictions at which the size of errors is told; between them it is interpolated."""

ROWS_PER_KNOT = 40
"""Rows that each knot stands for at least."""

PRIOR = 10
"""Rows of usual size that are added to those of a knot."""

PARTS = 5
"""Of the cross-validation."""

LEAST_GAIN = 0.02
"""Share of the interval score that sizes by prediction have to save."""

MOST_ROWS = 100_000
"""Rows that sizes are fitted on; of more so many, evenly spread."""

_KNOTS, _SIZES = "knots", "sizes"


class OfAmounts:
    """Intervals around numbers ``(n, k)``; see ``tasks.conformal.kept.Conformal``.

    Scores are errors in units of their size at such a prediction ``(n, k)``.
    """

    size = "mean width"
    two_sided = True
    in_blocks = False
    reads: tuple[str, ...] = ()

    def scored(self, case: Case) -> Kept:
        """Errors of held-out rows; ``knots`` and ``sizes`` ``(b, k)`` where units differ."""
        errors, answer = errors_of(case), np.asarray(case.predictions[TARGET], np.float64)
        some = spread_rows(len(errors), MOST_ROWS)
        facts = sizes_by_prediction(answer[some], errors[some])
        return Kept(scores=errors / _units(facts, answer), facts=facts, groups=case.groups)

    def tell(self, kept: Kept, case: Case, coverage: float) -> Intervals:
        """Return intervals."""
        answer = np.asarray(case.predictions[TARGET], np.float64)
        return around(kept, case, _units(kept.facts, answer), coverage)

    def plain(self, kept: Kept, task: Task, coverage: float) -> dict[str, Any]:
        """Return ends, and the ``sizes`` of errors at ``knots`` where units differ."""
        sizes = {name: kept.facts[name].tolist() for name in (_KNOTS, _SIZES) if name in kept.facts}
        return {**plain_ends(kept, coverage), **({"sizes": sizes} if sizes else {})}


OF_AMOUNTS = OfAmounts()


def sizes_by_prediction(answer: np.ndarray, errors: np.ndarray) -> dict[str, np.ndarray]:
    """Return ``knots`` and ``sizes`` ``(b, k)``; the sizes of a target are all alike where that is no
    worse.

    Args:
        answer: predictions ``(n, k)``.
        errors: true less predicted ``(n, k)``.

    Returns:
        nothing where there are too few rows, or no target gains.
    """
    rows = len(answer)
    # parts without the rows that 90% needs would be judged by infinite intervals
    if rows < 2 * ROWS_PER_KNOT or rows * (1 - 1 / PARTS) < least_rows(JUDGED_AT, two_sided=True):
        return {}
    part_of = np.arange(rows) % PARTS
    plain, sized = np.zeros(answer.shape[1]), np.zeros(answer.shape[1])
    for part in range(PARTS):
        own, others = part_of == part, part_of != part
        low, high = ends(errors[others], JUDGED_AT)
        plain += interval_score(errors[own], low, high)
        facts = _fitted(answer[others], errors[others])
        low, high = ends(errors[others] / _units(facts, answer[others]), JUDGED_AT)
        units = _units(facts, answer[own])
        sized += interval_score(errors[own], low * units, high * units)
    better = sized < (1 - LEAST_GAIN) * plain
    if not better.any():
        return {}
    whole = _fitted(answer, errors)
    return {_KNOTS: whole[_KNOTS], _SIZES: np.where(better, whole[_SIZES], 1.0)}


def _fitted(answer: np.ndarray, errors: np.ndarray) -> dict[str, np.ndarray]:
    """Mean sizes of errors around each knot."""
    count = int(min(MOST_KNOTS, max(2, len(answer) // ROWS_PER_KNOT)))
    knots, sizes = np.empty((count, answer.shape[1])), np.empty((count, answer.shape[1]))
    for column in range(answer.shape[1]):
        order = np.argsort(answer[:, column], kind="stable")
        size = np.abs(errors[:, column])
        usual = max(float(size.mean()), 1e-300)
        for place, rows in enumerate(np.array_split(order, count)):
            knots[place, column] = answer[rows, column].mean()
            sizes[place, column] = (size[rows].sum() + PRIOR * usual) / (len(rows) + PRIOR)
    return {_KNOTS: knots, _SIZES: sizes}


def _units(facts: Mapping[str, np.ndarray], answer: np.ndarray) -> np.ndarray:
    """The unit of the error of each prediction ``(n, k)``."""
    if _KNOTS not in facts:
        return np.ones_like(answer)
    columns = [
        np.interp(answer[:, column], facts[_KNOTS][:, column], facts[_SIZES][:, column])
        for column in range(answer.shape[1])
    ]
    return np.stack(columns, axis=1)
