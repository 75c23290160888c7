"""From the texts of a file to columns in memory: dictionaries of texts, numbers where nearly all differ.

A dictionary of texts loses nothing: ``007``, ``1.50`` and ``TRUE`` stay as they are, and numbers are read
from it when they are asked for. Only long columns whose cells nearly all differ become numbers, when each
cell is one and none has leading zeros.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from automl.data.arrow_table import DISTINCT_SHARE
from automl.data.cells import MISSING

LONG = 10_000
"""Rows from which columns are kept as numbers."""

EXACT = 2**53
"""Whole numbers up to it are exact as float64."""


def typed(column: pa.ChunkedArray) -> pd.Series[Any]:
    """Return a column of texts in the storage that suits it."""
    if len(column) < LONG:
        return _series(_coded(column))
    if pa.types.is_dictionary(column.type):
        coded = _coded(column)
        if len(coded.dictionary) <= DISTINCT_SHARE * len(coded):
            return _series(coded)
        column = pa.chunked_array([coded.dictionary_decode()])
    numbers = as_numbers(column)
    if numbers is not None:
        return numbers
    trimmed = pc.utf8_trim_whitespace(column)
    coded = _coded(trimmed)
    return _series(coded if len(coded.dictionary) <= DISTINCT_SHARE * len(coded) else trimmed)


def as_dictionary(column: pa.ChunkedArray) -> pd.Series[Any]:
    """Return a column of texts as a dictionary of them, however many there are."""
    return _series(_coded(column))


def as_numbers(column: pa.ChunkedArray) -> pd.Series[Any] | None:
    """Return a column of texts that are all numbers or missing as numbers; None when they are not.

    Whole numbers are int64, with missing cells float64, or Int64 beyond 2**53.
    """
    values = _numbers(column)
    if values is None:
        trimmed = pc.utf8_trim_whitespace(column)
        blank = pc.is_in(pc.ascii_lower(trimmed), pa.array(sorted(MISSING)))
        values = _numbers(pc.if_else(blank, None, trimmed))
    if values is None or values.null_count == len(values):
        return None
    if not pa.types.is_integer(values.type) or not values.null_count:
        return pd.Series(_array(values))
    ends = pc.min_max(values)
    if max(abs(ends["min"].as_py()), abs(ends["max"].as_py())) <= EXACT:
        return pd.Series(_array(pc.cast(values, pa.float64())))
    return pd.Series(values.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get))


def _numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """int64 or float64, or None where a text is no number, or says more than its number does."""
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = pc.cast(texts, kind)
        except pa.ArrowInvalid:
            continue
        if pc.any(pc.match_substring_regex(texts, r"^[+-]?0[0-9xX]|^-0$|^\+")).as_py():
            return None
        if kind == pa.float64() and _loses_digits(texts, numbers):
            return None
        return numbers
    return None


def _loses_digits(texts: pa.ChunkedArray, numbers: pa.ChunkedArray) -> bool:
    """Whether some whole number is too long for float64."""
    large = pc.greater(pc.abs(numbers), float(EXACT))
    return bool(pc.any(pc.and_(large, pc.match_substring_regex(texts, r"^[+-]?\d+$"))).as_py())


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """One dictionary of trimmed texts, each in it once."""
    kind = pa.dictionary(pa.int32(), pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        return pa.array([], kind)
    trimmed = pc.utf8_trim_whitespace(whole.dictionary)
    again = trimmed.dictionary_encode()
    codes = pc.take(again.indices, whole.indices)
    return pa.DictionaryArray.from_arrays(codes, again.dictionary)


def _series(cells: pa.Array | pa.ChunkedArray) -> pd.Series[Any]:
    return pd.Series(pd.arrays.ArrowExtensionArray(cells))


def _array(values: pa.ChunkedArray) -> np.ndarray:
    """As NumPy, writable."""
    return np.array(values.to_numpy())
