"""Tables of any origin as one DataFrame: delimited text, Parquet, JSON, DataFrames, bundled data sets.

Text tables keep their cells as texts, ``""`` for missing, each different one once (see
``automl.data.typed``); Parquet files and DataFrames keep their types. ``as_text`` and ``as_number`` read a
column of any kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from operator import itemgetter
from typing import Any, cast

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.names import first_names, free_name
from automl.core.notes import Note
from automl.data.cells import arrow_texts, as_number, as_text, is_missing
from automl.data.frames import checked, frame_of, read_parquet, to_pandas, with_columns
from automl.data.json_lines import read_json_lines
from automl.data.large.drawn import Drawn
from automl.data.large.parquet_file import table_of
from automl.data.large.sampling import drawn_rows
from automl.data.large.text_file import NotInPartsError
from automl.data.numbers import PLAIN, NumberStyle
from automl.data.source import Source
from automl.data.text_table import read_text

__all__ = ["Table", "as_number", "as_text", "first_rows", "is_missing", "listed", "read_table", "row_keys"]


HEAD = 100
"""Rows that are kept of a table whose memory was freed."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table in memory.

    Attributes:
        frame: one column per column of the source, names are str and unique.
        notes: one sentence for each thing a user should know (encoding guessed).
        where: what messages call the table: the path, or the name of the object.
        styles: how numbers were written, by column, where that was not plainly.
        first: of a part of a larger table the place of its first row; None for a table of its own.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    where: str
    styles: Mapping[str, NumberStyle] = field(default_factory=dict)
    first: int | None = None

    def head(self) -> pd.DataFrame:
        """The first rows, ``HEAD`` at most, with texts as str objects."""
        head = self.frame.head(HEAD)
        texts = {
            name: pd.Series(as_text(head[name]), index=head.index, dtype=object)
            for name in head.columns
            if arrow_texts(head[name]) is not None
        }
        return with_columns(head, texts).copy()


def read_table(source: Source, *, header: bool = True) -> Table:
    """Read a source that is one of ``TABLES``, or ``sklearn``, as a table, once per source.

    Of one that is to be sampled, these are the rows of the sample.

    Args:
        source: where the table is.
        header: False when the first row of a text table is data; columns are then ``c0``, ``c1``, ...

    Raises:
        DataError: it cannot be read, is empty, has doubled column names or rows of unequal length.
        NotInPartsError: it is to be sampled, and is one of those that are only read at once.
    """
    if source.kind == "frame":  # what is in memory is not kept a second time
        return _read(source, header=header)
    table = source.kept.get(_key(source, header=header), lambda: _read(source, header=header))
    return cast("Table", table)


def first_rows(source: Source, count: int, *, header: bool = True) -> pd.DataFrame:
    """Return the first rows of a table with texts as str objects; at most ``HEAD`` of them."""
    key = _key(source, header=header)
    head = source.kept.get(("head", key), lambda: read_table(source, header=header).head())
    return cast("pd.DataFrame", head.head(count))


def row_keys(table: Table, ids: Sequence[str]) -> dict[str, np.ndarray]:
    """Return what names each row in a file of predictions: its position, then its ids."""
    first = table.first or 0
    rows = np.arange(first, first + len(table.frame))
    return {free_name("row", ids): rows, **{name: _ids(table.frame[name]) for name in ids}}


def listed(names: Sequence[str]) -> str:
    """Return names as a message shows them: quoted, the first twenty."""
    return first_names([repr(name) for name in names], 20)


def plain_styles(table: Table) -> dict[str, Any]:
    """How a table writes its numbers, as JSON."""
    return {name: asdict(style) for name, style in table.styles.items()}


def written_as(source: Source, styles: Mapping[str, Any] | None, columns: Iterable[str]) -> Source:
    """A further source of columns whose numbers are read as those of the first, where it leaves that open.

    Args:
        source: the source.
        styles: what ``plain_styles`` gave of the first table.
        columns: those that the first table had.
    """
    known = {
        name: NumberStyle(**(styles or {})[name]) if name in (styles or {}) else PLAIN for name in columns
    }
    return replace(source, styles=known)


def _ids(column: pd.Series[Any]) -> np.ndarray:
    own = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iubM"  # so that ids can be joined
    return column.to_numpy() if own else as_text(column)


def _key(source: Source, *, header: bool) -> tuple[object, ...]:
    return ("table", header, tuple(sorted((source.styles or {}).items(), key=itemgetter(0))))


def _read(source: Source, *, header: bool) -> Table:
    if source.sampling is not None:
        return _sampled(source, header=header)
    if source.kind == "table" and source.path is not None:
        read = read_text(source.path, header=header, content=source.content, known=source.styles)
        return Table(frame=read.frame, notes=read.notes, where=str(source.path), styles=read.styles)
    where = str(source.path or source.name)
    if source.kind == "parquet" and source.path is not None:
        return _table(read_parquet(source.path), where, source.styles)
    if source.kind == "jsonl" and source.path is not None:
        frame, notes = read_json_lines(source.path)
        table = _table(frame, where, source.styles)
        return replace(table, notes=(*notes, *table.notes))
    if source.kind == "frame":
        return _table(to_pandas(source.content), where, source.styles)
    if source.kind == "sklearn":
        return _table(_bundled(source.name), f"sklearn:{source.name}")
    raise DataError(
        "Expected a table (delimited text, Parquet, lines of JSON or a DataFrame),"
        f" got {where} ({source.kind})."
    )


def _sampled(source: Source, *, header: bool) -> Table:
    """The sample of a table as a table of its own."""
    drawn = drawn_rows(source, header=header)
    if source.kind == "parquet" or source.path is None:
        table = _table(frame_of(table_of(drawn)), str(source.path), source.styles)
    else:
        sample = replace(source, content=drawn.content.tobytes(), sampling=None)
        table = _read(sample, header=header)
    if len(table.frame) != len(drawn.rows):
        raise NotInPartsError("its rows are not its lines")
    return replace(table, notes=(*table.notes, *_hidden(drawn, table.where)))


def _hidden(drawn: Drawn, where: str) -> tuple[Note, ...]:
    """Tell of a sample, and of cells that it may not have."""
    if drawn.is_whole:
        return ()
    sample = (
        f"{where}: its {drawn.total:,} rows are not read at once. Types, categories and scales are found"
        f" from a random sample of {len(drawn.rows):,}, which trials train on; the best then sees all."
    )
    odd = (
        Note(
            f"Column {name!r}: {count:,} of all {drawn.total:,} cells are neither numbers nor missing;"
            " where it is read as numbers they count as missing.",
            count / drawn.total,
        )
        for name, count in drawn.odd.items()
        if count
    )
    return (Note(sample), *odd)


def _bundled(name: str) -> pd.DataFrame:
    from sklearn import datasets

    loaded = getattr(datasets, f"load_{name}")(as_frame=True)
    frame: pd.DataFrame = loaded.frame.copy()
    if "target_names" in loaded:
        frame["target"] = np.asarray(loaded.target_names, dtype=str).astype(object)[loaded.target]
    return frame


def _table(frame: pd.DataFrame, where: str, known: Mapping[str, NumberStyle] | None = None) -> Table:
    read = checked(frame, where, known)
    return Table(frame=read.frame, notes=read.notes, where=where, styles=read.styles)
