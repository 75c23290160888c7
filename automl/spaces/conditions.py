"""Conditions say when a parameter is present: its parents' values decide.

Several conditions on one parameter must all hold; a condition whose parent is absent is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from automl.core.errors import SpaceError
from automl.core.specs import Configuration, Scalar


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """Holds when the parent has one of ``values``."""

    parent: str
    values: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise SpaceError(f"the condition on '{self.parent}' lists no value, so it could never hold.")

    def holds(self, configuration: Configuration) -> bool:
        """Whether the parent is present and has one of the values."""
        if self.parent not in configuration:
            return False
        return any(same(configuration[self.parent], value) for value in self.values)

    def plain(self) -> object:
        """What stands in a YAML file: one scalar, or a list."""
        return self.values[0] if len(self.values) == 1 else list(self.values)


@dataclass(frozen=True, kw_only=True)
class Within:
    """Holds when the parent is a number from ``low`` to ``high``, both included."""

    parent: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise SpaceError(
                f"the condition on '{self.parent}' is reversed: low {self.low}, high {self.high}."
            )

    def holds(self, configuration: Configuration) -> bool:
        """Whether the parent is present and lies in the range."""
        value = configuration.get(self.parent)
        return is_number(value) and self.low <= value <= self.high  # type: ignore[operator]

    def plain(self) -> object:
        """What stands in a YAML file."""
        return {"low": self.low, "high": self.high}


Condition: TypeAlias = OneOf | Within


def is_number(value: object) -> bool:
    """Whether a value is a number; booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(left: object, right: object) -> bool:
    """Whether two scalars are equal as a reader of a space file sees it: ``true`` is not ``1``."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return left == right


def in_order(parents: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names with every parent before its children, else in the order given.

    Args:
        parents: name to the names that its presence depends on, all of them keys.

    Raises:
        SpaceError: the conditions form a cycle; the message shows it.
    """
    ordered: dict[str, None] = {}
    for name in parents:
        _visit(name, parents, ordered, ())
    return list(ordered)


def _visit(
    name: str, parents: Mapping[str, Iterable[str]], ordered: dict[str, None], above: tuple[str, ...]
) -> None:
    if name in ordered:
        return
    if name in above:
        circle = " -> ".join([*above[above.index(name) :], name])
        raise SpaceError(f"the conditions form a cycle: {circle}. A parameter must not depend on itself.")
    for parent in parents[name]:
        _visit(parent, parents, ordered, (*above, name))
    ordered[name] = None
