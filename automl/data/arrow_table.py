"""Delimited text read by Arrow: each column as texts, most of them as a dictionary of different texts.

Arrow cuts rows into cells; what the cells mean is decided elsewhere. Left to itself it would take ``007``
and ``0x7`` for 7, dates for time stamps without their zone, and 2**64 for a float.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.delimited import BLANKS, COMMENT, Layout, refuse_open_quote, rows
from automl.data.heading import Heading

BLOCK = 1 << 21
MOST_BLOCK = 1 << 28
SAMPLE = 1 << 18
DISTINCT_SHARE = 0.5
"""A column of which more of the cells differ is kept as texts, one by one."""

CHUNK_ROWS = 50_000


def cut_by_arrow(
    content: bytes, heading: Heading, where: str
) -> tuple[list[pa.ChunkedArray], tuple[Note, ...]] | None:
    """Cut a text into columns of texts, not trimmed; None where rows are not all of the heading's width.

    Args:
        content: UTF-8 without a byte order mark.
        heading: how it begins.
        where: what messages call it.

    Raises:
        DataError: a quote is never closed.
        UnicodeError: some text is not UTF-8.
    """
    data = pa.py_buffer(content).slice(offset_of(content, heading.lines))
    separator, quoted = heading.layout.separator, heading.layout.quoted
    if separator == BLANKS and not quoted:
        data = pa.py_buffer(_single_blanks(bytes(data)))
    watch = Watch(separator, quotes=b'"' in content)
    kinds = _kinds(data, heading)
    try:
        table = parse(data, heading.layout, kinds, watch)
    except pa.ArrowInvalid as error:
        if "invalid UTF8" in str(error):
            raise UnicodeError(str(error)) from error
        return None
    if quoted and table.num_rows:
        last = table.column(heading.width - 1)[-1].as_py()
        refuse_open_quote(last, bytes(data[-1024:]).decode("utf-8", "replace"), f"{where}, last row")
    if heading.width == 1 and table.num_rows:  # blank lines of one column look like missing cells
        cells = pc.utf8_trim_whitespace(table.column(0).cast(pa.string()))
        table = table.filter(pc.not_equal(cells, ""))
    columns = table.columns
    if any(_any_text(column) for column in columns[len(heading.names) :]):
        return None
    return columns[: len(heading.names)], watch.notes(where)


def cut_by_row(
    content: bytes, heading: Heading, where: str, *, above: int = 0
) -> tuple[list[pa.ChunkedArray], tuple[Note, ...]]:
    """Cut a text into columns row by row, which is slow, takes rows with surplus blanks and names lines.

    Args:
        content: UTF-8 without a byte order mark.
        heading: how it begins.
        where: what messages call it.
        above: lines of the file above the text.

    Raises:
        DataError: a row has more or fewer cells than the header; the message names its line.
    """
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    for _ in islice(lines, heading.lines):
        pass
    watch = Watch(heading.layout.separator)
    numbered = rows(lines, heading.layout, where, above=above + heading.lines)
    fitted = _fitted(numbered, heading, watch, where)
    chunks: list[list[pa.Array]] = []
    while part := list(islice(fitted, CHUNK_ROWS)):
        chunks.append(
            [pa.array(cells, pa.string()).dictionary_encode() for cells in zip(*part, strict=True)]
        )
    columns = [pa.chunked_array(list(parts)) for parts in zip(*chunks, strict=True)]
    return columns or [pa.chunked_array([], pa.string())], watch.notes(where)


class Watch:
    """Decides on rows of another width, and counts the comments among them.

    Args:
        separator: of cells.
        quotes: whether there are quotes at all; without them Arrow need not look for line breaks in cells.
    """

    def __init__(self, separator: str, *, quotes: bool = True) -> None:
        self._filling = f"{separator} \t\r\n"
        self.quotes = quotes
        self.comments = 0

    def __call__(self, row: Any) -> str:
        """Say what Arrow is to do with a row."""
        return "skip" if self.skips(row.text) else "error"

    def skips(self, text: str) -> bool:
        """Whether a row is a comment, or blank."""
        comment = text.lstrip().startswith(COMMENT)
        self.comments += comment
        return comment or not text.strip(self._filling)

    def notes(self, where: str) -> tuple[Note, ...]:
        """Tell of comments."""
        if not self.comments:
            return ()
        return (Note(f"{where}: rows that begin with '#' ({self.comments}) are comments and are skipped."),)


def offset_of(content: bytes, lines: int) -> int:
    """Return the bytes of the first lines, which end as the csv module has it."""
    place = 0
    for found in islice(re.finditer(rb"\r\n|\n|\r", content), lines):
        place = found.end()
    return place if lines else 0


def _single_blanks(content: bytes) -> bytes:
    single = re.sub(rb"[ \t\f\v]+", b" ", content)
    return re.sub(rb"(?m)^ | (?=\r?$)", b"", single)


def _kinds(data: pa.Buffer, heading: Heading) -> list[pa.DataType]:
    """A dictionary for columns that repeat their texts at the beginning, plain texts for others."""
    coded = pa.dictionary(pa.int32(), pa.string())
    sample = bytes(data[:SAMPLE])
    if len(data) <= 4 * SAMPLE:
        return [coded] * heading.width
    sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1]
    try:
        head = parse(pa.py_buffer(sample), heading.layout, [coded] * heading.width, Watch(""))
    except pa.ArrowInvalid:
        return [pa.string()] * heading.width
    return [
        coded if len(column.unique()) <= DISTINCT_SHARE * head.num_rows else pa.string()
        for column in head.columns
    ]


def parse(
    data: pa.Buffer,
    layout: Layout,
    kinds: Sequence[pa.DataType],
    watch: Watch,
    *,
    missing: Sequence[str] | None = None,
) -> pa.Table:
    """Parse rows into columns named ``0``, ``1``, ...

    Args:
        data: rows as UTF-8.
        layout: how they are cut.
        kinds: the type of each column.
        watch: decides on rows of another width.
        missing: cells of numbers that are missing; Arrow's own by default.

    Raises:
        pyarrow.ArrowInvalid: a row has another width, a cell is not of its column's type, or no UTF-8.
    """
    names = [str(place) for place in range(len(kinds))]
    block = BLOCK
    while True:
        try:
            return csv.read_csv(
                pa.BufferReader(data),
                read_options=csv.ReadOptions(column_names=names, block_size=block),
                parse_options=csv.ParseOptions(
                    delimiter=layout.separator,
                    quote_char='"' if layout.quoted else False,
                    newlines_in_values=layout.quoted and watch.quotes,
                    invalid_row_handler=watch,
                ),
                convert_options=csv.ConvertOptions(
                    column_types=dict(zip(names, kinds, strict=True)),
                    strings_can_be_null=False,
                    null_values=missing,
                ),
            )
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error) or block >= MOST_BLOCK:
                raise
            block *= 16


def _any_text(column: pa.ChunkedArray) -> bool:
    return any(text.strip() for text in column.unique().to_pylist())


def _fitted(numbered: Iterable[tuple[int, list[str]]], heading: Heading, watch: Watch, where: str) -> Any:
    """Rows of the header's width; surplus cells must be blank."""
    wanted = len(heading.names)
    for line, cells in numbered:
        if len(cells) != heading.width and watch.skips(heading.layout.separator.join(cells)):
            continue
        if len(cells) < wanted or any(cells[wanted:]):
            raise DataError(
                f"{where}, line {line}: expected {wanted} cells as in the first row, got {len(cells)}."
                " Fix the row, or put cells that contain the separator in double quotes."
            )
        yield cells[:wanted]
