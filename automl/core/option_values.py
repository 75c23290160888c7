"""Values of options as YAML and the command line give them, checked against the type of their field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError

_PLAIN: dict[str, tuple[tuple[type, ...], str]] = {
    "int": ((int,), "a whole number"),
    "str": ((str, Path), "text"),
    "bool": ((bool,), "true or false"),
}


def check_between(name: str, value: int | None, low: int, high: int) -> None:
    """Raise ConfigError unless a number lies within its limits, or there is none."""
    if value is None or low <= value <= high:
        return
    limit = f"of at least {low}" if value < low else f"of at most {high}"
    raise ConfigError(f"{name}: expected a whole number {limit}, got {value}.")


def plain_value(key: str, value: Any, kind: str, where: str) -> Any:
    """Return the value of an option in the type of its field.

    Args:
        key: name of the option.
        value: as it was read.
        kind: type of the field as it is written, such as ``int | None``.
        where: the file or command, for messages.

    Raises:
        ConfigError: it is of another type.
    """
    if kind.startswith("tuple"):
        items = value if isinstance(value, list | tuple) else [value]
        return tuple(str(item) for item in items if item is not None)
    if value is None and "None" in kind:
        return None
    expected, words = _PLAIN[kind.split(" ")[0]]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise ConfigError(f"{where}: {key}: expected {words}, got {value!r}.")
    return str(value) if isinstance(value, Path) else value
