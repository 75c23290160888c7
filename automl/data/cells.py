"""Columns of any storage as texts or as numbers: the two functions by which others read cells.

A column may be an Arrow dictionary of texts (from a file), numbers of NumPy, Arrow or pandas' own nullable
kinds, objects, categories, dates. Equal texts are one str object wherever that is known beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_WORDS = "? na n/a #n/a <na> n.a. nan nat null none - -- \N{EN DASH} \N{EM DASH}"
_PROGRAMS = r"\n . .. #na #div/0! #value! #ref! #name? #num! #null! 1.#ind 1.#qnan"
_NO_DATES = ("0000-00-00", "0000-00-00 00:00:00")
MISSING = frozenset(["", *_WORDS.split(), *_PROGRAMS.split(), *_NO_DATES])
"""Cells that count as missing, in lower case: people's words, and what data bases, statistics programs and
spreadsheets write for a missing value or a failed formula."""

MISSING_FORMS = tuple(
    sorted({form for word in MISSING for form in (word, word.upper(), word.capitalize())})
)
"""The same as people write them, for Arrow, which compares letter by letter."""

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf|infinity|nan)$"
"""How programs write numbers."""


def as_text(series: pd.Series[Any]) -> np.ndarray:
    """Return a column as an object array of trimmed str ``(n,)``, ``""`` where it is missing.

    Whole numbers of a float column lose their ``.0``, so that a column of integers reads the same with
    and without missing cells.
    """
    parts = _coded(series)
    if parts is None:
        return _texts(series)
    codes, values = parts
    known: np.ndarray = np.append(_texts(values), "")  # code -1: missing
    return np.asarray(known[codes])


def as_number(series: pd.Series[Any]) -> tuple[np.ndarray, int]:
    """Return a column as float64 ``(n,)`` with NaN for missing, and how many other cells are no numbers.

    Missing are blanks and the usual markers (``?``, ``NA``, ``N/A``, ``nan``, ``null``, ``None``, ``-``)
    in upper or lower case; cells that are no numbers become NaN as well. Decimal commas and the like are
    none here: ``read_table`` has turned them into plain numbers where a column is written so.
    """
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_complex_dtype(series.dtype):
        return series.to_numpy(np.float64, na_value=np.nan), 0
    codes, texts = _arrow_coded(series)
    numbers = parse_numbers(texts)
    odd = np.isnan(numbers)
    odd[odd] = [not is_missing(text or "") for text in texts.filter(pa.array(odd)).to_pylist()]
    if codes is None:
        return numbers, int(odd.sum())
    return np.append(numbers, np.nan)[codes], int(np.append(odd, False)[codes].sum())


def count_missing(series: pd.Series[Any]) -> int:
    """Return how many cells of a column are blank or a usual marker of a missing value."""
    if pd.api.types.is_numeric_dtype(series.dtype):
        return int(series.isna().sum())
    codes, texts = _arrow_coded(series)
    words = pa.array(sorted(MISSING), texts.type)
    gone = pc.is_in(pc.utf8_lower(texts), value_set=words).to_numpy(zero_copy_only=False)
    return int(gone.sum() if codes is None else np.append(gone, True)[codes].sum())


def any_matches(series: pd.Series[Any], pattern: str) -> bool:
    """Whether some trimmed cell of a column matches a regular expression (RE2's, from anywhere in it)."""
    _, texts = _arrow_coded(series)
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def is_missing(text: str) -> bool:
    """Whether a trimmed cell is blank or a usual marker of a missing value."""
    return text.lower() in MISSING


def parse_numbers(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return trimmed texts as float64 ``(n,)``, to the nearest float; NaN where a text is no number."""
    try:
        numbers = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        fits = pc.match_substring_regex(texts, NUMBER)
        plain = pc.replace_substring_regex(texts, r"^\+", "")
        numbers = pc.cast(pc.if_else(fits, plain, None), pa.float64())
    # A copy, since Arrow's memory is read-only.
    return np.array(numbers.to_numpy(zero_copy_only=False) if isinstance(numbers, pa.Array) else numbers)


def arrow_texts(series: pd.Series[Any]) -> pa.ChunkedArray | None:
    """Return the texts of a column that Arrow or pandas keeps as texts; None for other columns."""
    if isinstance(series.dtype, pd.StringDtype) or (
        isinstance(series.dtype, pd.ArrowDtype) and _holds_text(series.dtype.pyarrow_dtype)
    ):
        cells = pa.array(series.array, from_pandas=True)
        return cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])
    return None


def _coded(series: pd.Series[Any]) -> tuple[np.ndarray, pd.Series[Any]] | None:
    """A column as places ``(n,)`` among its different values, -1 for missing; None where that is wrong."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.cat.codes.to_numpy(), pd.Series(series.cat.categories)
    texts = arrow_texts(series)
    if texts is not None:
        whole = _dictionary(texts)
        return _places(whole), pd.Series(whole.dictionary.to_pylist(), dtype=object)
    if pd.api.types.is_object_dtype(series.dtype) and pd.api.types.infer_dtype(series) != "string":
        return None  # 1, 1.0 and True are equal and are three texts
    codes, values = pd.factorize(series)
    return codes, pd.Series(values)


def _arrow_coded(series: pd.Series[Any]) -> tuple[np.ndarray | None, pa.Array]:
    """As ``_coded``, in Arrow: the texts of a wide table are millions, too many to make in Python."""
    cells = arrow_texts(series)
    if cells is not None:
        whole = _dictionary(cells)
        return _places(whole), pc.utf8_trim_whitespace(whole.dictionary)
    parts = _coded(series)
    codes, values = parts if parts is not None else (None, series)
    return codes, pa.array(_texts(values), pa.large_string())


def _dictionary(cells: pa.ChunkedArray) -> pa.DictionaryArray:
    """Texts as one dictionary of those that occur."""
    if pa.types.is_dictionary(cells.type):
        if all(len(chunk.dictionary) <= len(chunk) for chunk in cells.chunks):
            return _one(cells.unify_dictionaries())
        # the head of a column still carries the words of all of it
        cells = cells.cast(cells.type.value_type)
    return _one(cells.dictionary_encode())


def _one(coded: pa.ChunkedArray) -> pa.DictionaryArray:
    whole = coded.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # no rows
        return pa.array([], pa.string()).dictionary_encode()
    return whole


def _places(whole: pa.DictionaryArray) -> np.ndarray:
    """Place of each cell among the texts, -1 for missing."""
    return np.asarray(pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False))


def _holds_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _texts(values: pd.Series[Any]) -> np.ndarray:
    if pd.api.types.is_float_dtype(values.dtype):
        numbers = values.to_numpy(np.float64, na_value=np.nan)
        return np.array([_float_text(value) for value in numbers.tolist()], dtype=object)
    cells = values.to_numpy(object)
    missing = values.isna().to_numpy(bool)
    texts = ["" if gone else str(value).strip() for value, gone in zip(cells, missing, strict=True)]
    return np.array(texts, dtype=object)


def _float_text(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() else repr(value)
