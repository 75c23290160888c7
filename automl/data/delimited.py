"""Delimited text with the standard library only: separator, quoting, rows, names of columns.

Shared by the quick check before anything heavy is loaded and by the reader of whole tables, so that both
see the same header and refuse with the same words.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl.core.errors import DataError, suggest

# Commas come last: they stand in numbers and sentences of files that are separated by something else.
SEPARATORS = ("\t", ";", "|", "^", ",")
BLANKS = " "
COMMENT = "#"

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


def rows(
    lines: Iterable[str], layout: Layout, where: str, *, above: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the last line of each row that is not blank (from 1) and its trimmed cells.

    Args:
        lines: lines with their ends.
        layout: how they are cut.
        where: what messages call the text.
        above: lines of the text above these.

    Raises:
        DataError: a row cannot be cut into cells, or a quote is never closed.
    """
    if layout.separator == BLANKS and not layout.quoted:
        cut = ((number, line.split()) for number, line in enumerate(lines, above + 1))
        yield from ((number, cells) for number, cells in cut if cells)
        return
    watched = _Lines(lines if layout.separator != BLANKS else (line.strip() + "\n" for line in lines))
    reader = csv.reader(
        watched,
        delimiter=layout.separator,
        skipinitialspace=layout.separator == BLANKS,
        quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
    )
    begun = above + 1
    try:
        for cells in reader:
            if watched.ended and layout.quoted and cells:
                refuse_open_quote(cells[-1], watched.last, f"{where}, line {begun}")
            begun = above + reader.line_num + 1
            trimmed = [cell.strip() for cell in cells]
            if len(trimmed) > 1 or any(trimmed):
                yield above + reader.line_num, trimmed
    except csv.Error as error:
        line = above + reader.line_num
        raise DataError(f"{where}, line {line} cannot be cut into cells: {error}.") from error


def refuse_open_quote(cell: str, last_line: str, where: str) -> None:
    """Raise DataError when the last cell of a text runs to its end because a quote was never closed.

    Args:
        cell: the last cell, not trimmed.
        last_line: the last line of the text.
        where: what the message calls the row.
    """
    spans_lines = "\n" in cell or "\r" in cell
    if spans_lines and not last_line.rstrip().endswith('"'):
        raise DataError(
            f'{where}: a cell opens with a double quote (") that is never closed, so it would swallow the'
            ' rest of the file. Close it, or write a quote inside of a quoted cell twice ("").'
        )


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


def quotes_cells(text: str) -> bool:
    """Whether the cells of a tab-separated text are quoted.

    They are when all cells of the first line with a tab are, or when every cell that opens with a quote is
    closed by one in its line: free text has lone quotes.
    """
    first = re.search(r"[^\r\n]+\t[^\r\n]*", text)
    if first and re.fullmatch(r'"[^"\t]+"(?:\t"[^"\t]+")+\t?', first[0]):
        return True
    opened = len(re.findall(r'(?m)(?:^|\t)"', text))
    closed = len(re.findall(r'(?m)(?:^|\t)"(?:[^"\r\n]|"")*"(?=\t|\r|$)', text))
    return opened > 0 and opened == closed


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


class _Lines:
    """Hands lines on, and remembers the last one and whether it was the last."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)
        self.last = ""
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._next is None:
            raise StopIteration
        self.last, self._next = self._next, next(self._lines, None)
        self.ended = self._next is None
        return self.last
