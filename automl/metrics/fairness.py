"""How alike groups are treated by answers of yes and no.

What is undefined in a group stays undefined: one without rows of the class that is looked for has no true
positive rate, and its rate is not 0. Symbols: g groups; counts ``(g, 2, 2)`` of rows by group, truth and
answer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl.metrics.metric import DEMOGRAPHIC_PARITY, EQUALIZED_ODDS

SELECTION, TRUE_POSITIVE, FALSE_POSITIVE, RIGHT = (
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "accuracy",
)
"""Share of rows answered yes; of those where that is right, where it is wrong; share of right answers."""


def count_groups(groups: np.ndarray, truth: np.ndarray, answer: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of each group ``(2, 2)`` by truth and answer.

    Args:
        groups: of each row ``(n,)`` str.
        truth: whether yes is right ``(n,) bool``.
        answer: whether it is said ``(n,) bool``.
    """
    names, codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)
    cells = codes * 4 + np.asarray(truth, int) * 2 + np.asarray(answer, int)
    counts = np.bincount(cells, minlength=4 * len(names)).reshape(-1, 2, 2)
    return {str(name): own for name, own in zip(names, counts, strict=True)}


def rates_of(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rates of groups ``(..., g)`` by name, NaN where they are undefined.

    Args:
        counts: ``(..., g, 2, 2)``.
    """
    wide = np.asarray(counts, np.float64)
    rows = wide.sum(axis=(-2, -1))
    said, right = wide[..., :, 1].sum(axis=-1), wide[..., 0, 0] + wide[..., 1, 1]
    return {
        SELECTION: _share(said, rows),
        TRUE_POSITIVE: _share(wide[..., 1, 1], wide[..., 1, :].sum(axis=-1)),
        FALSE_POSITIVE: _share(wide[..., 0, 1], wide[..., 0, :].sum(axis=-1)),
        RIGHT: _share(right, rows),
    }


def differences_of(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return the differences between groups ``(...)`` by name of the metric.

    The difference of demographic parity is that of selection rates, the one of equalized odds the larger
    of those of true and of false positive rates (Hardt et al., 2016), each between the highest and the
    lowest rate of groups where it is defined; NaN where fewer than two are.

    Args:
        counts: ``(..., g, 2, 2)``.
    """
    rates = rates_of(counts)
    odds = np.stack([_spread(rates[TRUE_POSITIVE]), _spread(rates[FALSE_POSITIVE])])
    return {DEMOGRAPHIC_PARITY.name: _spread(rates[SELECTION]), EQUALIZED_ODDS.name: odds.max(axis=0)}


def differences_between(groups: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the differences between groups by name of the metric, of what ``count_groups`` gave."""
    found = differences_of(np.stack(list(groups.values())))
    return {name: float(value) for name, value in found.items()}


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    known = whole > 0
    return np.where(known, part / np.where(known, whole, 1.0), np.nan)


def _spread(rates: np.ndarray) -> np.ndarray:
    """Highest less lowest along the last axis; NaN of fewer than two."""
    known = np.isfinite(rates)
    high = np.where(known, rates, -np.inf).max(axis=-1)
    low = np.where(known, rates, np.inf).min(axis=-1)
    enough = known.sum(axis=-1) >= 2
    return np.asarray(np.where(enough, high - np.where(enough, low, high), np.nan))
