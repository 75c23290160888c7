"""Items like those that a user has dealt with, the rule that rankers must beat (Sarwar et al., 2001).

u  users, I  items; numbers of items begin at 1, 0 is none
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

MOST_ITEMS = 20_000
"""Items that are compared with one another; of more it takes too long."""

BLOCK_VALUES = 1 << 23
"""Numbers of which all comparisons of some items consist, at most, and of one item at least."""


def neighbour_scores(
    dealt: np.ndarray, given: np.ndarray, items: int, neighbours: int
) -> np.ndarray | None:
    """Return for each item how like it is to those given, by the cosine of who has dealt with both.

    Args:
        dealt: numbers of items of users ``(u, any)``.
        given: numbers of items of those that are asked for ``(n, any)``.
        items: I.
        neighbours: of each item, those that are most like it count.

    Returns:
        scores ``(n, I) float32``; None for more items than can be compared.
    """
    if items > MOST_ITEMS:
        return None
    known, asked = as_matrix(dealt, items), as_matrix(given, items).tocsc()
    lengths = np.sqrt(np.maximum(np.asarray(known.sum(axis=0), np.float64).reshape(-1), 1.0))
    scores = np.zeros((len(given), items))
    step = max(1, BLOCK_VALUES // items)
    for first in range(0, items, step):
        some = slice(first, min(first + step, items))
        together = (known[:, some].T @ known).toarray().astype(np.float64)
        scores += asked[:, some] @ _likeness(together, lengths, first, neighbours)
    return np.asarray(scores, np.float32)


def _likeness(together: np.ndarray, lengths: np.ndarray, first: int, neighbours: int) -> np.ndarray:
    """How like all items are to some ``(some, I)``, 0 for all but the neighbours of each.

    Args:
        together: how many users have dealt with both.
        lengths: root of how many users have dealt with each of all.
        first: place of the first of those some.
        neighbours: of each.
    """
    places = np.arange(len(together))
    likeness = together / lengths[first + places][:, None] / lengths[None]
    likeness[places, first + places] = 0.0
    rest = likeness.shape[1] - neighbours
    if rest > 0:
        likeness[likeness < np.partition(likeness, rest, axis=1)[:, rest][:, None]] = 0.0
    return np.asarray(likeness)


def as_matrix(numbers: np.ndarray, items: int) -> sparse.csr_matrix:
    """Return 1 where a row of numbers ``(n, any)`` holds an item ``(n, I)``."""
    rows, places = np.nonzero((numbers > 0) & (numbers <= items))
    found = np.asarray(numbers)[rows, places].astype(np.int64) - 1
    matrix = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, found)), (len(numbers), items))
    matrix.data[:] = np.minimum(matrix.data, 1.0)
    return matrix
