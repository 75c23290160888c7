"""Items like those that a user has dealt with, the rule that rankers must beat (Sarwar et al., 2001).

u  users, I  items; numbers of items begin at 1, 0 is none
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

MOST_ITEMS = 20_000
"""Items that are compared with one another; of more it takes too much memory."""


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
        scores ``(n, I) float64``; None for more items than can be compared.
    """
    if items > MOST_ITEMS:
        return None
    known = as_matrix(dealt, items)
    together = (known.T @ known).toarray().astype(np.float64)
    lengths = np.sqrt(np.maximum(np.diag(together), 1.0))
    likeness = together / lengths[:, None] / lengths[None]
    np.fill_diagonal(likeness, 0.0)
    if neighbours < items:
        least = np.partition(likeness, items - neighbours, axis=1)[:, items - neighbours][:, None]
        likeness[likeness < least] = 0.0
    return np.asarray(as_matrix(given, items) @ likeness)


def as_matrix(numbers: np.ndarray, items: int) -> sparse.csr_matrix:
    """Return 1 where a row of numbers ``(n, any)`` holds an item ``(n, I)``."""
    rows, places = np.nonzero((numbers > 0) & (numbers <= items))
    found = np.asarray(numbers)[rows, places].astype(np.int64) - 1
    matrix = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, found)), (len(numbers), items))
    matrix.data[:] = np.minimum(matrix.data, 1.0)
    return matrix
