"""Integrated gradients: what each number at the cut adds to an answer, on the way from a baseline to it.

Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", 2017. The integral over the straight
way from baseline b to example x is a sum over midpoints of m parts. Attributions add up to f(x) - f(b)
(completeness), which tells how good the sum is: m is doubled until it holds within ``TOLERANCE``. Parts are
equal at first, and then the shorter the more the answer changes there: where it jumps, equal parts of any
number miss it.

Symbols: n examples, m points of the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from automl.training.gradients import Gradients, Score, gradients_of

TOLERANCE = 0.01
"""Of what is to be explained: gap of completeness that is good enough."""

FIRST_POINTS, MOST_POINTS = 32, 2048

BATCH = 256
"""Points that go through the networks at once."""

SMALL = 1e-3
"""Differences of answers below it, in the unit of the answers' spread, count as this large."""

Answer: TypeAlias = Callable[[Sequence[Any], Any], Any]
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
    variables: Sequence[Any] = (),
) -> Integrated:
    """Return the attributions of examples.

    Args:
        answer: what is explained.
        tensors: at the cut, first axis n.
        baselines: in the shapes of the tensors; those of tensors that are not varied do not count.
        varied: which tensors go from their baselines to their values.
        spread: of answers, from one example to another: the unit in which differences are small.
        ended: whether the time is over; what is found by then is returned.
        variables: of Keras, that the answer reads.
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
    slopes = gradients_of(_score(answer, varied), variables)
    way = _Way(starts=starts_at, steps=steps, slopes=slopes, size=min(BATCH, count * FIRST_POINTS))
    points, edges = FIRST_POINTS, np.tile(np.linspace(0, 1, FIRST_POINTS + 1), (count, 1))
    while points <= MOST_POINTS and not (found.points and ended()):
        rows = np.flatnonzero(found.gaps > TOLERANCE)
        if not len(rows):
            break
        sums, answers = _summed(way, rows, edges[rows])
        total = sum(part.reshape(len(rows), -1).sum(axis=1) for part in sums)
        parts = [_with_rows(whole, rows, part) for whole, part in zip(found.parts, sums, strict=True)]
        gaps = found.gaps.copy()
        gaps[rows] = np.abs(total - (scores - starts)[rows]) / least[rows]
        found = replace(found, parts=tuple(parts), gaps=gaps, points=points)
        points *= 2
        finer = np.zeros((count, points + 1))
        for row, own in zip(rows, answers, strict=True):
            finer[row] = _finer(edges[row], np.array([starts[row], *own, scores[row]]), points)
        edges = finer
    return found


@dataclass(frozen=True, kw_only=True)
class _Way:
    """From baselines to examples.

    Attributes:
        starts: the baselines, and what stays as it is.
        steps: from there to the examples, of what moves.
        slopes: computes gradients.
        size: points that go through the networks at once: always as many, as JAX compiles for each number.
    """

    starts: Sequence[np.ndarray]
    steps: Mapping[int, np.ndarray]
    slopes: Gradients
    size: int

    def along(self, rows: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """Answers and gradients at points of the way, of what moves.

        Args:
            rows: the example of each point.
            shares: how far along it is.
        """
        filled = np.resize(rows, self.size), np.resize(shares, self.size)
        moving = [self._point(place, *filled) for place in self.steps]
        still = [start[filled[0]] for place, start in enumerate(self.starts) if place not in self.steps]
        answers, slopes = self.slopes(moving, [*still, filled[0].astype(np.int32)])
        return answers[: len(rows)], [slope[: len(rows)] for slope in slopes]

    def _point(self, place: int, rows: np.ndarray, shares: np.ndarray) -> np.ndarray:
        step = self.steps[place]
        along = shares.reshape(-1, *[1] * (step.ndim - 1))
        return np.asarray(self.starts[place][rows] + along * step[rows], np.float32)


def _summed(way: _Way, rows: np.ndarray, edges: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Attributions of some rows, and the answers on their way ``(rows, m)``.

    Args:
        way: from baselines to examples.
        rows: positions of the examples.
        edges: of the parts of the way of each ``(rows, m + 1)``.
    """
    points = edges.shape[1] - 1
    owners = np.repeat(np.arange(len(rows)), points)
    shares, widths = ((edges[:, 1:] + edges[:, :-1]) / 2).reshape(-1), np.diff(edges, axis=1).reshape(-1)
    sums = [np.zeros((len(rows), *start.shape[1:])) for start in way.starts]
    answers = np.zeros(len(shares))
    for first in range(0, len(shares), way.size):
        part = slice(first, first + way.size)
        some = rows[owners[part]]
        answers[part], slopes = way.along(some, shares[part])
        begins = np.flatnonzero(np.diff(owners[part], prepend=-1))  # the points of a row follow each other
        for (place, step), slope in zip(way.steps.items(), slopes, strict=True):
            each = np.nan_to_num(slope) * step[some] * widths[part].reshape(-1, *[1] * (step.ndim - 1))
            sums[place][owners[part][begins]] += np.add.reduceat(each, begins, axis=0)
    return sums, answers.reshape(len(rows), points)


def _finer(edges: np.ndarray, answers: np.ndarray, points: int) -> np.ndarray:
    """The edges of more parts of a way ``(points + 1,)``, half of them by length and half by change.

    Args:
        edges: of its parts so far ``(m + 1,)``.
        answers: at its start, at the midpoints of its parts, and at its end ``(m + 2,)``.
        points: new number of parts.
    """
    places = np.array([0.0, *(edges[1:] + edges[:-1]) / 2, 1.0])
    change = np.abs(np.diff(np.nan_to_num(answers)))
    density = np.diff(places) + change / max(float(change.sum()), 1e-12)
    known = np.array([0.0, *np.cumsum(density)])
    return np.asarray(np.interp(np.linspace(0, known[-1], points + 1), known, places))


def _score(answer: Answer, varied: Sequence[bool]) -> Score:
    """The answer from what moves, and from what stays with the example of each row behind it."""

    def score(moving: Sequence[Any], still: Sequence[Any]) -> Any:
        changed, rest = iter(moving), iter(still[:-1])
        return answer([next(changed) if moves else next(rest) for moves in varied], still[-1])

    return score


def _with_rows(whole: np.ndarray, rows: np.ndarray, part: np.ndarray) -> np.ndarray:
    changed = whole.copy()
    changed[rows] = part
    return changed
