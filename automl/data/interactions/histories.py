"""What each user has dealt with, as one text: ids of items between tabs, the earliest first.

For a ranking an example is a user. Some of the items are held out, and what is learned is to name all of
them from the others; a user of another part of the data has other items, and so has a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from automl.core.errors import ConfigError

TAB, LINE = "\t", "\n"
"""Between items; between what is given and what was held out."""

RANDOM, BY_TIME, LAST = HOLD_OUT = ("random", "time", "last")
"""Ways to hold out: any, the latest of all users, the latest of each user."""

SHARE = 0.2
"""Of the items of a user that are held out at random, and of all rows that are by time."""

MOST_ITEMS, FEW_ITEMS, MOST_CELLS = 1_000, 200, 1 << 26
"""Of a user, of more the latest count: so many, or fewer, so that all users together have so many cells at
most, each of which lies in memory several times."""


@dataclass(frozen=True, kw_only=True)
class Histories:
    """What users have dealt with.

    Attributes:
        users: ids ``(u,)`` object.
        given: items between tabs ``(u,)`` object of str.
        held: the same of what was held out; empty texts where there is nothing.
        cut: users of whom not all items count.
        most: items that do.
    """

    users: np.ndarray
    given: np.ndarray
    held: np.ndarray
    cut: int = 0
    most: int = MOST_ITEMS

    @property
    def targets(self) -> np.ndarray:
        """What is given and what was held out, a line each ``(u,)`` object of str."""
        return np.array(
            [f"{given}{LINE}{held}" for given, held in zip(self.given, self.held, strict=True)], object
        )

    def take(self, rows: np.ndarray) -> Histories:
        """Return some users."""
        return replace(self, users=self.users[rows], given=self.given[rows], held=self.held[rows])


def as_token(item: str) -> str:
    """Return an id as it stands between tabs: blanks are those that break no line."""
    return "\u00a0".join(item.split())


def items_of(text: str) -> list[str]:
    """Return the items of a text."""
    return [item for item in text.split(TAB) if item]


def histories(
    users: np.ndarray, items: np.ndarray, times: np.ndarray | None, held: np.ndarray
) -> Histories:
    """Gather the items of each user, each once.

    Args:
        users: of each row ``(n,)`` texts.
        items: the same.
        times: of each row ``(n,)``, or None for the order of the rows.
        held: which rows are held out ``(n,) bool``.
    """
    # by numbers: of millions of rows each column of texts would be copied several times
    place, known = pd.factorize(users, sort=True)
    number, names = pd.factorize(items)
    order = np.argsort(place, kind="stable") if times is None else np.lexsort((times, place))
    pairs = place[order].astype(np.int64) * len(names) + number[order]
    order = order[~pd.Series(pairs).duplicated().to_numpy()]
    del pairs
    starts = np.concatenate([[0], np.cumsum(np.bincount(place[order], minlength=len(known)))])
    number, held = number[order], held[order]
    tokens = np.array([as_token(name) for name in names], object)
    given, kept, cut, most = [], [], 0, most_items(len(known))
    for first, last in pairwise(starts):
        cut += last - first > most
        first = max(first, last - most)
        own, away = tokens[number[first:last]], held[first:last]
        given.append(TAB.join(own[~away]))
        kept.append(TAB.join(own[away]))
    return Histories(
        users=np.asarray(known, object),
        given=np.array(given, object),
        held=np.array(kept, object),
        cut=int(cut),
        most=most,
    )


def most_items(users: int) -> int:
    """Return how many items of each of so many users count."""
    return max(FEW_ITEMS, min(MOST_ITEMS, MOST_CELLS // max(1, users)))


def held_rows(users: np.ndarray, times: np.ndarray | None, how: str, seed: int) -> np.ndarray:
    """Return which rows are held out ``(n,) bool``; no user's only one, unless they go by time.

    Args:
        users: of each row ``(n,)``.
        times: of each row; needed but for ``random``.
        how: one of ``HOLD_OUT``.
        seed: of the draw.

    Raises:
        ConfigError: times are needed and there are none.
    """
    if how != RANDOM and times is None:
        raise ConfigError(f"split_by {how}: name the column of times (--time-column).")
    place = pd.factorize(users)[0]
    keys = np.random.default_rng(seed).random(len(users)) if times is None or how == RANDOM else times
    order = np.lexsort((keys, place))
    counts = np.bincount(place)
    rank = np.arange(len(place)) - np.concatenate([[0], np.cumsum(counts)])[place[order]]
    of_user = counts[place[order]]
    if how == BY_TIME:
        late = np.sort(keys)[min(len(keys) - 1, round(len(keys) * (1 - SHARE)))]
        chosen = keys[order] >= late
    else:
        most = (
            np.ones_like(of_user) if how == LAST else np.maximum(1, np.round(SHARE * of_user)).astype(int)
        )
        chosen = (rank >= of_user - most) & (of_user > 1)
    held = np.zeros(len(place), bool)
    held[order] = chosen
    return held


def by_frequency(texts: Sequence[str]) -> dict[str, int]:
    """Return how many targets (see ``Histories.targets``) each item is in, the most frequent first."""
    counts: dict[str, int] = {}
    for text in texts:
        for line in text.split(LINE):
            for item in items_of(line):
                counts[item] = counts.get(item, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
