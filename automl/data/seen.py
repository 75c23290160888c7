"""Which examples a model was trained on: a fingerprint of 64 bits for each, found again in other data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, cast

import numpy as np
import pandas as pd

from automl.core.notes import Note
from automl.data.coded import Coded
from automl.data.modality import Examples

BLOCK = 1 << 22
"""Bytes of inputs that are hashed at once."""

_SPREAD = np.uint64(6364136223846793005)
"""Odd, so that columns are told apart by their order (Knuth, The Art of Computer Programming, 3.3.4)."""

_SIGMAS = 4
"""Standard deviations above chance from which rows are no longer equal by chance."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How many examples of a data set were trained on.

    Attributes:
        rows: examples of which the inputs are those of an example of training.
        of: examples in all.
        chance: share of new examples that are expected to be equal to one of training all the same, as
            columns have few values.
    """

    rows: int
    of: int
    chance: float

    def and_(self, other: Seen) -> Seen:
        """Return what is known of these and of other examples of the same data set."""
        return Seen(rows=self.rows + other.rows, of=self.of + other.of, chance=self.chance)

    @property
    def share(self) -> float:
        """Share of the examples that were trained on beyond those that are equal by chance.

        It is 0 up to twice the chance: other data may well repeat more than that of training.
        """
        found = self.rows / max(self.of, 1)
        doubt = _SIGMAS * math.sqrt(self.chance * (1 - self.chance) / max(self.of, 1))
        if found <= self.chance + max(self.chance, doubt):
            return 0.0
        return (found - self.chance) / (1 - self.chance)


def fingerprints(examples: Examples, rows: np.ndarray | None = None) -> np.ndarray:
    """Return a fingerprint of the inputs of each example ``(n,) uint64``; equal inputs give equal ones.

    Args:
        examples: raw examples; their targets do not count.
        rows: positions of those to take; all by default.
    """
    rows = np.arange(len(examples)) if rows is None else rows
    found = np.zeros(len(rows), np.uint64)
    for name in sorted(examples.inputs):
        array = examples.inputs[name]
        for first, block in _blocks(array, rows):
            part = slice(first, first + len(block))
            found[part] = found[part] * _SPREAD + _hashed(block)
    return found


def compare(examples: Examples, trained: np.ndarray) -> Seen:
    """Count the examples that a model was trained on.

    The chance that a new example is equal to one of training is the share of training examples that are
    not the only ones of their kind (Good and Turing; Good, 1953).

    Args:
        examples: raw examples.
        trained: fingerprints of the training examples, ascending.
    """
    found = fingerprints(examples)
    _, counts = np.unique_counts(trained)
    chance = 1 - float((counts == 1).sum()) / max(len(trained), 1)
    places = np.searchsorted(trained, found).clip(max=max(len(trained) - 1, 0))
    known = int((trained[places] == found).sum()) if len(trained) else 0
    return Seen(rows=known, of=len(found), chance=chance)


def note_of(seen: Seen, name: str, *, same: bool) -> tuple[Note, ...]:
    """Say which rows of a data set were trained on.

    Args:
        seen: what was found.
        name: of the data set.
        same: whether it is the data of the search, so that nothing is equal by chance.
    """
    count = f"{name}: {seen.rows:,} of {seen.of:,} rows"
    if seen.rows == 0:
        return ()
    if same:
        text = f"{count} were trained on, because this is the data of the search; new data may score lower."
        return (Note(text, seen.rows / seen.of),)
    if seen.share > 0:
        text = "were trained on (same values in all columns used): the scores say little about new data."
        return (Note(f"{count} {text}", seen.share),)
    text = "equal a training row in all columns used, about as often as training rows repeat"
    return (Note(f"{count} {text} ({seen.chance:.1%} of them do)."),)


def _blocks(array: Any, rows: np.ndarray) -> Iterator[tuple[int, Any]]:
    """Parts of an input, with the place of each part's first row among ``rows``."""
    width = 8 * int(np.prod(array.shape[1:]))
    step = max(1, BLOCK // max(width, 1))
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        if isinstance(array, Coded):
            yield first, Coded(array.codes[some], array.words)
        else:
            yield first, array[some]


def _hashed(block: Any) -> np.ndarray:
    """A hash of each row ``(n,) uint64``."""
    if isinstance(block, Coded):
        return np.asarray(_of_values(block.words)[block.codes])
    if block.ndim == 1:
        return _of_values(block)
    if block.dtype == object:
        block = _of_values(block.reshape(-1)).reshape(len(block), -1)
    plain = np.ascontiguousarray(_plain(block)).reshape(len(block), -1)
    digests = b"".join(blake2b(row.data, digest_size=8).digest() for row in plain)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def _of_values(values: np.ndarray) -> np.ndarray:
    try:
        return cast("np.ndarray", pd.util.hash_array(_plain(values)))
    except UnicodeEncodeError:  # half of a surrogate pair, which Python's texts may hold
        whole = [str(text).encode("utf-8", "surrogatepass").decode("latin-1") for text in values]
        return cast("np.ndarray", pd.util.hash_array(np.array(whole, object)))


def _plain(values: np.ndarray) -> np.ndarray:
    """One bit pattern for each number: there are two zeros and many NaNs."""
    if values.dtype.kind != "f":
        return values
    return np.asarray(np.where(np.isnan(values), values.dtype.type(np.nan), values + values.dtype.type(0)))
