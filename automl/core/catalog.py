"""A named collection of interchangeable things, looked up by name with a helpful refusal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

from automl.core.errors import ConfigError, suggest
from automl.core.extensions import PLAIN_NAME, Discovered, Origin, discover, load

Item = TypeVar("Item")


def at_place(place: str) -> Any:
    """Import and return what stands at ``"package.module:attribute"``."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


class Catalog(Generic[Item]):
    """Names to places in code; the code is imported when the item is asked for.

    The package's own items come first, in their order, then those of other packages, by name.

    Args:
        kind: what the items are, in the singular, for messages (``"family"``).
        places: name to ``"package.module:attribute"``.
        group: of the entry points by which other packages add items, or None for none.
        form: regular expression of their names.
        expected: class of their items, or None for any.
    """

    def __init__(
        self,
        kind: str,
        places: Mapping[str, str],
        *,
        group: str | None = None,
        form: str = PLAIN_NAME,
        expected: type[Item] | None = None,
    ) -> None:
        self.kind = kind
        self.group = group
        self._places = dict(places)
        self._form = form
        self._expected = expected

    def __iter__(self) -> Iterator[str]:
        yield from self._places
        yield from self._others.entries

    def __contains__(self, name: object) -> bool:
        return name in self._places or name in self._others.entries

    def __getitem__(self, name: str) -> Item:
        """Import and return the item.

        Raises:
            ConfigError: no item has that name (the message offers the nearest), or it is another
                package's and cannot be loaded.
        """
        self.check(name)
        if name in self._places:
            item: Item = at_place(self._places[name])
            return item
        found: Item = load(self._others.entries[name], self.group or "", self._expected)
        return found

    def sound(self, names: Iterable[str] | None = None) -> Iterator[Item]:
        """Give items in order, those of other packages left out that cannot be loaded.

        What is wrong with these is told when one is asked for by name, and by ``automl doctor``.

        Args:
            names: of the items; all by default.
        """
        for name in self if names is None else names:
            try:
                item = self[name]
            except ConfigError:
                if self.origin(name) is None:
                    raise
                continue
            yield item

    def check(self, name: str) -> None:
        """Raise ConfigError unless an item has that name; imports nothing."""
        if name in self:
            return
        if name in self.troubles:
            raise ConfigError(self.troubles[name])
        raise ConfigError(f"Unknown {self.kind} {name!r}. {suggest(name, self)}")

    def origin(self, name: str) -> Origin | None:
        """Return the package that an item comes from, None for this one."""
        entry = self._others.entries.get(name)
        return None if entry is None else entry.origin

    @property
    def troubles(self) -> Mapping[str, str]:
        """Names that other packages declare and that cannot be used, each with a sentence that says why."""
        return self._others.troubles

    @property
    def _others(self) -> Discovered:
        if self.group is None:
            return Discovered(entries={}, troubles={})
        return discover(self.group, taken=self._places, form=self._form)
