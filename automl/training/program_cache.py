"""A bounded store of compiled programs: what was used longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Item = TypeVar("Item")


class ProgramCache(Generic[Item]):
    """Items by key, at most so many and so large together; one item is always kept.

    Args:
        most: how many.
        most_bytes: how large together.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._items: OrderedDict[str, tuple[Item, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: str) -> Item | None:
        """Return the item and count it as used, None when there is none."""
        if key not in self._items:
            return None
        self._items.move_to_end(key)
        return self._items[key][0]

    def put(self, key: str, item: Item, size: int) -> int:
        """Keep an item of ``size`` bytes; return how many others were dropped for it."""
        self._items[key] = (item, size)
        self._items.move_to_end(key)
        dropped = 0
        while len(self._items) > 1 and self._over():
            self._items.popitem(last=False)
            dropped += 1
        return dropped

    def drop(self, key: str) -> None:
        """Drop an item if it is there."""
        self._items.pop(key, None)

    def _over(self) -> bool:
        together = sum(size for _, size in self._items.values())
        return len(self._items) > self._most or together > self._most_bytes
