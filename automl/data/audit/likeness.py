"""How alike pairs of rows are, column by column, against other pairs.

Symbols: p pairs, q columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.data.audit.codes import BINS, Coded


def apart(columns: Sequence[Coded], pairs: np.ndarray) -> np.ndarray:
    """Return how far pairs are apart in each column on average, 0 to 1 ``(q,)``.

    Numbers by the square of the distance of their quantiles, words by whether they differ.

    Args:
        columns: that tell something of each row.
        pairs: positions of rows ``(p, 2)``.
    """
    found = [_apart(column, column.codes[pairs[:, 0]], column.codes[pairs[:, 1]]) for column in columns]
    return np.array(found)


def likeness(columns: Sequence[Coded], pairs: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """Return how much nearer pairs are than others ``(q,)``: 0 as near, 1 equal; NaN of a constant column.

    Args:
        columns: that tell something of each row.
        pairs: positions of rows ``(p, 2)``.
        others: pairs to compare with; of several kinds the nearest count.
    """
    usual = np.min([apart(columns, other) for other in others], axis=0)
    return np.asarray(1 - apart(columns, pairs) / np.where(usual > 1e-3, usual, np.nan))


def random_pairs(rows: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Return pairs of different rows, drawn from positions ``rows``."""
    first = random.integers(0, len(rows), count)
    second = (first + random.integers(1, len(rows), count)) % len(rows)
    return np.stack([rows[first], rows[second]], axis=1)


def _apart(column: Coded, one: np.ndarray, other: np.ndarray) -> float:
    if column.ordered:
        return float((((one - other) / BINS) ** 2).mean())
    return float((one != other).mean())
