"""Values of options as YAML, the command line and Python give them, of the type of their field."""

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
    try:
        return typed_value(key, value, kind)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def typed_value(name: str, value: Any, kind: str) -> Any:
    """Return the value of an option as Python's own: grids of parameters hold scalars of NumPy's.

    Args:
        name: of the option.
        value: as it was given.
        kind: type of the field as it is written: a number, text or flag, perhaps None.

    Raises:
        ConfigError: it is of another type.
    """
    if value is None and "None" in kind:
        return None
    value = plain_scalar(value)
    expected, words = _PLAIN[kind.split(" ")[0]]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise ConfigError(f"{name}: expected {words}, got {value!r}.")
    return str(value) if isinstance(value, Path) else value


def names_file(value: str) -> bool:
    """Whether an option that takes a name or a file names a file, which has a suffix."""
    return bool(Path(value).suffix)


def plain_scalar(value: Any) -> Any:
    """Return a scalar of NumPy's as Python's own, and all else as it is."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value
