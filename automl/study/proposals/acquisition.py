"""Where a search looks next: uniform draws, neighbours of the leaders, and the best guess of a model.

The model is a Gaussian process of how configurations stand (``evidence``). Its guess is the candidate of
the largest expected improvement, among even draws and points beside the leaders.

Symbols: n results, m candidates, d parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from automl.study.proposals.costs import time_to_first_rung
from automl.study.proposals.encoding import Encoding
from automl.study.proposals.evidence import Evidence
from automl.study.proposals.prior import Prior
from automl.study.proposals.surrogate import GaussianProcess, expected_improvement, fit
from automl.study.proposer import PORTFOLIO

STARTUP = 16
"""Results from which on a model is fitted: with fewer it clings to the first good one. Half as many where
there are no rungs: results of whole trainings mislead less than first looks."""
RANDOM_SHARE, NEIGHBOUR_SHARE = 0.15, 0.1
"""Shares of even draws and of neighbours of a leader once there is a model."""
MOST_POINTS = 64
"""Results that the model is fitted to, half of them the best: the time of a fit grows with their cube."""
LEADERS = 10
WIDTHS = (0.15, 0.05)
"""How far neighbours lie, in lengths of an axis: the first to look around, the second to refine."""
BOLDNESS, BOLDER, BOLDER_AFTER = 0.25, 0.8, 100
"""By how much, in standard deviations, a candidate is asked to be better than the best; it grows by
``BOLDER`` until so many results are known. Early on a good neighbour is worth most, later a new region."""
COST_WEIGHT = 0.5
"""Power of the predicted time that divides the expected improvement of a search by time."""
_EVEN, _BESIDE = 200, (150, 75)


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A proposed point.

    Attributes:
        point: ``(d,)`` float64.
        origin: ``model``, ``neighbour`` or ``random``.
    """

    point: np.ndarray
    origin: str


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What a draw goes by.

    Attributes:
        encoding: of the parameters.
        evidence: own results.
        prior: results of earlier studies that still count.
        by_time: whether improvement counts per time.
        fixed: values that the point is to have.
    """

    encoding: Encoding
    evidence: Evidence
    prior: Prior
    by_time: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def draw(self, rng: np.random.Generator) -> Draw:
        """Propose a point."""
        random, neighbour = self._shares()
        chance = rng.random()
        if chance < random or not (len(self._along) or self.prior.points):
            return Draw(point=_only(self._pinned(self.encoding.sample(rng, 1))), origin="random")
        if chance < random + neighbour:
            best = self._leaders[: max(1, min(len(self._leaders) // 2, len(self._along) // 5 + 1))]
            width = float(rng.choice(WIDTHS))
            return Draw(point=_only(self._beside(best, 1, width, rng)), origin="neighbour")
        return Draw(point=self._guess(rng), origin="model")

    def expected_gain(self, rng: np.random.Generator) -> float:
        """Return by how much the best guess is expected to stand better than the best, in standings."""
        process, scale = self._process(rng)
        best = float(process.predict(process.points)[0].min())
        candidates = self._candidates(rng)
        return float(expected_improvement(*process.predict(candidates), best).max()) * scale

    @cached_property
    def _along(self) -> np.ndarray:
        """Places of the results, best first."""
        return np.argsort(self.evidence.standings, kind="stable")

    @cached_property
    def _leaders(self) -> np.ndarray:
        own = self._points(self._along[:LEADERS])
        if not self.prior.points:
            return own
        return np.concatenate([own, self.prior.leaders(self.encoding, LEADERS - len(own))])

    def _points(self, places: np.ndarray) -> np.ndarray:
        return self.encoding.encode([self.evidence.seen[place].params for place in places])

    def _shares(self) -> tuple[float, float]:
        """How likely an even draw and a neighbour are."""
        own = len(self._along)
        sure = all(len(item.rungs) <= 1 for item in self.evidence.seen)
        enough = STARTUP // 2 if sure else STARTUP
        if own + sum(self.prior.counts(own)) >= min(enough, 2 * len(self.encoding.sizes) + 2):
            return RANDOM_SHARE, NEIGHBOUR_SHARE
        known = any(item.origin == PORTFOLIO for item in self.evidence.seen)
        return (0.5, 0.5) if known else (1.0, 0.0)

    def _guess(self, rng: np.random.Generator) -> np.ndarray:
        """The candidate of the largest expected improvement that is not known yet."""
        process, _ = self._process(rng)
        own = process.points[: min(len(self._along), MOST_POINTS)]
        bold = BOLDNESS + BOLDER * min(1.0, len(self._along) / BOLDER_AFTER)
        best = float(process.predict(own if len(own) else process.points)[0].min()) - bold
        candidates = self._candidates(rng)
        for width in (0.08, 0.04):
            top = candidates[np.argsort(-self._gain(process, candidates, best))[:20]]
            candidates = np.concatenate([top, self._beside(top[:10], 100, width, rng)])
        ranked = candidates[np.argsort(-self._gain(process, candidates, best))]
        known = {point.tobytes() for point in process.points}
        return next((point for point in ranked if point.tobytes() not in known), ranked[0])

    def _candidates(self, rng: np.random.Generator) -> np.ndarray:
        """Even draws and points beside the leaders, ``(m, d)``."""
        beside = (
            self._beside(self._leaders, count, width, rng)
            for count, width in zip(_BESIDE, WIDTHS, strict=True)
        )
        return np.concatenate([self._pinned(self.encoding.sample(rng, _EVEN)), *beside])

    def _beside(
        self, parents: np.ndarray, count: int, width: float, rng: np.random.Generator
    ) -> np.ndarray:
        return self._pinned(_beside(self.encoding, parents, count, width, rng))

    def _pinned(self, points: np.ndarray) -> np.ndarray:
        """Points with the values that are fixed."""
        kept = np.array([name in self.fixed for name in self.encoding.distributions], bool)
        if not kept.any():
            return points
        return np.where(kept, self.encoding.encode([self.fixed]), points)

    def _gain(self, process: GaussianProcess, candidates: np.ndarray, best: float) -> np.ndarray:
        gain = expected_improvement(*process.predict(candidates), best)
        if not self.by_time:
            return gain
        return np.asarray(gain / self._time(candidates) ** COST_WEIGHT)

    @cached_property
    def _time(self) -> Callable[[np.ndarray], np.ndarray]:
        """From candidates to their seconds to the first rung."""
        return time_to_first_rung(self.encoding, self.evidence)

    def _process(self, rng: np.random.Generator) -> tuple[GaussianProcess, float]:
        """A process of the best results and some others, and its unit in standings.

        What is in training counts as predicted.
        """
        along = self._along
        if len(along) > MOST_POINTS:
            half = MOST_POINTS // 2
            along = np.concatenate([along[:half], rng.permutation(along[half:])[:half]])
        points, values, noise = self._points(along), self.evidence.standings[along], None
        scale = max(float(values.std()), 1e-9) if len(values) else 1.0
        values = (values - values.mean()) / scale if len(values) else values
        if self.prior.points:
            points, values, noise = self.prior.joined(self.encoding, points, values)
        process = fit(points, self.encoding.nominal, values, noise)
        if self.evidence.pending:
            process = process.believing(self.encoding.encode(self.evidence.pending))
        return process, scale


def _only(points: np.ndarray) -> np.ndarray:
    return np.asarray(points[0])


def _beside(
    encoding: Encoding, parents: np.ndarray, count: int, width: float, rng: np.random.Generator
) -> np.ndarray:
    """Points beside some others: a part of the columns moved, or drawn anew where only equality counts."""
    chosen = parents[rng.integers(len(parents), size=count)]
    share = rng.choice([0.2, 0.5, 1.0], size=(count, 1))
    moved = rng.random(chosen.shape) < share
    moved[np.arange(count), rng.integers(chosen.shape[1], size=count)] = True
    steps = chosen + rng.normal(size=chosen.shape) * width * moved
    fresh = encoding.fresh(rng, (count, chosen.shape[1]))
    anew = encoding.nominal & moved & (rng.random(chosen.shape) < 0.5)
    steps = np.where(encoding.nominal, np.where(anew, fresh, chosen), steps)
    return encoding.snapped(steps)
