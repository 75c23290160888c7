"""A named collection of interchangeable things, looked up by name with a helpful refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Generic, TypeVar

from automl.core.errors import ConfigError, suggest

Item = TypeVar("Item")


class Catalog(Generic[Item]):
    """Names to places in code; the code is imported when the item is asked for.

    Args:
        kind: what the items are, in the singular, for messages (``"family"``).
        places: name to ``"package.module:attribute"``.
    """

    def __init__(self, kind: str, places: dict[str, str]) -> None:
        self.kind = kind
        self._places = dict(places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> Item:
        """Import and return the item.

        Raises:
            ConfigError: no item has that name; the message offers the nearest.
        """
        self.check(name)
        module, _, attribute = self._places[name].partition(":")
        item: Item = getattr(import_module(module), attribute)
        return item

    def check(self, name: str) -> None:
        """Raise ConfigError unless an item has that name; imports nothing."""
        if name not in self._places:
            raise ConfigError(f"Unknown {self.kind} {name!r}. {suggest(name, self._places)}")

    def select(self, wanted: Callable[[Item], bool]) -> list[str]:
        """Return the names whose items satisfy ``wanted``, in order."""
        return [name for name in self if wanted(self[name])]
