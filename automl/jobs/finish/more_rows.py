"""Rows that might have been: cells of two similar rows in one, to ask an ensemble about (MUNGE).

After Bucila et al., "Model Compression" (2006): a network learns what an ensemble computes from examples
that only the ensemble has answered. A row takes cells of another one that is near it, so that columns still
go together.

Symbols: n rows, m new rows, c candidates.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

CANDIDATES = 32
"""Rows drawn for each new one, of which the nearest gives its cells: cheaper than the nearest of all."""

SWAPPED = 0.5
"""Share of the cells that come from the other row."""

_CHUNK = 1 << 22
"""Distances of tensors' values computed at once."""


def can_be_mixed(inputs: Mapping[str, np.ndarray]) -> bool:
    """Whether examples are rows of several cells, each a value by itself."""
    plain = (
        isinstance(values, np.ndarray) and values.size == len(values) and values.dtype.kind in "biufUOS"
        for values in inputs.values()
    )
    return len(inputs) > 1 and all(plain)


def mixed_rows(
    inputs: Mapping[str, np.ndarray],
    tensors: Mapping[str, np.ndarray],
    rows: np.ndarray,
    count: int,
    random: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Return new raw rows.

    Args:
        inputs: raw cells by column, first axis n.
        tensors: the same rows preprocessed ``(n, ...)``: they tell which rows are near each other.
        rows: positions of rows that may be mixed.
        count: m.
        random: draws.

    Returns:
        raw cells by column, first axis m.
    """
    own = random.choice(rows, count)
    others = _nearest(tensors, own, random.choice(rows, (count, CANDIDATES)))
    mixed = {}
    for name, values in inputs.items():
        taken = np.where(random.random(count) < SWAPPED, others, own)
        mixed[name] = values[taken]
    return mixed


def _nearest(tensors: Mapping[str, np.ndarray], own: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Of each row's candidates ``(m, c)`` the nearest ``(m,)`` that is another row."""
    flat = [np.asarray(values).reshape(len(values), -1) for values in tensors.values()]
    step = max(1, _CHUNK // (drawn.shape[1] * max(1, sum(item.shape[1] for item in flat))))
    found = np.empty(len(own), drawn.dtype)
    for start in range(0, len(own), step):
        mine, theirs = own[start : start + step], drawn[start : start + step]
        far = sum(_distance(item, mine, theirs) for item in flat)
        far = np.where(theirs == mine[:, None], np.inf, far)
        found[start : start + step] = theirs[np.arange(len(mine)), far.argmin(axis=1)]
    return found


def _distance(values: np.ndarray, own: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Squares of differences, or of whole numbers how many differ ``(rows, c)``."""
    gap = values[drawn] - values[own][:, None]
    far: np.ndarray = (gap != 0 if values.dtype.kind in "iu" else gap**2).sum(axis=2)
    return far
