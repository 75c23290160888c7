"""Names: of columns that we add to a user's, and many of them in one message."""

from __future__ import annotations

from collections.abc import Container, Sequence


def column_name(name: object) -> str:
    """Return the name that a column has once it is read: blanks around it go, numbers become texts."""
    return str(name).strip()


def first_names(names: Sequence[str], most: int, *, of: int | None = None) -> str:
    """Return names as a message lists them: the first ones, and how many more there are.

    Args:
        names: from the first one on.
        most: that are listed.
        of: how many there are where ``names`` are not all of them.
    """
    rest = (len(names) if of is None else of) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def free_name(name: str, taken: Container[str]) -> str:
    """Return ``name``, with underscores behind it as long as the user has a column of that name."""
    while name in taken:
        name += "_"
    return name
