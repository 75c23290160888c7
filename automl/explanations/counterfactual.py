"""Counterfactuals: the nearest rows, few columns changed, for which a model answers otherwise.

Wachter, Mittelstadt and Russell, "Counterfactual explanations without opening the black box", 2017, ask
for the nearest such row; Mothilal, Sharma and Tan, "Explaining machine learning classifiers through
diverse counterfactual explanations", 2020, for several that change few and different columns. Here every
value is one that another row has, and columns that go together get theirs from one row, so no gradient is
needed and categories and dates are changed as numbers are. One group of columns is changed first, then two
and so on, the ``BEAM`` best ways of each number going on; what is found is brought as near as it goes.

Symbols: n ways, c columns, m other rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from automl.explanations.goal import Goal
from automl.explanations.method import Predict
from automl.explanations.other_rows import OtherRows

MOST_CHANGES, BEAM = 4, 12
"""Groups of columns that are changed at most, and ways of each number that go on."""

WAYS = 3
"""That are told of a row: each changes other columns."""

AT_ONCE = 20_000
"""Rows that are predicted in one call."""

OWN = -1
"""In the place of another row: the value stays."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to another answer.

    Attributes:
        changes: new values by column.
        cost: how far they are, added up: numbers in units of their column's spread, 1 for another word.
        plausible: whether the changed row is as near to some other row as nearly all are.
        answer: what the model answers then, as text.
    """

    changes: Mapping[str, Any]
    cost: float
    plausible: bool
    answer: str


def ways_of(
    others: OtherRows,
    example: Mapping[str, np.ndarray],
    goal: Goal,
    predict: Predict,
    ended: Callable[[], bool],
) -> list[Way]:
    """Return ways from a row to another answer, the plausible and nearest first; none where none was found.

    Args:
        others: rows that values are taken from.
        example: all raw inputs of the row, each ``(1, ...)``.
        goal: what the answer is to become.
        predict: asks the model.
        ended: whether the time is over.
    """
    search = _Search(others=others, example=example, goal=goal, predict=predict)
    moves = [(group, at) for group in others.groups for at in others.points(group)]
    beam = np.full((1, len(others.names)), OWN)
    for _ in range(MOST_CHANGES):
        ways = search.further(beam, moves)
        if not len(ways):
            break
        reached, nearness = search.asked(ways)
        if reached.any():
            return [search.told(search.nearer(way)) for way in search.best(ways[reached])]
        if ended():
            break
        beam = ways[np.argsort(-nearness, kind="stable")[:BEAM]]
    return []


@dataclass(frozen=True, kw_only=True)
class _Search:
    """The search for one row; a way is, for each column, the row that its value comes from ``(c,)``."""

    others: OtherRows
    example: Mapping[str, np.ndarray]
    goal: Goal
    predict: Predict

    @cached_property
    def apart(self) -> np.ndarray:
        """How far the values of each column are from the row's own ``(c, m)``."""
        names = self.others.names
        return np.stack([self.others.distances(name, self.example[name][0]) for name in names])

    def places(self, group: tuple[str, ...]) -> list[int]:
        """Where the columns of a group are in a way."""
        return [self.others.names.index(name) for name in group]

    def further(self, ways: np.ndarray, moves: Sequence[tuple[tuple[str, ...], int]]) -> np.ndarray:
        """All ways with one group of columns changed more ``(n, c)``."""
        made = []
        for group, at in moves:
            places = self.places(group)
            free = ways[(ways[:, places] == OWN).all(axis=1)]
            if len(free) and self.apart[places, at].any():
                changed = free.copy()
                changed[:, places] = at
                made.append(changed)
        return np.unique(np.concatenate(made), axis=0) if made else ways[:0]

    def rows(self, ways: np.ndarray) -> dict[str, np.ndarray]:
        """The raw inputs that ways lead to."""
        made = {name: np.repeat(values, len(ways), axis=0) for name, values in self.example.items()}
        for place, (name, values) in enumerate(self.others.columns.items()):
            new = ways[:, place] != OWN
            made[name][new] = values[ways[new, place]]
        return made

    def asked(self, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which ways lead there, and how near they come ``(n,)`` each."""
        reached, nearness = [], []
        for first in range(0, len(ways), AT_ONCE):
            predictions = self.predict(self.rows(ways[first : first + AT_ONCE]))
            reached.append(self.goal.reached(predictions))
            nearness.append(self.goal.nearness(predictions))
        return np.concatenate(reached), np.concatenate(nearness)

    def best(self, ways: np.ndarray) -> list[np.ndarray]:
        """The plausible and nearest ones, each with other columns changed."""
        costs = np.array([self.cost(way) for way in ways])
        nearest: dict[tuple[bool, ...], int] = {}
        for at in np.argsort(costs, kind="stable").tolist():
            nearest.setdefault(tuple((ways[at] != OWN).tolist()), at)
        some = list(nearest.values())[: 4 * WAYS]
        return [
            ways[at] for at in sorted(some, key=lambda at: (not self.plausible(ways[at]), costs[at]))[:WAYS]
        ]

    def nearer(self, way: np.ndarray) -> np.ndarray:
        """The way with each group of columns as near to its own values as the answer allows."""
        for group in self.others.groups:
            places = self.places(group)
            costs = self.apart[places].sum(axis=0)
            closer = np.flatnonzero((costs > 0) & (costs < costs[way[places[0]]]))
            if way[places[0]] == OWN or not len(closer):
                continue
            ways = np.repeat(way[None], len(closer), axis=0)
            ways[:, places] = closer[np.argsort(costs[closer], kind="stable"), None]
            reached, _ = self.asked(ways)
            way = ways[reached.argmax()] if reached.any() else way
        return way

    def told(self, way: np.ndarray) -> Way:
        """A way as a record."""
        named = zip(self.others.columns.items(), enumerate(way.tolist()), strict=True)
        return Way(
            changes={
                name: values[at]
                for (name, values), (place, at) in named
                if at != OWN and self.apart[place, at]
            },
            cost=self.cost(way),
            plausible=self.plausible(way),
            answer=self.goal.told(self.predict(self.rows(way[None])))[0],
        )

    def cost(self, way: np.ndarray) -> float:
        """How far it is, added up over the columns."""
        changed = np.flatnonzero(way != OWN)
        return float(self.apart[changed, way[changed]].sum())

    def plausible(self, way: np.ndarray) -> bool:
        """Whether the changed row lies no farther from some other one than nearly all do."""
        made = self.rows(way[None])
        away = sum(self.others.distances(name, made[name][0]) for name in self.others.names)
        return bool(np.min(away) <= self.others.usual)
