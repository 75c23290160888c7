"""A quick look at a table's header, so that a wrong column is refused before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from automl.data.delimited import refuse_unknown
from automl.data.heading import find_heading, read_head
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
    head = read_head(source.path, content=source.content)
    text = head.text()
    if text is None:  # names are certain only where the encoding is
        return
    names = find_heading(text, whole=head.whole, header=header, where=where).names
    for name in (*target, *columns):
        refuse_unknown(name, names, where)
