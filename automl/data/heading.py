"""Where a delimited text begins: separator, lines above the header, names of the columns.

Standard library only: the quick check of a header and the reader of whole tables look at the same beginning
of a file (``read_head``) in the same way (``find_heading``).
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.delimited import (
    BLANKS,
    COMMENT,
    SEPARATORS,
    Layout,
    column_names,
    quotes_cells,
    refuse_no_rows,
    rows,
)
from automl.data.file_bytes import UTF16, read_bytes

HEAD_BYTES = 1 << 18
HEAD_ROWS = 60
MOST_HEAD = 1 << 26
LATER_START = 0.9
"""A separator that fits only below the first row counts less than one that fits all rows."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)?")
_FIGURE = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*")


@dataclass(frozen=True, kw_only=True)
class Head:
    """The beginning of a file.

    Attributes:
        content: its first bytes, unpacked.
        whole: whether that is all of the file.
    """

    content: bytes
    whole: bool

    def text(self) -> str | None:
        """The bytes as text, without a byte order mark; None when they are not UTF-8 (or marked UTF-16)."""
        marked = self.content.startswith(UTF16)
        decoder = codecs.getincrementaldecoder("utf-16" if marked else "utf-8-sig")("strict")
        try:
            return decoder.decode(self.content, final=self.whole)
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """How a table begins.

    Attributes:
        layout: how its rows are cut.
        names: names of the columns, unique.
        width: cells of a row; those beyond the names are blank.
        lines: lines above the first row of data.
        notes: what was found out and should be known.
    """

    layout: Layout
    names: list[str]
    width: int
    lines: int
    notes: tuple[Note, ...] = ()


def read_head(path: Path, *, content: bytes | None = None) -> Head:
    """Read as much of a file as holds its first rows.

    Args:
        path: the file.
        content: what was read from it before, where it can be read only once.
    """
    return _grown(lambda size: read_bytes(path, size, content=content))


def head_of(content: bytes) -> Head:
    """Return as much of an unpacked text as ``read_head`` gives of its file."""
    return _grown(lambda size: content[:size])


def find_heading(
    text: str, *, whole: bool, header: bool, where: str, quoted: bool | None = None
) -> Heading:
    """Find separator, quoting, header and what stands above it.

    Above a header may stand ``sep=;`` as Excel writes it, blank lines, lines that begin with ``#``, and
    titles: rows of another width than all rows below the header, of which some column holds figures.

    Args:
        text: the beginning of the file, without a byte order mark.
        whole: whether it is all of the file.
        header: whether a header is expected; columns are otherwise ``c0``, ``c1``, ...
        where: what messages call the file.
        quoted: whether tab-separated cells are quoted, where that is known from all of the file.

    Raises:
        DataError: no rows, or two columns of one name.
    """
    lines = list(islice(io.StringIO(text, newline=""), 4 * HEAD_ROWS))
    cut_off = not whole or sum(map(len, lines)) < len(text)
    told = _SEPARATOR_LINE.fullmatch(lines[0])
    layout = _sniff(lines[1:] if told else lines, cut_off, told[1] if told else None, quoted)
    body = _cut(lines[1:] if told else lines, layout, cut_off, where=where)
    shift = 1 if told else 0
    if not body:
        refuse_no_rows(where, header=False)
    width = _width(body)
    first = _first_row(body, width, header=header)
    names, notes = _names(body[first:], width, header=header, where=where)
    if len(body) < first + 1 + header and not cut_off:
        refuse_no_rows(where, header=header)
    begins = body[first].line if header else (body[first - 1].line if first else 0)
    return Heading(
        layout=layout,
        names=names,
        width=max(width, len(names)),
        lines=begins + shift,
        notes=(*_note_above(body[:first], where), *notes),
    )


def _grown(read: Callable[[int], bytes]) -> Head:
    size = HEAD_BYTES
    while True:
        start = read(size)
        whole = len(start) < size
        if whole or size >= MOST_HEAD or start.count(b"\n") + start.count(b"\r") >= 3:
            return Head(content=start, whole=whole)
        size *= 8


@dataclass(frozen=True)
class _Row:
    """A row and the number of its last line, from 1."""

    line: int
    cells: list[str]

    @property
    def comment(self) -> bool:
        return self.cells[0].startswith(COMMENT)

    @property
    def reach(self) -> int:
        """Cells up to the last that is not blank."""
        return max((place for place, cell in enumerate(self.cells, start=1) if cell), default=0)


def _sniff(lines: Sequence[str], cut_off: bool, told: str | None, quoted: bool | None) -> Layout:
    """The separator that cuts most of the first rows as it cuts the first, and whether cells are quoted."""
    best = told or ""
    if not best:
        scores = {mark: _agreement(lines, mark, cut_off) for mark in SEPARATORS}
        best = max(SEPARATORS, key=lambda mark: scores[mark])
        if scores[best] < 0.5:
            best = BLANKS if _agreement(lines, BLANKS, cut_off) >= LATER_START else ","
    if best == BLANKS:
        return Layout(separator=best, quoted='"' in "".join(lines))
    if best == "\t":
        return Layout(separator=best, quoted=quotes_cells("".join(lines)) if quoted is None else quoted)
    if best == "," and _one_column(lines):
        best = ";"
    return Layout(separator=best, quoted=True)


def _one_column(lines: Sequence[str]) -> bool:
    """Whether commas are all decimal marks, below a name without one."""
    filled = [line.strip() for line in lines if line.strip() and not line.startswith(COMMENT)]
    return len(filled) > 1 and "," not in filled[0] and all(map(_DECIMAL_COMMA.fullmatch, filled[1:]))


def _agreement(lines: Sequence[str], separator: str, cut_off: bool) -> float:
    """Share of rows that have the commonest width (at least 2), counted from the first that has it."""
    best = 0.0
    quotings = (True, False) if separator == "\t" else ('"' in "".join(lines) or separator != BLANKS,)
    for quoted in quotings:
        body = [
            row
            for row in _cut(lines, Layout(separator=separator, quoted=quoted), cut_off)
            if not row.comment
        ]
        counts = [len(row.cells) for row in body]
        width = _commonest(counts)
        if width < 2:
            continue
        start = counts.index(width)
        share = counts[start:].count(width) / len(counts[start:])
        if separator == BLANKS and start and not (quoted and counts[0] == width - 1):
            continue
        best = max(best, share if start == 0 else LATER_START * share * (len(counts) - start > 1))
    return best


def _cut(lines: Sequence[str], layout: Layout, cut_off: bool, *, where: str = "") -> list[_Row]:
    """The first rows; where they cannot be cut none, or the error where the text has a name."""
    try:
        body = [_Row(line, cells) for line, cells in islice(rows(lines, layout, where), HEAD_ROWS + 1)]
    except DataError:
        if cut_off and len(lines) > 1:
            return _cut(lines[: len(lines) // 2], layout, cut_off, where=where)
        if where:
            raise
        return []
    return body[:-1] if len(body) > HEAD_ROWS or (cut_off and len(body) > 1) else body


def _commonest(counts: Sequence[int]) -> int:
    """The commonest width; of equally common ones the first."""
    return Counter(counts).most_common(1)[0][0] if counts else 0


def _width(body: Sequence[_Row]) -> int:
    plain = [row for row in body if not row.comment]
    counted = plain if len(plain) > 1 else body
    return _commonest([len(row.cells) for row in (counted[1:] or counted)])


def _first_row(body: Sequence[_Row], width: int, *, header: bool) -> int:
    """Place of the header, or of the first row of data where there is none."""
    first = next((place for place, row in enumerate(body) if not row.comment), 0)
    above = body[first - 1] if first else None
    if above is not None and len(above.cells) == width > 1 and (not header or _figures(body[first])):
        first -= 1
    if header and _is_title(body[first:], width):
        for place in range(first + 1, min(len(body), first + 20)):
            if _heads(body[place:], width):
                return place
    return first


def _is_title(body: Sequence[_Row], width: int) -> bool:
    """Whether the first row may be a title: of another width, or filled up with blank cells."""
    row = body[0]
    if len(row.cells) == width:
        return width > 2 and row.reach <= 1
    return row.reach != width


def _heads(body: Sequence[_Row], width: int) -> bool:
    """Whether the first row reads as names of columns, and all rows below as rows under these names."""
    row, below = body[0], [item for item in body[1:] if not item.comment]
    reach = row.reach
    names = row.cells[:reach]
    if reach < 2 or not all(names) or any(_FIGURE.fullmatch(name) for name in names):
        return False
    if len(set(names)) < reach or not below or any(len(item.cells) != width for item in below):
        return False
    columns = zip(*(item.cells[:reach] for item in below), strict=True)
    return any(
        any(cells) and all(_FIGURE.fullmatch(cell) for cell in cells if cell) for cells in columns
    ) and reach in (width, len(row.cells), width - 1)


def _figures(row: _Row) -> bool:
    return any(_FIGURE.fullmatch(cell) for cell in row.cells)


def _names(
    body: Sequence[_Row], width: int, *, header: bool, where: str
) -> tuple[list[str], tuple[Note, ...]]:
    names = column_names(body[0].cells, header=header, where=where)
    if not header:
        return names, ()
    below = [row for row in body[1:] if not row.comment]
    named = below and len(names) == width - 1 > 1 and all(len(row.cells) == width for row in below)
    if named and any(row.cells[-1] for row in below) and all(row.cells[0] for row in below):
        note = f"{where}: rows have one cell more than the header, so the first cell is the row's name."
        return ["unnamed_0", *names], (Note(f"{note} It is the column 'unnamed_0'."),)
    return names, ()


def _note_above(above: Sequence[_Row], where: str) -> tuple[Note, ...]:
    titles = [row for row in above if not row.comment]
    if not titles:
        return ()
    shown = " ".join(cell for cell in titles[0].cells if cell)[:60]
    lines = f"the first {above[-1].line} lines are" if above[-1].line > 1 else "the first line is"
    verb = "are" if above[-1].line > 1 else "is"
    return (Note(f"{where}: {lines} above the table ({shown!r}) and {verb} skipped."),)
