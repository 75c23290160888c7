"""Lists on a benchmark's command line."""

from __future__ import annotations

from collections.abc import Iterable

from automl.core.errors import ConfigError, suggest


def names_of(text: str, known: Iterable[str], what: str) -> list[str]:
    """Return names that stand between commas.

    Raises:
        ConfigError: one is not known; the nearest is offered.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise ConfigError(f"Unknown {what} {name!r}. {suggest(name, known)}")
    return names


def numbers_of(text: str, what: str) -> list[int]:
    """Return whole numbers above 0 that stand between commas.

    Raises:
        ConfigError: something else stands there.
    """
    numbers = [item.strip() for item in text.split(",")]
    if not all(item.isdigit() and int(item) > 0 for item in numbers):
        raise ConfigError(f"--{what}: expected whole numbers above 0, separated by commas, got {text!r}.")
    return [int(item) for item in numbers]
