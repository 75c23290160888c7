"""Delimited text with the standard library only: bytes, encoding, separator, quoting, rows.

Shared by the quick check before anything heavy is loaded and by the reader of whole tables, so that both
see the same header and refuse with the same words.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from automl.core.errors import DataError, suggest

HEAD_BYTES = 1 << 18
HEAD_ROWS = 60
# Commas come last: they stand in numbers and sentences of files that are separated by something else.
SEPARATORS = ("\t", ";", "|", "^", ",")
BLANKS = " "

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a delimited text is cut into cells.

    Attributes:
        separator: one character, or a blank for runs of white space.
        quoted: whether ``"`` opens and closes cells.
    """

    separator: str
    quoted: bool


def read_bytes(path: Path, limit: int = -1) -> bytes:
    """Return the (unzipped) content of a file, at most ``limit`` bytes of it.

    Raises:
        DataError: it cannot be read, is empty or is no text.
    """
    try:
        with path.open("rb") as stream:
            zipped = stream.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as stream:
            content = stream.read(limit)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"Cannot read {path}: {error}.") from error
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise DataError(
            f"{path} is empty: expected a table with a header row and at least one row of data."
        )
    if b"\0" in content[:HEAD_BYTES] and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(f"{path} is not a text file (it holds zero bytes): expected a delimited table.")
    return content


def sniff(text: str) -> Layout:
    """Find separator and quoting: the separator that cuts most of the first rows as it cuts the first.

    Args:
        text: the beginning of the file, or all of it; quoting of tab-separated text is judged by all of it.
    """
    scores = {mark: _agreement(text, mark) for mark in SEPARATORS}
    best = max(SEPARATORS, key=lambda mark: scores[mark])
    if scores[best] < 0.5:
        best = BLANKS if _agreement(text, BLANKS) == 1.0 else ","
    return Layout(separator=best, quoted=best != "\t" or _quotes_cells(text))


def rows(text: str, layout: Layout, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the last line of each row that is not blank (from 1) and its trimmed cells.

    Raises:
        DataError: a row cannot be cut into cells.
    """
    if layout.separator == BLANKS:
        cut = ((number, line.split()) for number, line in enumerate(text.splitlines(), start=1))
        yield from ((number, cells) for number, cells in cut if cells)
        return
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=layout.separator,
        quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
    )
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if len(trimmed) > 1 or any(trimmed):
                yield reader.line_num, trimmed
    except csv.Error as error:
        raise DataError(f"{where}, line {reader.line_num} cannot be cut into cells: {error}.") from error


def column_names(first: Sequence[str], *, header: bool, where: str) -> list[str]:
    """Return the names of the columns: the first row, or ``c0``, ``c1``, ... where it is data.

    Raises:
        DataError: two columns have the same name.
    """
    if not header:
        return [f"c{position}" for position in range(len(first))]
    names = list(first)
    while len(names) > 1 and not names[-1]:
        names.pop()
    names = [name or f"unnamed_{position}" for position, name in enumerate(names)]
    refuse_duplicates(names, where)
    return names


def refuse_duplicates(names: Sequence[str], where: str) -> None:
    """Raise DataError when a column name occurs more than once."""
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        listed = ", ".join(repr(name) for name in doubled[:10])
        raise DataError(
            f"{where} has more than one column named {listed}. Rename them so that each name is unique"
            " (or pass --no-header where the first row is data)."
        )


def refuse_no_rows(where: str, *, header: bool) -> None:
    """Raise DataError for a table without a row of data."""
    only = "holds only a header row" if header else "holds no rows"
    raise DataError(f"{where} {only}: expected at least one row of data below it.")


def refuse_unknown(name: str, names: Sequence[str], where: str) -> None:
    """Raise DataError when ``name`` is none of the columns; the nearest names are offered."""
    if name not in names:
        raise DataError(f"{where} has no column {name!r}. {suggest(name, names)}")


def _agreement(text: str, separator: str) -> float:
    """Share of the first rows that have as many cells (at least 2) as the first row."""
    best = 0.0
    for quoted in (True, False) if separator == "\t" else (True,):
        counts = _counts(text, Layout(separator=separator, quoted=quoted))
        if counts and counts[0] >= 2:
            best = max(best, counts.count(counts[0]) / len(counts))
    return best


def _counts(text: str, layout: Layout) -> list[int]:
    head = "".join(islice(io.StringIO(text[:HEAD_BYTES], newline=""), 4 * HEAD_ROWS))
    try:
        counts = [len(cells) for _, cells in islice(rows(head, layout, "the head"), HEAD_ROWS)]
    except DataError:
        return []
    cut_off = len(text) > len(head) and 1 < len(counts) < HEAD_ROWS
    return counts[:-1] if cut_off else counts


def _quotes_cells(text: str) -> bool:
    """Whether every cell of a tab-separated text that opens with a quote is closed by one."""
    opened = closed = 0
    for line in io.StringIO(text):
        for cell in line.rstrip("\r\n").split("\t"):
            if cell.startswith('"'):
                opened += 1
                body = cell[1:-1].replace('""', "")
                closed += len(cell) > 1 and cell.endswith('"') and '"' not in body
    return opened > 0 and opened == closed
