"""Ranks of results by one objective or several, with limits: the one place that says which is better.

Several objectives: non-dominated sorting, within a front by crowding distance (NSGA-II: Deb et al., 2002).
Limits: trials that meet them rank above those that do not, which are ranked by their excess (Deb, 2000).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from automl.core.specs import Objective

_Entry: TypeAlias = tuple[tuple[float, ...], float]
"""Scores and excess."""


class Ranking:
    """Results ranked at each rung, as they come.

    Args:
        objectives: which values are better.
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self._objectives = tuple(objectives)
        self._rungs: list[_Rung] = []

    def put(self, number: int, rungs: Sequence[Sequence[float]], excess: float = 0.0) -> None:
        """Take a result, in place of an earlier one of the same number.

        Args:
            number: of the trial.
            rungs: scores at each rung that it reached, lowest first. One that reached none has failed: it
                is the last one at the first rung, where its place counts.
            excess: by how much it violates its limits, 0 where it keeps them.
        """
        lost = tuple(math.nan for _ in self._objectives)
        entries = [(tuple(scores), excess) for scores in rungs] or [(lost, math.inf)]
        while len(self._rungs) < len(entries):
            self._rungs.append(_Rung(self._objectives))
        for place, rung in enumerate(self._rungs):
            rung.put(number, entries[place] if place < len(entries) else None)

    @property
    def rungs(self) -> list[list[int]]:
        """Per rung the numbers of the trials that reached it, best first."""
        return [rung.best_first for rung in self._rungs]


class _Rung:
    """What reached one rung; by one objective it is kept sorted, by several it is sorted when asked for."""

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self._objectives = objectives
        self._entries: dict[int, _Entry] = {}
        self._keys: list[tuple[float, float, int]] = []
        self._numbers: list[int] = []

    def put(self, number: int, entry: _Entry | None) -> None:
        """Take an entry, or forget it."""
        known = self._entries.get(number)
        if known == entry:
            return
        if known is not None:
            del self._entries[number]
            place = bisect_left(self._keys, self._key(number, known))
            del self._keys[place], self._numbers[place]
        if entry is not None:
            self._entries[number] = entry
            key = self._key(number, entry)
            place = bisect_left(self._keys, key)
            self._keys.insert(place, key)
            self._numbers.insert(place, number)

    @property
    def best_first(self) -> list[int]:
        """Numbers of the trials; to be read only."""
        if len(self._objectives) == 1:
            return self._numbers
        numbers = sorted(self._entries)
        there = [self._entries[number] for number in numbers]
        scores, excess = [scores for scores, _ in there], [excess for _, excess in there]
        return [numbers[position] for position in order(scores, self._objectives, excess)]

    def _key(self, number: int, entry: _Entry) -> tuple[float, float, int]:
        """Sorts as ``order`` does by one objective."""
        (score, *_), excess = entry
        cost = -score if self._objectives[0].direction == "maximize" else score
        return max(excess, 0.0), cost if math.isfinite(cost) else math.inf, number


def order(
    scores: Sequence[Sequence[float]],
    objectives: Sequence[Objective],
    excess: Sequence[float] = (),
) -> list[int]:
    """Return the positions of results, best first; equal ones in the order given.

    Args:
        scores: per result one value per objective; one that is not finite makes the result the worst.
        objectives: which values are better.
        excess: per result by how much it violates its limits, 0 where it keeps them; empty: all keep them.
    """
    if not scores:
        return []
    costs = _costs(np.asarray(scores, float).reshape(len(scores), -1), objectives)
    beyond = np.asarray(excess, float) if len(excess) else np.zeros(len(scores))
    if costs.shape[1] == 1:
        return [int(item) for item in np.lexsort((costs[:, 0], np.maximum(beyond, 0.0)))]
    fronts, crowding = _fronts(costs)
    return [int(item) for item in np.lexsort((-crowding, fronts, np.maximum(beyond, 0.0)))]


def total_excess(constraints: Iterable[float]) -> float:
    """Return by how much a result violates all its limits, 0 where it keeps them."""
    return sum(max(item, 0.0) for item in constraints)


def _costs(scores: np.ndarray, objectives: Sequence[Objective]) -> np.ndarray:
    """Scores with the smaller one better, and a result with one that is not finite the worst in all."""
    signs = np.array([-1.0 if item.direction == "maximize" else 1.0 for item in objectives])
    costs = scores * signs
    return np.where(np.isfinite(costs).all(axis=1, keepdims=True), costs, np.inf)


def _fronts(costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The front of each result, from 0, and how isolated it is there.

    Args:
        costs: ``(n, m)`` float64.
    """
    no_worse = (costs[:, None] <= costs[None]).all(axis=2)
    dominates = no_worse & ~no_worse.T
    fronts = np.full(len(costs), -1)
    crowding = np.zeros(len(costs))
    front = 0
    while (fronts < 0).any():
        left = fronts < 0
        first = left & ~(dominates & left[:, None]).any(axis=0)
        fronts[first] = front
        crowding[first] = _crowding(costs[first])
        front += 1
    return fronts, crowding


def _crowding(costs: np.ndarray) -> np.ndarray:
    """Distance between the neighbours of each result along the axes; infinite at the ends."""
    distance = np.zeros(len(costs))
    for values in costs.T:
        along = np.argsort(values, kind="stable")
        ordered = np.where(np.isfinite(values[along]), values[along], np.nan)
        width = np.nanmax(ordered) - np.nanmin(ordered) if np.isfinite(ordered).any() else 0.0
        distance[along[[0, -1]]] = np.inf
        if width > 0:
            distance[along[1:-1]] += np.nan_to_num((ordered[2:] - ordered[:-2]) / width)
    return distance
