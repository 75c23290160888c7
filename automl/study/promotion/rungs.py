"""Rungs: how long a trial trains before it is judged, and which of those that wait goes on.

Asynchronous successive halving by promotion (Li et al., "A System for Massively Parallel Hyperparameter
Tuning", 2020): a trial pauses at a rung and continues when it is among the best there. Workers never wait:
if no trial is to be promoted, a new one starts.

Ranks: smaller is better. A trial's ladder is that of its own full length, so trials of several families
meet at the rung of the same index.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

ETA = 3
"""One in so many is promoted: the default of Hyperband (Li et al., 2018)."""

QUOTA = 2
"""Of so many that reached a rung at most one goes on, measured on learning curves of networks."""

FIRST = 2
"""Epochs of the first rung: after one, networks may be as good as untrained."""

OPEN = 2
"""Rungs that are open from the start where the highest one grows."""


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


def promotable(
    waiting: Mapping[int, int],
    ranks: Sequence[Sequence[int]],
    *,
    training: Collection[int] = (),
    eta: int = ETA,
    least: int = 0,
    free: Mapping[int, int] | None = None,
    highest: float = math.inf,
) -> Iterator[int]:
    """Yield the trials that may go on, the one that should do so first.

    The highest rung decides first, so good trials are finished before more are begun. A rung passes on no
    more than one in ``QUOTA`` of those who reached it: where each new trial is better than the last, all
    of them would be among the best when they come.

    Args:
        waiting: by the number of each trial that was paused the rungs that it has reached.
        ranks: per rung the numbers of the trials that reached it, best first.
        training: which of those went on already and have not reached their next rung yet.
        eta: one in so many is promoted.
        least: so many best ones are promoted from every rung, however few reached it and went on.
        free: by rung, from 1, how many went on without having been among the best; they do not count.
        highest: the rung where trials end for now, see ``highest_rung``; ``least`` go on from there, too.
    """
    under_way = Counter(waiting.get(number) for number in training)
    above = 0
    for rung, numbers in reversed(list(enumerate(ranks, start=1))):
        passed = above + under_way[rung] - (free or {}).get(rung, 0)
        best = len(numbers) // eta if rung < highest and passed < len(numbers) / QUOTA else 0
        yield from _idle(numbers[: max(least, best)], rung, waiting, training)
        above = len(numbers)


def highest_rung(ranks: Sequence[Sequence[int]], *, eta: int = ETA) -> int:
    """Return the rung, from 1, where trials end for now.

    It is one higher for each rung at which the best are others than at the rung before: as long as longer
    training changes nothing, more trials are the better use of the time. After PASHA (Bohdal et al.,
    "PASHA: Efficient HPO and NAS with Progressive Resource Allocation", 2023), which compares all ranks, up
    to their noise; here the best alone are compared, as they alone are promoted.

    Args:
        ranks: per rung the numbers of the trials that reached it, best first.
        eta: the best are one in so many.
    """
    highest = OPEN
    while highest <= len(ranks) and _best_change(ranks[highest - 2], ranks[highest - 1], eta):
        highest += 1
    return highest


def _best_change(lower: Sequence[int], upper: Sequence[int], eta: int) -> bool:
    """Whether the best of those that reached a rung were others at the one before."""
    there = set(upper)
    before = [number for number in lower if number in there]
    best = max(len(upper) // eta, 1)
    return set(before[:best]) != set(upper[:best])


def leader(
    waiting: Mapping[int, int], ranks: Sequence[Sequence[int]], *, training: Collection[int] = ()
) -> int | None:
    """Return the most promising trial that waits, by rung from above, then by rank; None if none waits.

    Args:
        waiting: see ``promotable``.
        ranks: likewise.
        training: likewise.
    """
    for rung, numbers in reversed(list(enumerate(ranks, start=1))):
        for number in _idle(numbers, rung, waiting, training):
            return number
    return None


def leaders(
    waiting: Mapping[int, int], ranks: Sequence[Sequence[int]], *, training: Collection[int] = ()
) -> Iterator[int]:
    """Yield the best trial of each rung, the lowest first, where it waits there.

    Args:
        waiting: see ``promotable``.
        ranks: likewise.
        training: likewise.
    """
    for rung, numbers in enumerate(ranks, start=1):
        yield from _idle(numbers[:1], rung, waiting, training)


def _idle(
    numbers: Iterable[int], rung: int, waiting: Mapping[int, int], training: Collection[int]
) -> Iterator[int]:
    """Those that wait at a rung."""
    return (number for number in numbers if waiting.get(number) == rung and number not in training)
