"""Examples that do not fit into memory, dealt out at random into shards that do.

Each shard is a random part of all examples, so an epoch over one of them is as good as the same share of a
shuffled pass, and only one of them is held at a time.

Legend: s shards, c room for rows in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from automl.data.cache import Draft, Entry, let_go

_COUNTS = "counts"


@dataclass(frozen=True, kw_only=True)
class Shards:
    """Shards in files.

    Attributes:
        arrays: mapped from files, by name ``(s, c, ...)``; the first ``counts`` rows of each hold some.
        counts: rows of each shard ``(s,)`` int64.
    """

    arrays: Mapping[str, np.ndarray]
    counts: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def rows(self) -> int:
        """Examples in all."""
        return int(self.counts.sum())

    def take(self, shard: int, rows: int) -> dict[str, np.ndarray]:
        """Return a shard in memory, cut to so many rows, or filled up to them with its first ones again."""
        places = np.resize(np.arange(min(int(self.counts[shard]), rows)), rows)
        found = {name: np.asarray(array[shard][places]) for name, array in self.arrays.items()}
        let_go(self.arrays.values())
        return found

    def whole(self, name: str) -> np.ndarray:
        """Return one array of all examples in memory, shard after shard."""
        parts = [self.arrays[name][shard, :count] for shard, count in enumerate(self.counts.tolist())]
        found = np.concatenate(parts)
        let_go(self.arrays.values())
        return found


def deal_out(
    draft: Draft, parts: Iterable[Mapping[str, np.ndarray]], *, shards: int, rows: int, seed: int
) -> None:
    """Write examples into the shards of an entry of the cache, one part after another.

    Args:
        draft: the entry.
        parts: arrays by name with examples as their first axis, in pieces that fit into memory; names are
            those of files.
        shards: how many.
        rows: examples in all, at most.
        seed: of the dealing.

    Raises:
        DiskFullError: the disk is full.
    """
    arrays: dict[str, np.ndarray] = {}
    counts, begun = np.zeros(shards, np.int64), 0
    for number, part in enumerate(parts):
        held = len(next(iter(part.values())))
        order = np.random.default_rng([seed, number]).permutation(held)
        if not arrays:
            room = -(-rows // shards) + 1
            arrays = {
                name: draft.empty(name, (shards, room, *array.shape[1:]), array.dtype)
                for name, array in part.items()
            }
        for shard in range(shards):
            # one row to each shard in turn, from where the part before ended
            some = order[(shard - begun) % shards :: shards]
            first = counts[shard]
            for name, array in part.items():
                arrays[name][shard, first : first + len(some)] = array[some]
            counts[shard] += len(some)
        begun = (begun + held) % shards
        let_go(arrays.values())
    draft.put(_COUNTS, counts)


def shards_in(entry: Entry) -> Shards:
    """Return the shards of an entry."""
    arrays = {name: array for name, array in entry.arrays.items() if name != _COUNTS}
    return Shards(arrays=arrays, counts=np.array(entry.arrays[_COUNTS]))
