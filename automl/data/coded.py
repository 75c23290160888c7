"""Long columns of texts, kept as places among the different ones: two or four bytes a cell, not eight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from automl.data.modality import Examples

LONG = 50_000
"""Rows from which the room counts."""


@dataclass(frozen=True)
class Coded:
    """An object array of str ``(n,)`` that is made where it is taken from.

    Args:
        codes: place of each text ``(n,)``.
        words: the different texts, object array.
    """

    codes: np.ndarray
    words: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return self.codes.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of an array."""
        return self.words.dtype

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Any:
        return self.words[self.codes[rows]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype)


def compact(examples: Examples) -> Examples:
    """Return the same examples, long columns of texts coded where they repeat."""
    inputs: Mapping[str, np.ndarray] = {name: _coded(array) for name, array in examples.inputs.items()}
    return replace(examples, inputs=inputs)


def _coded(array: np.ndarray) -> np.ndarray:
    if not isinstance(array, np.ndarray) or array.dtype != object or array.ndim != 1 or len(array) < LONG:
        return array
    codes, words = pd.factorize(array)
    if len(words) > len(array) / 2:
        return array
    small = np.uint16 if len(words) <= np.iinfo(np.uint16).max else np.uint32
    return cast("np.ndarray", Coded(codes.astype(small), np.asarray(words, object)))
