"""A quick look at a table's header, so that a wrong column is refused before anything heavy is loaded."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from automl.data.delimited import (
    HEAD_BYTES,
    column_names,
    read_bytes,
    refuse_no_rows,
    refuse_unknown,
    rows,
    sniff,
)
from automl.data.source import Source


def check_table_header(
    source: Source,
    *,
    target: Sequence[str],
    columns: Sequence[str] = (),
    header: bool = True,
) -> None:
    """Refuse a text table that lacks the columns asked for; other kinds of source pass unread.

    Args:
        source: where the table is.
        target: names of the target columns.
        columns: names of other columns asked for (of groups, times, ids).
        header: False when the first row is data.

    Raises:
        DataError: the file is missing, empty, holds only a header or doubled column names, or a column
            asked for is not there (the nearest names are offered).
    """
    if source.kind != "table" or source.path is None:
        return
    where = str(source.path)
    names, readable = _header(source.path, header=header)
    if not readable:
        return
    for name in (*target, *columns):
        refuse_unknown(name, names, where)


def _header(path: Path, *, header: bool) -> tuple[list[str], bool]:
    """Names of the columns, and whether the head of the file is UTF-8 (names are certain)."""
    where = str(path)
    content = read_bytes(path, HEAD_BYTES)
    decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    try:
        text = decoder.decode(content, final=len(content) < HEAD_BYTES)
    except UnicodeDecodeError:
        return [], False
    first = list(islice(rows(text, sniff(text), where), 2))
    names = column_names(first[0][1], header=header, where=where)
    if len(first) < 1 + header and len(content) < HEAD_BYTES:
        refuse_no_rows(where, header=header)
    return names, True
