"""Sets of examples that are equal or nearly so.

Looked at are images and videos, texts, and by their content alone sounds and series; rows of a table are
not, since rows that are equal by chance are what new data brings as well.

Symbols: n examples, p pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from automl.data.alike.pictures import is_clips, is_pictures, look_of, mirrored, small_pictures
from automl.data.alike.texts import alike_texts, plain_texts
from automl.data.kinds.text import is_free_text
from automl.data.modality import Dataset, Examples
from automl.data.seen import fingerprints

MOST = 20_000
"""Examples among which nearly equal ones are looked for; of more, equal ones alone are found."""

MOST_BYTES = 2 << 30
"""Of examples whose content is compared."""

ALIKE = 0.9
"""Cosine of two pictures from which they are nearly the same, and more where chance could give it."""

CHANCE = 1e-3
"""Pairs of pictures that are expected to be that alike by chance."""

MOST_PAIRS = 50
"""Nearly equal pairs for each example, on average, above which all examples look alike and none is told."""

MOST_SHARE, MOST_COPIES = 0.1, 5
"""Share of the examples that one set may have, and examples that it may have in any case; a larger one is a
chain, such as the frames of a film."""

BLOCK = 512


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Which examples are equal or nearly so.

    Attributes:
        sets: number of the set of each example ``(n,) int64``; one that is like no other has its own.
        equal: the same among examples that are equal ``(n,) int64``.
        what: the examples are called.
        near: whether nearly equal ones were looked for.
        same: whether nearly equal ones ought to have the same class, as images do; clips from one camera
            look alike and show different things.
    """

    sets: np.ndarray
    equal: np.ndarray
    what: str
    near: bool
    same: bool = True

    @property
    def counts(self) -> np.ndarray:
        """Examples in the set of each one ``(n,)``."""
        return np.asarray(np.bincount(self.sets)[self.sets])

    @property
    def repeated(self) -> np.ndarray:
        """Which examples are not the only ones of their set ``(n,) bool``."""
        return np.asarray(self.counts > 1)

    @property
    def is_chain(self) -> bool:
        """Whether one set has so many examples that it is no set of copies."""
        return bool(self.counts.max(initial=0) > max(MOST_SHARE * len(self.sets), MOST_COPIES))


def alike_examples(dataset: Dataset, others: Examples | None = None) -> Alike | None:
    """Return which examples are alike; None where that is not looked at.

    Args:
        dataset: the examples.
        others: validation data of the user's, which then comes behind them.
    """
    parts = [dataset.examples] if others is None else [dataset.examples, others]
    arrays = [next(iter(part.inputs.values())) for part in parts]
    total = sum(len(array) for array in arrays)
    if dataset.windows is not None or any(len(part.inputs) != 1 for part in parts) or total < 2:
        return None
    what = _words_of(arrays[0])
    if what is None or sum(map(_bytes_of, arrays)) > MOST_BYTES:
        return None
    equal = _numbered(np.concatenate([fingerprints(part) for part in parts]))
    firsts = np.unique(equal, return_index=True)[1]
    near = what in _PAIRS and len(firsts) <= MOST
    if not near:
        return Alike(sets=equal, equal=equal, what=what, near=False)
    pairs = _PAIRS[what](arrays, firsts)
    sets = _joined(len(firsts), pairs)[equal]
    return Alike(sets=sets, equal=equal, what=what, near=True, same=not is_clips(arrays[0]))


def _words_of(array: Any) -> str | None:
    """What examples with such an input are called; None for the cells of a table."""
    if is_pictures(array):
        return "images"
    if is_clips(array):
        return "videos"
    if len(array.shape) == 1:
        texts = array.dtype == object and is_free_text(pd.Series(np.asarray(array[:2_000]), dtype=object))
        return "texts" if texts else None
    return "examples" if int(np.prod(array.shape[1:])) > 1 else None


def _bytes_of(array: Any) -> int:
    return int(np.prod(array.shape)) * (array.dtype.itemsize if array.dtype != object else 100)


def _near_pictures(arrays: Sequence[Any], rows: np.ndarray) -> np.ndarray:
    """Pairs of pictures that look nearly the same, as they are or mirrored ``(p, 2)``."""
    small = _taken(arrays, rows)
    look = look_of(np.concatenate([small, mirrored(small)]))
    plain, other = look[: len(small)], look[len(small) :]
    count, d = plain.shape
    if d < 2:
        return np.zeros((0, 2), np.int64)
    # directions are within an angle of one of d dimensions with this probability, about
    least = max(ALIKE, float(np.sqrt(1 - (CHANCE / count**2) ** (2 / (d - 1)))))
    found, pairs = [], 0
    for first in range(0, count, BLOCK):
        block = plain[first : first + BLOCK]
        likeness = np.maximum(block @ plain[first:].T, block @ other[first:].T)
        at, behind = np.nonzero(np.triu(likeness, 1) >= least)
        pairs += len(at)
        if pairs > MOST_PAIRS * count:
            return np.zeros((0, 2), np.int64)
        found.append(np.stack([at, behind], axis=1) + first)
    return np.concatenate(found)


def _taken(arrays: Sequence[Any], rows: np.ndarray) -> np.ndarray:
    """Small pictures at positions of several arrays, one behind the other."""
    parts, begin = [], 0
    for array in arrays:
        own = rows[(rows >= begin) & (rows < begin + len(array))] - begin
        parts.append(small_pictures(array, own))
        begin += len(array)
    return np.concatenate(parts)


def _near_texts(arrays: Sequence[Any], rows: np.ndarray) -> np.ndarray:
    """Pairs of texts that say nearly the same ``(p, 2)``; equal ones but for case and blanks, too."""
    texts = plain_texts(np.concatenate([np.asarray(array) for array in arrays])[rows])
    numbers = _numbered(np.array(texts, object))
    firsts = np.unique(numbers, return_index=True)[1]
    pairs = firsts[alike_texts([texts[at] for at in firsts])]
    again = np.flatnonzero(firsts[numbers] != np.arange(len(texts)))
    return np.concatenate([pairs.reshape(-1, 2), np.stack([firsts[numbers[again]], again], axis=1)])


_PAIRS = {"images": _near_pictures, "videos": _near_pictures, "texts": _near_texts}


def _numbered(values: np.ndarray) -> np.ndarray:
    """The number of each value, in the order of their first places ``(n,) int64``."""
    return np.asarray(pd.factorize(values)[0], np.int64)


def _joined(count: int, pairs: np.ndarray) -> np.ndarray:
    """The number of the component of each ``(count,)``."""
    links = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)
