"""A delimited text as columns: its encoding, its heading, and Arrow for the rest."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.arrow_table import Watch, cut_by_arrow, cut_by_row, parse
from automl.data.cells import MISSING_FORMS
from automl.data.delimited import quotes_cells, refuse_no_rows
from automl.data.file_bytes import UTF16, read_bytes
from automl.data.heading import Heading, find_heading, head_of
from automl.data.numbers import NumberStyle
from automl.data.styled import may_be_grouped, plainly
from automl.data.typed import LONG, as_dictionary, typed

GUESS_BYTES = 1 << 18


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A text that was read.

    Attributes:
        frame: one column per column of the text.
        notes: what a user should know.
        styles: how numbers were written, by column, where that was not plainly.
    """

    frame: pd.DataFrame
    notes: tuple[Note, ...]
    styles: Mapping[str, NumberStyle]


def read_text(
    path: Path,
    *,
    header: bool,
    content: bytes | None = None,
    known: Mapping[str, NumberStyle] | None = None,
) -> TextTable:
    """Read a delimited text.

    Args:
        path: the file.
        header: False when the first row is data.
        content: what was read from it before, where it can be read only once.
        known: how numbers are written in training, for a further file.

    Raises:
        DataError: it cannot be read, is empty, has doubled names or rows of unequal length.
    """
    where = str(path)
    text, notes = marked_as_utf8(read_bytes(path, content=content), path)
    try:
        cut = _cut(text, header=header, where=where)
    except UnicodeError:
        text, notes = guessed_as_utf8(text, path)
        cut = _cut(text, header=header, where=where)
    del text
    if not len(cut.columns[0]):
        refuse_no_rows(where, header=header)
    read = _typed(cut, known)
    return replace(read, notes=(*notes, *cut.notes, *read.notes))


def read_rows(
    content: bytes,
    heading: Heading,
    where: str,
    *,
    above: int = 0,
    known: Mapping[str, NumberStyle] | None = None,
    numbers: Collection[str] = (),
) -> TextTable:
    """Read rows of a text whose heading is known.

    Args:
        content: whole rows without a heading, UTF-8.
        heading: that of the text.
        where: what messages call it.
        above: lines of the text above the rows.
        known: how numbers are written in training.
        numbers: columns that are to be read as numbers at once; where a cell is none all are texts first.

    Raises:
        DataError: a row has another width than the heading.
        UnicodeError: some text is not UTF-8.
    """
    below = replace(heading, lines=0)
    quick = _cut_numbers(content, below, where, numbers) if numbers else None
    slow = quick or cut_by_arrow(content, below, where)
    columns, notes = slow or cut_by_row(content, below, where, above=above)
    cut = _Cut(names=heading.names, columns=columns, separator=heading.layout.separator, notes=notes)
    read = _typed(cut, known)
    return replace(read, notes=(*notes, *read.notes))


def _cut_numbers(
    content: bytes, heading: Heading, where: str, numbers: Collection[str]
) -> tuple[list[pa.ChunkedArray], tuple[Note, ...]] | None:
    """Columns of numbers and of texts; None where some cell or row does not fit."""
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = [pa.float64() if name in numbers else coded for name in heading.names]
    watch = Watch(heading.layout.separator, quotes=b'"' in content)
    try:
        table = parse(pa.py_buffer(content), heading.layout, kinds, watch, missing=MISSING_FORMS)
    except pa.ArrowInvalid:
        return None
    return table.columns, watch.notes(where)


@dataclass(frozen=True, kw_only=True)
class _Cut:
    names: list[str]
    columns: list[pa.ChunkedArray]
    separator: str
    notes: tuple[Note, ...]


def marked_as_utf8(content: bytes, path: Path) -> tuple[bytes, tuple[Note, ...]]:
    """Return content as UTF-8 without a byte order mark, where it is or says that it is UTF-16."""
    if not content.startswith(UTF16):
        return content.removeprefix(codecs.BOM_UTF8), ()
    try:
        return content.decode("utf-16").encode(), ()
    except UnicodeDecodeError as error:
        raise DataError(f"{path} starts like UTF-16 but is not: {error}. Save it as UTF-8.") from error


def guessed_as_utf8(content: bytes, path: Path) -> tuple[bytes, tuple[Note, ...]]:
    """Return content that is not UTF-8 as if it were, and a note on the encoding that was guessed.

    Raises:
        DataError: no encoding fits.
    """
    from charset_normalizer import from_bytes

    try:
        content.decode()
    except UnicodeDecodeError as error:
        position = error.start
    start = max(0, position - GUESS_BYTES // 2) if len(content) > GUESS_BYTES else 0
    guess = from_bytes(content[start:][:GUESS_BYTES]).best()
    try:
        if guess is None:
            raise LookupError
        text = content.decode(guess.encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        line = content.count(b"\n", 0, position) + 1
        raise DataError(
            f"{path}, line {line}: not UTF-8, and no other encoding fits. Save the file as UTF-8."
        ) from None
    note = f"{path.name} is not UTF-8: read as {guess.encoding}, a guess; save it as UTF-8 to be sure."
    return text.encode(), (Note(note),)


def _cut(content: bytes, *, header: bool, where: str) -> _Cut:
    """Cut a UTF-8 text by Arrow; row by row where Arrow cannot."""
    heading = _heading(content, header=header, where=where)
    either_way = heading.layout.separator == "\t" and b'"' in content
    try:
        cut = cut_by_arrow(content, heading, where)
    except DataError:  # a quote that is never closed
        if not either_way:
            raise
        cut = None
    if cut is None and either_way:
        other = _heading(content, header=header, where=where, quoted=not heading.layout.quoted)
        cut = cut_by_arrow(content, other, where)
        heading = heading if cut is None else other
    if cut is None:
        cut = _without_blanks_before_quotes(content, heading, where)
    columns, notes = cut or cut_by_row(content, heading, where)
    return _Cut(
        names=heading.names,
        columns=columns,
        separator=heading.layout.separator,
        notes=(*heading.notes, *notes),
    )


def _without_blanks_before_quotes(
    content: bytes, heading: Heading, where: str
) -> tuple[list[pa.ChunkedArray], tuple[Note, ...]] | None:
    """Columns of a text that has blanks between separators and quotes: ``1, "a, b"``."""
    mark = re.escape(heading.layout.separator.encode())
    closer, count = re.subn(mark + rb' +(?=")', heading.layout.separator.encode(), content)
    if not count or not heading.layout.quoted:
        return None
    again = _heading(closer, header=True, where=where)
    if len(again.names) != len(heading.names) or again.lines != heading.lines:
        return None
    return cut_by_arrow(closer, replace(heading, width=again.width), where)


def _heading(content: bytes, *, header: bool, where: str, quoted: bool | None = None) -> Heading:
    head = head_of(content)
    text = head.text()
    if text is None:
        raise UnicodeError(where)
    heading = find_heading(text, whole=head.whole, header=header, where=where, quoted=quoted)
    if heading.layout.separator != "\t" or quoted is not None or head.whole or b'"' not in content:
        return heading
    judged = quotes_cells(content.decode(errors="replace"))
    if judged == heading.layout.quoted:
        return heading
    return find_heading(text, whole=head.whole, header=header, where=where, quoted=judged)


def _typed(cut: _Cut, known: Mapping[str, NumberStyle] | None) -> TextTable:
    """Typed columns, made one by one so that no second copy of all cells is held; and notes on numbers."""
    columns: dict[str, pd.Series[Any]] = {}
    unsure: dict[str, pa.ChunkedArray] = {}
    for name in cut.names:
        column = cut.columns.pop(0)
        if pa.types.is_floating(column.type):
            columns[name] = pd.Series(np.array(column.to_numpy()))
            continue
        if len(column) >= LONG and may_be_grouped(column):
            unsure[name] = column
        columns[name] = as_dictionary(column) if name in unsure else typed(column)
    plain = plainly(columns, cut.separator, known)
    columns |= {name: typed(column) for name, column in unsure.items()}
    columns |= plain.columns
    return TextTable(frame=pd.DataFrame(columns, copy=False), notes=plain.notes, styles=plain.styles)
