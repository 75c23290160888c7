"""What is told of the parts of a table, told once for all of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from automl.core.notes import Note


@dataclass
class _Heard:
    """A note as it was first heard.

    Attributes:
        note: of the first part that had one of its kind.
        counted: cells or rows that it is about there, as its text has them: ``2 of 100``.
        cells: in all parts so far.
    """

    note: Note
    counted: str
    cells: float


class Tally:
    """Counts in notes on parts of a table, added up."""

    def __init__(self) -> None:
        self._found: dict[str, _Heard] = {}
        self._rows = 0

    def hear(self, notes: Iterable[str], rows: int) -> None:
        """Hear the notes on a part of so many rows."""
        self._rows += rows
        for note in notes:
            share = note.share if isinstance(note, Note) else 0.0
            cells = share * rows
            counted = f"{round(cells)} of {rows} "
            known = self._found.setdefault(_kind(note), _Heard(Note(note, share), counted, 0.0))
            known.cells += cells

    def notes(self) -> tuple[Note, ...]:
        """Tell of all rows: what is not a count as it was heard first."""
        return tuple(self._told(item) for item in self._found.values())

    def _told(self, item: _Heard) -> Note:
        share = item.cells / max(self._rows, 1)
        text = item.note.replace(item.counted, f"{round(item.cells)} of {self._rows} ", 1)
        return Note(text, share) if item.counted in item.note else Note(text, item.note.share)


def _kind(note: str) -> str:
    """A note without what differs from part to part: numbers, and what stands in brackets and quotes.

    The name of a column, which stands in quotes before the first colon, is kept.
    """
    name, colon, rest = note.partition(":") if ":" in note else ("", "", note)
    return name + colon + re.sub(r"\([^)]*\)|'[^']*'|\d+", "", rest)
