"""Columns of texts whose numbers are written as people write them, turned into plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from automl.core.notes import Note
from automl.data.cells import arrow_texts, as_number
from automl.data.numbers import PLAIN, NumberStyle, Words, find_styles, plain_numbers
from automl.data.typed import typed

SAMPLE = 5_000
"""Rows that are looked at before all are."""


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Numbers that were not written plainly, and are now.

    Attributes:
        columns: those that changed.
        styles: how these were written.
        notes: on how numbers are read.
    """

    columns: Mapping[str, pd.Series[Any]]
    styles: Mapping[str, NumberStyle]
    notes: tuple[Note, ...]


def plainly(
    columns: Mapping[str, pd.Series[Any]],
    separator: str = "",
    known: Mapping[str, NumberStyle] | None = None,
) -> Plain:
    """Turn columns of texts that hold numbers of another style into plain ones.

    Args:
        columns: columns of a table, of any storage.
        separator: of the cells of their file.
        known: how the columns are written in training, or None for the training table itself.
    """
    texts = {name: cells for name, series in columns.items() if (cells := _texts(series)) is not None}
    points = any(_has_points(series) for series in columns.values())
    styles, notes = find_styles(
        {name: _words(cells) for name, cells in texts.items()}, separator, points=points, known=known
    )
    return Plain(
        columns={name: _restyled(texts[name], style) for name, style in styles.items()},
        styles=styles,
        notes=(*notes, *_other_units(columns, styles, known or {})),
    )


def may_be_grouped(column: pa.ChunkedArray) -> bool:
    """Whether a column of texts has points, each before three digits, so that they may group digits."""
    for cells in (column.slice(0, SAMPLE), column):
        texts = pc.utf8_trim_whitespace(cells.cast(pa.string()))
        pointed = texts.filter(pc.fill_null(pc.match_substring(texts, "."), False))
        grouped = pc.match_substring_regex(pointed, r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$")
        if not len(pointed) or not pc.all(grouped).as_py():
            return False
    return True


def _other_units(
    columns: Mapping[str, pd.Series[Any]],
    styles: Mapping[str, NumberStyle],
    known: Mapping[str, NumberStyle],
) -> Iterator[Note]:
    """Tell of numbers with a sign that those of training do not bear, or without one that they do."""
    for name in known.keys() & columns.keys():
        then, now = known[name].unit, styles.get(name, PLAIN).unit
        if then != now and (now or np.isfinite(as_number(columns[name])[0]).any()):
            here, there = (repr(unit) if unit else "no sign" for unit in (now, then))
            text = f"numbers have {here}, those of training {there}; they are read as they are."
            yield Note(f"Column {name!r}: {text}", 1.0)


def _has_points(series: pd.Series[Any]) -> bool:
    """Whether a column of numbers has fractions, by its first rows."""
    if not pd.api.types.is_float_dtype(series.dtype):
        return False
    head = series.iloc[:SAMPLE].to_numpy(np.float64, na_value=np.nan)
    known = head[np.isfinite(head)]
    return bool((known != np.rint(known)).any())


def _texts(series: pd.Series[Any]) -> pa.ChunkedArray | None:
    """Trimmed texts with a dictionary; None for columns of something else."""
    cells = arrow_texts(series)
    if cells is None and pd.api.types.is_object_dtype(series.dtype):
        if pd.api.types.infer_dtype(series, skipna=True) != "string":
            return None
        cells = pa.chunked_array([pa.array(series.to_numpy(object), pa.string(), from_pandas=True)])
    if cells is None or pa.types.is_dictionary(cells.type):
        return cells
    return cells.dictionary_encode()


def _words(cells: pa.ChunkedArray) -> Words:
    whole = cells.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        return Words(pa.array([], pa.string()))
    codes = whole.indices.drop_null().to_numpy(zero_copy_only=False)
    counts = np.bincount(codes, minlength=len(whole.dictionary))
    return Words(pc.utf8_trim_whitespace(whole.dictionary), counts)


def _restyled(cells: pa.ChunkedArray, style: NumberStyle) -> pd.Series[Any]:
    whole = cells.unify_dictionaries().combine_chunks()
    plain = plain_numbers(pc.utf8_trim_whitespace(whole.dictionary), style)
    again = plain.dictionary_encode()
    codes = pc.take(again.indices, whole.indices)
    return typed(pa.chunked_array([pa.DictionaryArray.from_arrays(codes, again.dictionary)]))
