"""Rungs: how long a trial trains before it is judged, and which of those that wait goes on.

Asynchronous successive halving by promotion (Li et al., "A System for Massively Parallel Hyperparameter
Tuning", 2020): a trial pauses at a rung and goes on when it is among the best there. Nobody waits: where
no one is to be promoted, a new trial begins.

Ranks: smaller is better. A trial's ladder is that of its own full length, so trials of several families
meet at the rung of the same index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ETA = 3
"""One in so many is promoted: the default of Hyperband (Li et al., 2018)."""

QUOTA = 2
"""Of so many that reached a rung at most one goes on, measured on learning curves of networks."""

FIRST = 2
"""Epochs of the first rung: after one, networks may be as good as untrained."""


def ladder(epochs: int, *, first: int = FIRST, eta: int = ETA) -> tuple[int, ...]:
    """Return the epochs at which a trial is judged, the last being its full length.

    Each rung is ``eta`` times the one before; one that would be close to the full length, nearer than
    the root of ``eta``, is left out.

    Args:
        epochs: full length.
        first: epochs of the first rung.
        eta: ratio of neighbouring rungs, at least 2.
    """
    levels: list[int] = []
    level = first
    while level * math.sqrt(eta) <= epochs:
        levels.append(level)
        level *= eta
    return (*levels, epochs)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a trial has come.

    Attributes:
        number: the trial's.
        reached: rungs that it has reached.
        paused: whether it waits at the last of them.
    """

    number: int
    reached: int
    paused: bool


def promotable(
    standings: Sequence[Standing], ranks: Sequence[Sequence[int]], *, eta: int = ETA, least: int = 0
) -> int | None:
    """Return the trial that goes on, or None when all the best ones have.

    The highest rung decides first, so good trials are finished before more are begun. A rung passes on no
    more than one in ``QUOTA`` of those who reached it: where each new trial is better than the last, all
    of them would be among the best when they come.

    Args:
        standings: every trial that has reached a rung.
        ranks: per rung the numbers of the trials that reached it, best first.
        eta: one in so many is promoted.
        least: so many best ones are promoted from every rung, however few reached it and went on.
    """
    waiting = {item.number: item.reached for item in standings if item.paused}
    for rung, numbers in reversed(list(enumerate(ranks, start=1))):
        passed = sum(item.reached > rung for item in standings)
        best = len(numbers) // eta if passed < len(numbers) / QUOTA else 0
        for number in numbers[: max(least, best)]:
            if waiting.get(number) == rung:
                return number
    return None


def leaders(standings: Iterable[Standing], ranks: Sequence[Sequence[int]]) -> list[int]:
    """Return the trials that wait, the most promising first: by rung from above, then by rank."""
    waiting = {item.number: item.reached for item in standings if item.paused}
    return [
        number
        for rung, numbers in reversed(list(enumerate(ranks, start=1)))
        for number in numbers
        if waiting.get(number) == rung
    ]
