"""What a user should know of how data was read."""

from __future__ import annotations

WARNING_SHARE = 0.01
"""Share of cells, rows or files above which a note is a warning: less is the dirt of any real file."""


class Note(str):
    """One sentence, which reads as text wherever text is taken.

    Args:
        text: the sentence.
        share: share of the cells, rows or files that it is about, in [0, 1]; 0 where nothing is counted.
    """

    share: float

    def __new__(cls, text: str, share: float = 0.0) -> Note:
        """Make the note."""
        note = super().__new__(cls, text)
        note.share = share
        return note


def said_of(name: str, note: str) -> Note:
    """Return a note with the name of what it is about before it."""
    return Note(f"{name}: {note}", note.share if isinstance(note, Note) else 0.0)


def warnings_of(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return those notes that are about more than ``WARNING_SHARE`` of what was read."""
    return tuple(note for note in notes if isinstance(note, Note) and note.share > WARNING_SHARE)
