"""Which numbers among the options of something decide about the shapes of a model.

Most numbers that are not whole do not: rates, shares and strengths are arguments of a compiled program, so
models that differ in them alone are of one structure. Those that do are declared where they stand.
"""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

_MARK = "shaping"


def shaping(default: float) -> Any:
    """Declare a field of a dataclass of options, a number that decides about a structure."""
    return field(default=default, metadata={_MARK: True})


def shaping_names(options: type[Any]) -> set[str]:
    """Return the names of the fields that are declared so."""
    return {item.name for item in fields(options) if item.metadata.get(_MARK)}
