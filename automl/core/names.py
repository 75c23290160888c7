"""Names of columns that we add to a user's."""

from __future__ import annotations

from collections.abc import Container


def column_name(name: object) -> str:
    """Return the name that a column has once it is read: blanks around it go, numbers become texts."""
    return str(name).strip()


def free_name(name: str, taken: Container[str]) -> str:
    """Return ``name``, with underscores behind it as long as the user has a column of that name."""
    while name in taken:
        name += "_"
    return name
