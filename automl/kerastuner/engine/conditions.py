"""Conditions: a hyperparameter that exists only beside certain values of another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Parent:
    """Holds where another hyperparameter has one of some values.

    Args:
        name: of the other one, with its scopes.
        values: one value, or several of one type: ``str``, ``int``, ``float`` or ``bool``.

    Raises:
        TypeError: values of another type.
    """

    def __init__(self, name: str, values: Any) -> None:
        listed = list(values) if isinstance(values, list | tuple) else [values]
        if not all(isinstance(value, str | int | float) for value in listed):
            raise TypeError(f"Condition on {name!r}: Can contain only str, int, float, bool, got {listed}.")
        self.name = name
        self.values = listed

    def is_active(self, values: Mapping[str, Any]) -> bool:
        """Whether it holds among the values of a trial."""
        return self.name in values and values[self.name] in self.values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parent) and (self.name, self.values) == (other.name, other.values)

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.values)))

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"name": self.name, "values": self.values}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Parent:
        """Make what ``get_config`` told."""
        return cls(**config)


def serialize(condition: Parent) -> dict[str, Any]:
    """Return a condition as plain JSON with its class."""
    return {"class_name": type(condition).__name__, "config": condition.get_config()}


def deserialize(plain: Mapping[str, Any]) -> Parent:
    """Make what ``serialize`` told."""
    return Parent.from_config(plain["config"])
