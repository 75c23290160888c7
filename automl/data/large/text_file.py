"""A delimited file in blocks of whole rows, as few bytes at once as its size allows."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl.data.arrow_table import offset_of
from automl.data.delimited import BLANKS
from automl.data.file_bytes import UTF16
from automl.data.heading import Heading, find_heading, read_head

BLOCK = 1 << 24
"""Bytes that are read at once."""

MOST_ROW = 1 << 28
"""Bytes of one row at most."""

_NEWLINE, _QUOTE = 10, 34


class NotInPartsError(Exception):
    """A file cannot be read part by part; says why, as the middle of a sentence: ``it is compressed``."""


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A delimited file whose beginning is known.

    Attributes:
        path: the file.
        heading: how it begins.
        top: what stands above the first row of data, without a byte order mark.
        begin: offset of that row.
        size: of the file in bytes.
    """

    path: Path
    heading: Heading
    top: bytes
    begin: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some whole rows that follow each other.

    Attributes:
        number: counted from 0.
        content: their bytes; the last row of a file gets the line end that it may lack.
        starts: where each of them begins ``(k,)`` int64; blank rows and comments are among them.
        first: rows above them in the file, counted likewise.
        lines: lines above them in the file, below its first row of data.
    """

    number: int
    content: bytes
    starts: np.ndarray
    first: int
    lines: int

    def row(self, place: int) -> bytes:
        """Return the bytes of a row with its line end."""
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.content)
        return self.content[self.starts[place] : end]

    def without(self, rows: np.ndarray) -> bytes:
        """Return the content without some rows, given by their places in the file, ascending."""
        places = rows[
            np.searchsorted(rows, self.first) : np.searchsorted(rows, self.first + len(self.starts))
        ]
        if not len(places):
            return self.content
        kept, begin = [], 0
        for place in (places - self.first).tolist():
            start = int(self.starts[place])
            kept.append(self.content[begin:start])
            begin = start + len(self.row(place))
        return b"".join([*kept, self.content[begin:]])


def open_text(path: Path, *, header: bool) -> TextFile:
    """Look at the beginning of a delimited file.

    Args:
        path: the file.
        header: False when the first row is data.

    Raises:
        DataError: it is no table.
        NotInPartsError: it is one of those that are only read at once.
    """
    head = read_head(path)
    with path.open("rb") as stream:
        if stream.read(len(head.content)) != head.content:
            raise NotInPartsError("it is compressed")
    if head.content.startswith(UTF16):
        raise NotInPartsError("it is UTF-16")
    text = head.text()
    if text is None:
        raise NotInPartsError("it is not UTF-8")
    heading = find_heading(text, whole=head.whole, header=header, where=str(path))
    if heading.layout.separator == BLANKS:
        raise NotInPartsError("blanks separate its cells")
    if heading.width > len(heading.names):
        raise NotInPartsError("its rows have more cells than its header")
    mark = len(codecs.BOM_UTF8) if head.content.startswith(codecs.BOM_UTF8) else 0
    begin = mark + offset_of(head.content[mark:], heading.lines)
    top = head.content[mark:begin]
    return TextFile(path=path, heading=heading, top=top, begin=begin, size=path.stat().st_size)


def blocks(file: TextFile) -> Iterator[Block]:
    """Read a file in blocks; where it is cut follows from its content alone.

    Raises:
        NotInPartsError: its rows do not end as those of other files do.
    """
    rest, number, first, lines = b"", 0, 0, 0
    with file.path.open("rb") as stream:
        stream.seek(file.begin)
        while read := stream.read(BLOCK):
            content = rest + read
            ends = _row_ends(content, file)
            if not len(ends):
                if len(content) > MOST_ROW:
                    raise NotInPartsError("a row of it has no end")
                rest = content
                continue
            whole, rest = content[: ends[-1]], content[ends[-1] :]
            yield _block(number, whole, ends, first, lines)
            number, first, lines = number + 1, first + len(ends), lines + whole.count(b"\n")
    if rest.strip():
        rest = rest if rest.endswith(b"\n") else rest + b"\n"
        ends = _row_ends(rest, file)
        if not len(ends):
            raise NotInPartsError("a quote in it is never closed")
        yield _block(number, rest, ends, first, lines)


def _block(number: int, content: bytes, ends: np.ndarray, first: int, lines: int) -> Block:
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    return Block(number=number, content=content, starts=starts, first=first, lines=lines)


def _row_ends(content: bytes, file: TextFile) -> np.ndarray:
    """Offsets behind the line ends that are not in quotes."""
    codes = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(codes == _NEWLINE)
    if b'"' in content:
        if file.heading.layout.separator == "\t":
            raise NotInPartsError("tabs separate its cells and there are quotes")
        ends = ends[np.searchsorted(np.flatnonzero(codes == _QUOTE), ends) % 2 == 0]
    return ends + 1
