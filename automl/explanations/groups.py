"""Columns that go together, so that one stands in for another: they are permuted as a group.

Association is Cramér's V (1946), which for numbers is the size of their rank correlation, and for a number
and a category the correlation ratio of its ranks: all are the root of the shared variance of two blocks of
orthonormal columns.

Symbols: n rows, r columns of a block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

TOGETHER = 0.8
"""Association of every two columns of a group, at least."""

MOST_CATEGORIES = 20
"""Of a column, the most frequent ones; the rest count as one."""

LEAST_SHARE = 0.01
"""Share of the rows from which a category counts by itself."""


def groups_of(columns: Mapping[str, np.ndarray]) -> list[tuple[str, ...]]:
    """Return the columns in groups, in their order; most are alone.

    Every two columns of a group are associated (complete linkage).

    Args:
        columns: values ``(n,)`` by name: numbers, NaN where missing, or objects.
    """
    names = list(columns)
    if len(names) < 2:
        return [(name,) for name in names]
    distances = 1.0 - associations([columns[name] for name in names])
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances.clip(0.0, 1.0), checks=False), method="complete")
    found: dict[int, list[str]] = {}
    for name, number in zip(names, fcluster(tree, 1.0 - TOGETHER, criterion="distance"), strict=True):
        found.setdefault(int(number), []).append(name)
    return sorted((tuple(group) for group in found.values()), key=lambda group: names.index(group[0]))


def associations(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return the association of every two columns ``(columns, columns)``, from 0 to 1."""
    blocks = [_block(np.asarray(values)) for values in columns]
    widths = np.array([block.shape[1] for block in blocks])
    owners = np.repeat(np.arange(len(blocks)), widths)
    joined = np.concatenate(blocks, axis=1)
    member = (owners[:, None] == np.arange(len(blocks))).astype(np.float64)
    shared = member.T @ np.square(joined.T @ joined) @ member
    least = np.maximum(np.minimum(widths[:, None], widths[None, :]), 1)
    return np.asarray(np.sqrt(shared / least))


def _block(values: np.ndarray) -> np.ndarray:
    """A column as centred orthonormal columns ``(n, r)``; none where it is constant."""
    if values.dtype.kind in "biuf":
        ranks = pd.Series(values.astype(np.float64)).rank().to_numpy()
        coded = np.nan_to_num(ranks, nan=float(np.nanmean(ranks)) if np.isfinite(ranks).any() else 0.0)[
            :, None
        ]
    else:
        codes, words = pd.factorize(values.astype(str))
        counts = np.bincount(codes, minlength=len(words))
        often = np.argsort(-counts, kind="stable")[:MOST_CATEGORIES]
        often = often[counts[often] >= max(2, LEAST_SHARE * len(values))]
        coded = (codes[:, None] == often).astype(np.float64)
    left, sizes, _ = np.linalg.svd(coded - coded.mean(axis=0), full_matrices=False)
    return np.asarray(left[:, sizes > 1e-9 * max(len(values), 1)])
