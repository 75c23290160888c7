"""Numbers that say nearly the same, such as the channels of a spectrum: the few directions they vary in.

What tells such rows apart is often in directions of little variance, which networks on the columns learn
last. Scaled to one size each, all are learned at once (for spectra of meat: Thodberg, 1996).

Legend: n rows, k columns, m directions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEAST_COLUMNS = 12
"""Fewer columns are learned from as they are."""

VARIANCE, OF_COLUMNS = 0.99, 0.2
"""Columns are collinear where so much of their variance is in directions of no more than that share of
their number."""

ROWS = 5000
"""Rows, evenly spread, that directions are found from."""

ROWS_PER_DIRECTION, MOST = 8, 24
"""Rows that there are for each direction at least, and most directions."""

LEAST_VARIANCE = 1e-9
"""Share of all variance below which a direction is noise of the arithmetic."""


@dataclass(frozen=True, kw_only=True)
class Directions:
    """Directions in which columns vary.

    Attributes:
        centres: mean of each column ``(k,)``.
        factors: one over the deviation of each column ``(k,)``, 0 for constant ones.
        weights: of the columns, centred and scaled, in each direction, divided by its deviation ``(k, m)``;
            those of most variance first.
    """

    centres: np.ndarray
    factors: np.ndarray
    weights: np.ndarray


def directions_of(values: np.ndarray) -> Directions | None:
    """Return the directions in which collinear columns vary.

    Args:
        values: ``(n, k) float64``, NaN where one is missing.

    Returns:
        None where columns are few, not collinear, or some values are missing.
    """
    rows, columns = values.shape
    if columns < LEAST_COLUMNS or rows < 2 * ROWS_PER_DIRECTION:
        return None
    some = values[np.linspace(0, rows - 1, min(rows, ROWS)).astype(int)]
    with np.errstate(over="ignore", invalid="ignore"):
        centres, spread = some.mean(axis=0), some.std(axis=0)
    if not (np.isfinite(centres).all() and np.isfinite(spread).all()):
        return None
    varies = spread > 1e-12 * np.abs(centres)
    factors = np.divide(1.0, spread, out=np.zeros_like(spread), where=varies & (spread > 0))
    variances, vectors = np.linalg.eigh(np.cov((some - centres) * factors, rowvar=False))
    variances, vectors = np.maximum(variances[::-1], 0.0), vectors[:, ::-1]
    shares = variances / max(variances.sum(), 1e-300)
    if (np.cumsum(shares) < VARIANCE).sum() + 1 > OF_COLUMNS * columns:
        return None
    count = min(MOST, len(some) // ROWS_PER_DIRECTION, int((shares > LEAST_VARIANCE).sum()))
    if not count:
        return None
    weights = vectors[:, :count] / np.sqrt(variances[:count])
    return Directions(centres=centres, factors=factors, weights=weights)


def are_collinear(inputs: Mapping[str, np.ndarray], names: Sequence[str]) -> bool:
    """Whether raw numbers of columns ``(n,) float64`` by name are collinear."""
    if len(names) < LEAST_COLUMNS:
        return False
    rows = len(inputs[names[0]])
    some = np.linspace(0, rows - 1, min(rows, ROWS)).astype(int)
    return directions_of(np.stack([inputs[name][some] for name in names], axis=1)) is not None
