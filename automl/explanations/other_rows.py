"""Other rows of a table, and how far they are from each other and from a row.

Symbols: m other rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.data.raw_values import NO_DATE

POINTS = 16
"""Values that a column is set to, evenly spread in its order; of a category the most frequent ones."""

USUAL = 0.95
"""Share of the rows that are no farther from their nearest one than what counts as plausible."""


@dataclass(frozen=True, kw_only=True)
class OtherRows:
    """The plain columns of rows.

    Attributes:
        columns: values ``(m,)`` by name.
        groups: columns that go together, and so change together; those that are kept are in none.
        spreads: the unit of distances of each column; 0 for a category, whose values are 1 apart.
        usual: how far nearly all rows are from their nearest one, added up over the columns.
    """

    columns: Mapping[str, np.ndarray]
    groups: Sequence[tuple[str, ...]]
    spreads: Mapping[str, float]
    usual: float

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return list(self.columns)

    def distances(self, name: str, value: Any) -> np.ndarray:
        """Return how far the values of a column are from one ``(m,)``."""
        return _distances(self.columns[name], value, self.spreads[name])

    def points(self, group: tuple[str, ...]) -> list[int]:
        """Return rows whose values a group of columns is set to, spread over the order of its first one."""
        values = self.columns[group[0]]
        if not self.spreads[group[0]]:
            _, first, counts = np.unique(values.astype(str), return_index=True, return_counts=True)
            return [int(first[at]) for at in np.argsort(-counts, kind="stable")[:POINTS]]
        known = _amounts(values)
        order = np.argsort(known, kind="stable")[: int(np.isfinite(known).sum())]
        some = np.linspace(0, len(order) - 1, min(POINTS, len(order))).astype(int)
        return [int(at) for at in np.unique(order[some])]


def other_rows(columns: Mapping[str, np.ndarray], groups: Sequence[tuple[str, ...]]) -> OtherRows:
    """Return rows as a record.

    Args:
        columns: values ``(m,)`` by name: numbers, seconds since 1970, or objects; m above 1.
        groups: columns that change together.
    """
    spreads = {name: _spread(values) for name, values in columns.items()}
    count = len(next(iter(columns.values())))
    nearest = []
    for row in range(count):
        away = sum(_distances(values, values[row], spreads[name]) for name, values in columns.items())
        nearest.append(np.delete(away, row).min())
    return OtherRows(
        columns=columns, groups=groups, spreads=spreads, usual=float(np.quantile(nearest, USUAL))
    )


def _distances(values: np.ndarray, value: Any, spread: float) -> np.ndarray:
    if not spread:
        return np.asarray(values != value, np.float64)
    known, here = _amounts(values), _amounts(np.asarray(value))
    apart = np.abs(known - here) / spread
    return np.where(np.isnan(known) & np.isnan(here), 0.0, np.nan_to_num(apart, nan=1.0))


def _amounts(values: np.ndarray) -> np.ndarray:
    """As float64, NaN where missing."""
    found = values.astype(np.float64)
    return np.where(values == NO_DATE, np.nan, found) if values.dtype.kind == "i" else found


def _spread(values: np.ndarray) -> float:
    """From the 5% to the 95% quantile, which single rows far off do not move; 0 for a category."""
    if values.dtype.kind not in "fiub":
        return 0.0
    known = _amounts(values)
    known = known[np.isfinite(known)]
    if not len(known):
        return 1.0
    low, high = np.quantile(known, [0.05, 0.95])
    return float(high - low) or float(known.std()) or 1.0
