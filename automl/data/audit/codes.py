"""Columns as small whole numbers, so that all kinds are compared in one way.

Symbols: n rows, b codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.data.raw_values import NO_DATE

BINS = 31
"""Quantiles of numbers, and most frequent words, that have a code of their own."""

MISSING, OTHER = 0, BINS + 1
CODES = BINS + 2

MOST_DIFFERENT = 0.5
"""Share of different words from which a column is text: its words say nothing one by one."""


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A column.

    Attributes:
        name: of the input.
        codes: ``(n,) int64`` from 0 (missing) to ``OTHER``.
        coded: whether codes tell what stands in it; else only ``MISSING`` does.
        ordered: whether a larger code is a larger number.
    """

    name: str
    codes: np.ndarray
    coded: bool = True
    ordered: bool = False

    @property
    def missing(self) -> np.ndarray:
        """Which cells are ``(n,) bool``."""
        return np.asarray(self.codes == MISSING)


def is_column(shape: tuple[int, ...]) -> bool:
    """Whether an input of that shape has one value in each row."""
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)


def coded_column(name: str, values: Any) -> Coded | None:
    """Return a column of cells ``(n,)`` or ``(n, 1)``; None for what has more than one value in a cell."""
    array = np.asarray(values)
    if not is_column(array.shape):
        return None
    array = array.reshape(-1)
    if array.dtype.kind in "biuf":
        known = np.where(array == NO_DATE, np.nan, array) if array.dtype == np.int64 else array
        return Coded(name=name, codes=_of_numbers(known.astype(np.float64)), ordered=True)
    if array.dtype.kind in "mM":
        known = np.where(np.isnat(array), np.nan, array.astype("int64").astype(np.float64))
        return Coded(name=name, codes=_of_numbers(known), ordered=True)
    return _of_words(name, array)


def fine_codes(values: np.ndarray, bins: int) -> np.ndarray:
    """Return numbers ``(n,)`` as codes from 0 (missing) to ``bins``, by as many quantiles."""
    return _of_numbers(np.asarray(values, np.float64).reshape(-1), bins)


def _of_numbers(values: np.ndarray, bins: int = BINS) -> np.ndarray:
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(len(values), np.int64)
    cuts = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))
    codes = 1 + np.searchsorted(cuts, values, side="left")
    return np.asarray(np.where(np.isfinite(values), codes, MISSING), np.int64)


def _of_words(name: str, values: np.ndarray) -> Coded:
    places, words = pd.factorize(values.astype(str))
    empty = np.asarray(pd.Series(words).isin(["", "nan", "None"]))
    counts = np.bincount(places, minlength=len(words)).astype(np.float64)
    counts[empty] = -1
    code = np.full(len(words), OTHER)
    code[np.argsort(-counts, kind="stable")[:BINS]] = np.arange(1, min(BINS, len(words)) + 1)
    code[empty] = MISSING
    coded = len(words) <= max(MOST_DIFFERENT * len(values), BINS)
    return Coded(name=name, codes=code[places].astype(np.int64), coded=coded)
