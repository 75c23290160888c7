"""Greedy selection of an ensemble: members are added one after another, again and again, while that gains.

As in Caruana et al., "Ensemble Selection from Libraries of Models" (2004), on predictions of examples that
the members were not trained on. A dozen trials are compared hundreds of times on the same examples, so
that some would gain by chance: a further member has to gain a share of the error, and on each half of the
examples.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

ROUNDS = 25
"""Members at most, each as often as it was added."""

MOST_MEMBERS = 5
"""Different members at most: each one makes the model larger and slower."""

LEAST_GAIN = 1e-3
"""Share of the error that a further member has to save. The second of two good trials saves about ten times
as much, the fifth as much as this."""


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What predictions are worth; smaller is better.

    Attributes:
        error: by the metric asked for, 0 where it cannot be better.
        loss: what decides where the metric has few levels; 0 where it has many.
        feasible: whether limits on metrics are kept.
    """

    error: float
    loss: float = 0.0
    feasible: bool = True

    def improves(self, other: Worth, least: float = 0.0) -> bool:
        """Whether this is better by at least a share of the error, and not worse by the loss."""
        if not self.feasible or not self.loss <= other.loss:
            return False
        if self.error == other.error:
            return other.loss - self.loss > least * other.loss
        return other.error - self.error > least * abs(other.error)


Counts: TypeAlias = Mapping[int, int]
"""How often each trial counts, by number."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Says what blends are worth.

    Attributes:
        whole: on all examples.
        halves: on each of two halves of them.
    """

    whole: Callable[[Counts], Worth]
    halves: tuple[Callable[[Counts], Worth], ...]


def select(
    trials: Iterable[int], judge: Judge, *, first: int, until: float | None = None
) -> dict[int, int]:
    """Return how often each trial counts.

    Args:
        trials: numbers, ``first`` among them.
        judge: says what a blend is worth.
        first: the best trial, with which the selection begins.
        until: ``time.monotonic()`` at which it ends with what it has, None for no end.
    """
    numbers, chosen = list(trials), Counter({first: 1})
    worth = judge.whole(chosen)
    while chosen.total() < ROUNDS:
        found: list[tuple[Worth, int]] = []
        for number in numbers:
            if until is not None and time.monotonic() > until:
                return dict(chosen)
            if number in chosen or len(chosen) < MOST_MEMBERS:
                found.append((judge.whole(chosen + Counter({number: 1})), number))
        found.sort(key=lambda item: (item[0].error, item[0].loss))
        step = next((item for item in found if _gains(chosen, worth, *item, judge)), None)
        if step is None:
            break
        worth = step[0]
        chosen[step[1]] += 1
    return dict(chosen)


def _gains(chosen: Counter[int], before: Worth, after: Worth, number: int, judge: Judge) -> bool:
    if number in chosen:
        return after.improves(before)
    if not after.improves(before, LEAST_GAIN):
        return False
    more = chosen + Counter({number: 1})
    compared = [(half(more), half(chosen)) for half in judge.halves]
    # a half may lack what the metric needs, such as a class
    return all(new.improves(old) or math.isnan(new.error) for new, old in compared)
