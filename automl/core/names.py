"""Names of columns that we add to a user's."""

from __future__ import annotations

from collections.abc import Container


def free_name(name: str, taken: Container[str]) -> str:
    """Return ``name``, with underscores behind it as long as the user has a column of that name."""
    while name in taken:
        name += "_"
    return name
