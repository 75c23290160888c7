"""Integrated gradients: what each number at the cut adds to an answer, on the way from a baseline to it.

Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", 2017. The integral over the straight
way from baseline b to example x is a sum over midpoints of m equal parts. Attributions add up to
f(x) - f(b) (completeness), which tells how good the sum is: m is doubled until it holds within
``TOLERANCE``.

Symbols: n examples, m points of the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from automl.training.gradients import gradients

TOLERANCE = 0.01
"""Of what is to be explained: gap of completeness that is good enough."""

FIRST_POINTS, MOST_POINTS = 32, 2048

BATCH = 256
"""Points that go through the networks at once."""

SMALL = 1e-3
"""Differences of answers below it, in the unit of the answers' spread, count as this large."""

Answer: TypeAlias = Callable[[Sequence[Any], np.ndarray], Any]
"""From the tensors at the cut, and the example that each row belongs to, to one number per row."""


@dataclass(frozen=True, kw_only=True)
class Integrated:
    """Attributions of some examples.

    Attributes:
        parts: one array for each tensor at the cut ``(n, ...)``; zeros for those that stay as they are.
        scores: f(x) ``(n,)``.
        starts: f(b) ``(n,)``.
        gaps: of completeness, as shares of f(x) - f(b) ``(n,)``.
        points: m of the last doubling.
    """

    parts: tuple[np.ndarray, ...]
    scores: np.ndarray
    starts: np.ndarray
    gaps: np.ndarray
    points: int


def integrate(
    answer: Answer,
    tensors: Sequence[np.ndarray],
    baselines: Sequence[np.ndarray],
    varied: Sequence[bool],
    *,
    spread: float,
    ended: Callable[[], bool],
) -> Integrated:
    """Return the attributions of examples.

    Args:
        answer: what is explained.
        tensors: at the cut, first axis n.
        baselines: in the shapes of the tensors; those of tensors that are not varied do not count.
        varied: which tensors go from their baselines to their values.
        spread: of answers, from one example to another: the unit in which differences are small.
        ended: whether the time is over; what is found by then is returned.
    """
    count = len(tensors[0])
    starts_at = [
        np.where(np.isfinite(values), base, values) if moves else values
        for values, base, moves in zip(tensors, baselines, varied, strict=True)
    ]
    steps = {
        place: np.nan_to_num(tensors[place] - starts_at[place])
        for place, moves in enumerate(varied)
        if moves
    }
    every = np.arange(count)
    scores, starts = (np.asarray(answer(given, every), np.float64) for given in (tensors, starts_at))
    least = np.maximum(np.abs(scores - starts), max(SMALL * spread, 1e-12))
    found = Integrated(
        parts=tuple(np.zeros(values.shape) for values in tensors),
        scores=scores,
        starts=starts,
        gaps=np.full(count, np.inf),
        points=0,
    )
    points = FIRST_POINTS
    while points <= MOST_POINTS and not (found.points and ended()):
        rows = np.flatnonzero(found.gaps > TOLERANCE)
        if not len(rows):
            break
        sums = _summed(answer, starts_at, steps, rows, points)
        total = sum(part.reshape(len(rows), -1).sum(axis=1) for part in sums)
        parts = [_with_rows(whole, rows, part) for whole, part in zip(found.parts, sums, strict=True)]
        gaps = found.gaps.copy()
        gaps[rows] = np.abs(total - (scores - starts)[rows]) / least[rows]
        found = replace(found, parts=tuple(parts), gaps=gaps, points=points)
        points *= 2
    return found


def _summed(
    answer: Answer,
    starts: Sequence[np.ndarray],
    steps: Mapping[int, np.ndarray],
    rows: np.ndarray,
    points: int,
) -> list[np.ndarray]:
    """Attributions of some rows with so many points."""
    shares = (np.arange(points) + 0.5) / points
    pairs = np.stack([np.repeat(rows, points), np.tile(np.arange(points), len(rows))], axis=1)
    sums = [np.zeros((len(rows), *start.shape[1:])) for start in starts]
    for first in range(0, len(pairs), BATCH):
        some, at = pairs[first : first + BATCH, 0], shares[pairs[first : first + BATCH, 1]]
        given = [start[some] for start in starts]
        for place, step in steps.items():
            along = at.reshape(-1, *[1] * (step.ndim - 1))
            given[place] = (starts[place][some] + along * step[some]).astype(np.float32)
        slopes = _slopes(answer, given, list(steps), some)
        begins = np.flatnonzero(np.diff(some, prepend=-1))  # the points of a row follow each other
        owners = np.searchsorted(rows, some[begins])
        for (place, step), slope in zip(steps.items(), slopes, strict=True):
            each = np.nan_to_num(slope) * step[some] / points
            sums[place][owners] += np.add.reduceat(each, begins, axis=0)
    return sums


def _slopes(
    answer: Answer, given: Sequence[np.ndarray], moving: Sequence[int], rows: np.ndarray
) -> list[np.ndarray]:
    def score(tensors: Sequence[Any]) -> Any:
        whole: list[Any] = list(given)
        for place, tensor in zip(moving, tensors, strict=True):
            whole[place] = tensor
        return answer(whole, rows)

    return gradients(score, [given[place] for place in moving])[1]


def _with_rows(whole: np.ndarray, rows: np.ndarray, part: np.ndarray) -> np.ndarray:
    changed = whole.copy()
    changed[rows] = part
    return changed
