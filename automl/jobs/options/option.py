"""How an option is declared: once, with all that the command line, job files and Python need of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

from automl.core.names import column_name
from automl.core.option_values import check_between, typed_value

Parser = Callable[[Any, str], Any]
"""Reads a value that is also understood as text with a unit or a word: (value, option's name)."""


@dataclass(frozen=True, kw_only=True)
class OptionFacts:
    """What is known of an option besides its default and type.

    Args:
        help: its meaning, as ``--help`` says it.
        metavar: what a value looks like.
        off: meaning of the flag that turns it off.
        argument: its name in Python where that differs from its key in job files.
        parse: reads its values.
        path: ``file``: names a file or folder, which in a job file is relative to that; ``named``: a file
            with a suffix, or a name; ``address``: a file or the address of a store.
        advice: what to do instead of giving data in memory for a path.
        column: names a column.
        least: smallest count that makes sense.
        most: largest count that makes sense, a longer one is a slip; None where it does not count.
    """

    help: str
    metavar: str = ""
    off: str = ""
    argument: str = ""
    parse: Parser | None = None
    path: Literal["", "file", "named", "address"] = ""
    advice: str = ""
    column: bool = False
    least: int = 1
    most: int | None = None


def option(
    default: Any,
    text: str,
    *,
    metavar: str = "",
    off: str = "",
    argument: str = "",
    parse: Parser | None = None,
    path: Literal["", "file", "named", "address"] = "",
    advice: str = "",
    column: bool = False,
    least: int = 1,
    most: int | None = None,
) -> Any:
    """Declare an option as a field; see ``OptionFacts``."""
    facts = OptionFacts(
        help=text,
        metavar=metavar,
        off=off,
        argument=argument,
        parse=parse,
        path=path,
        advice=advice,
        column=column,
        least=least,
        most=most,
    )
    return field(default=default, metadata={"facts": facts})


def facts_of(item: Field[Any]) -> OptionFacts:
    """Return what was declared of an option."""
    facts: OptionFacts = item.metadata["facts"]
    return facts


@dataclass(frozen=True, kw_only=True)
class OptionGroup:
    """A group of options. Checks of its own go into ``__post_init__``, behind those of all groups.

    Raises:
        ConfigError: a value is out of its range.
    """

    def __post_init__(self) -> None:
        for item in fields(self):
            facts, kind = facts_of(item), str(item.type)
            value = getattr(self, item.name)
            if facts.parse is None and not kind.startswith("tuple"):
                value = typed_value(item.name, value, kind)
                object.__setattr__(self, item.name, value)
            if facts.most is not None:
                check_between(item.name, value, facts.least, facts.most)
            if facts.column:
                # as tables have them: "Life expectancy " is read without the blank
                object.__setattr__(self, item.name, _named(value))


def _named(value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
    if value is None:
        return None
    return column_name(value) if isinstance(value, str) else tuple(map(column_name, value))
