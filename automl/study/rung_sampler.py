"""The sampler of a search with rungs: a model of all rungs, neighbours of good ones, random draws.

A Gaussian process models how configurations stand (``evidence``), and the one of the largest expected
improvement is proposed. Shares of the proposals are drawn evenly at random or beside a leader, more of
them while little is known: so a misled model is found out (PriorBand: Mallik et al., 2023).

A parameter that decides which others exist (``branch``: the family of a model) is chosen first, by Thompson
sampling (Thompson, 1933) of how likely a trial of it is to be among the best third; each value gets a first
look. Everything else is then modelled within that branch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.trial import FrozenTrial

from automl.study.costs import time_per_epoch
from automl.study.encoding import Encoding
from automl.study.evidence import Evidence, gather
from automl.study.prior import Prior, prior_of
from automl.study.rungs import ETA
from automl.study.surrogate import GaussianProcess, expected_improvement, fit
from automl.study.warm_start import PriorPoint

STARTUP = 16
"""Results of a branch from which on a model is fitted: with fewer it clings to the first good one."""
RANDOM_SHARE = 0.15
"""Share of even draws once there is a model."""
NEIGHBOUR_SHARE = 0.1
"""Share of neighbours of a leader."""
MOST_POINTS = 120
"""Results that the model is fitted to, half of them the best: the time of a fit grows with their cube."""
LEADERS = 10
BOLDNESS, BOLDER, BOLDER_AFTER = 0.25, 0.8, 100
"""By how much, in standard deviations, a candidate is asked to be better than the best; it grows by
``BOLDER`` until so many results are known. Early on a good neighbour is worth most, later a new region."""
COST_WEIGHT = 0.5
"""Power of the predicted time that divides the expected improvement of a search by time."""


class RungSampler(BaseSampler):
    """Proposes configurations from what every rung of a study says.

    Args:
        seed: of all draws.
        branch: a categorical parameter that decides which others exist, or empty.
        by_time: whether improvement counts per time.
        prior: results of earlier studies; they count the less the more own ones there are.

    Attributes:
        origin: who made the last proposal: ``model``, ``neighbour`` or ``random``.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        branch: str = "",
        by_time: bool = False,
        prior: Sequence[PriorPoint] = (),
    ) -> None:
        self.origin = "random"
        self._rng = np.random.default_rng(seed)
        self._independent = RandomSampler(seed=None if seed is None else seed % 2**32)
        self._branch = branch
        self._by_time = by_time
        self._prior = prior_of(prior)
        self._known = Prior()
        self._chosen: dict[str, Any] = {}

    def reseed_rng(self) -> None:
        """Take a new seed, for workers that are copies of one another."""
        self._rng = np.random.default_rng()
        self._independent.reseed_rng()

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Return the parameters of the branch that is chosen for this trial."""
        evidence = gather(study)
        self._chosen = {}
        known = _distributions(evidence)
        branches = known.get(self._branch)
        if isinstance(branches, CategoricalDistribution):
            self._chosen = {self._branch: self._branch_of(evidence, branches.choices)}
            known = {self._branch: branches, **_distributions(evidence.of(self._chosen))}
        return {name: item for name, item in known.items() if not item.single()}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Return values of all these parameters."""
        self.origin = "random"
        evidence = gather(study).of(self._chosen)
        free = {name: item for name, item in search_space.items() if name not in self._chosen}
        if not free:
            return self._chosen
        encoding = Encoding(free)
        self._known = self._prior.of(self._chosen).left(len(evidence.seen))
        return {**self._chosen, **encoding.decode(self._point(encoding, evidence))}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw a parameter that was not seen before."""
        return self._independent.sample_independent(study, trial, param_name, param_distribution)

    def _branch_of(self, evidence: Evidence, values: Sequence[Any]) -> Any:
        """Choose a branch: one that was never tried, else by a draw of its chance to be among the best."""
        tried = [item.params.get(self._branch) for item in evidence.seen]
        tried += [item.get(self._branch) for item in evidence.pending]
        unseen = [value for value in values if value not in tried]
        if unseen:
            return unseen[0]
        good = evidence.standings <= np.quantile(evidence.standings, 1 / ETA)
        chances = {}
        for value in values:
            own = np.array([item.params.get(self._branch) == value for item in evidence.seen], bool)
            more, less = self._prior.of({self._branch: value}).counts(len(own))
            chance = self._rng.beta(1 + (own & good).sum() + more, 1 + (own & ~good).sum() + less)
            chances[value] = chance / self._cost_of(evidence, own)
        return max(chances, key=lambda value: chances[value])

    def _cost_of(self, evidence: Evidence, own: np.ndarray) -> float:
        seconds = [item.seconds for item, mine in zip(evidence.seen, own, strict=True) if mine]
        known = [item for item in seconds if item > 0]
        return float(np.median(known)) ** COST_WEIGHT if self._by_time and known else 1.0

    def _point(self, encoding: Encoding, evidence: Evidence) -> np.ndarray:
        count = len(evidence.seen)
        if count == 0 and not self._known.points:
            return _one(encoding.sample(self._rng, 1))
        points = encoding.encode([item.params for item in evidence.seen])
        leaders = points[np.argsort(evidence.standings, kind="stable")[:LEADERS]]
        if self._known.points:
            leaders = np.concatenate([leaders, self._known.leaders(encoding, LEADERS - count)])
        draw, shares = self._rng.random(), self._shares(encoding, evidence)
        if draw < shares[0]:
            return _one(encoding.sample(self._rng, 1))
        if draw < sum(shares):
            self.origin = "neighbour"
            best = leaders[: max(1, min(len(leaders) // 2, count // 5 + 1))]
            return _one(_mutants(encoding, best, 1, 0.15, self._rng))
        self.origin = "model"
        return self._modelled(encoding, evidence, points, leaders)

    def _shares(self, encoding: Encoding, evidence: Evidence) -> tuple[float, float]:
        """How likely an even draw and a neighbour are."""
        count = len(evidence.seen) + sum(self._known.counts(len(evidence.seen)))
        if count >= min(STARTUP, 2 * len(encoding.sizes) + 2):
            return RANDOM_SHARE, NEIGHBOUR_SHARE
        known = any(item.origin == "portfolio" for item in evidence.seen)
        return (0.5, 0.5) if known else (1.0, 0.0)

    def _modelled(
        self, encoding: Encoding, evidence: Evidence, points: np.ndarray, leaders: np.ndarray
    ) -> np.ndarray:
        """The candidate of the largest expected improvement, beside the leaders and anywhere."""
        process = self._process(encoding, evidence, points)
        bold = BOLDNESS + BOLDER * min(1.0, len(points) / BOLDER_AFTER)
        anchors = points if self._known.points and len(points) else process.points
        best = float(process.predict(anchors)[0].min()) - bold
        rng = self._rng
        candidates = np.concatenate(
            [
                encoding.sample(rng, 400),
                _mutants(encoding, leaders, 400, 0.15, rng),
                _mutants(encoding, leaders, 200, 0.05, rng),
            ]
        )
        for width in (0.08, 0.04):
            top = candidates[np.argsort(-self._gain(process, encoding, evidence, candidates, best))[:20]]
            candidates = np.concatenate([top, _mutants(encoding, top[:10], 150, width, rng)])
        ranked = candidates[np.argsort(-self._gain(process, encoding, evidence, candidates, best))]
        known = {point.tobytes() for point in points}
        return next((point for point in ranked if point.tobytes() not in known), ranked[0])

    def _gain(
        self,
        process: GaussianProcess,
        encoding: Encoding,
        evidence: Evidence,
        candidates: np.ndarray,
        best: float,
    ) -> np.ndarray:
        gain = expected_improvement(*process.predict(candidates), best)
        if not self._by_time:
            return gain
        return gain / time_per_epoch(encoding, evidence, candidates) ** COST_WEIGHT

    def _process(self, encoding: Encoding, evidence: Evidence, points: np.ndarray) -> GaussianProcess:
        """A process of the best results and some others; what is in training counts as predicted."""
        along = np.argsort(evidence.standings, kind="stable")
        if len(along) > MOST_POINTS:
            half = MOST_POINTS // 2
            along = np.concatenate([along[:half], self._rng.permutation(along[half:])[:half]])
        values = evidence.standings[along]
        if len(values):
            values = (values - values.mean()) / max(float(values.std()), 1e-9)
        shown, noise = points[along], None
        if self._known.points:
            shown, values, noise = self._known.joined(encoding, shown, values)
        process = fit(shown, encoding.nominal, values, noise)
        return process.believing(encoding.encode(evidence.pending)) if evidence.pending else process


def _one(points: np.ndarray) -> np.ndarray:
    return np.asarray(points[0])


def _distributions(evidence: Evidence) -> dict[str, BaseDistribution]:
    """The latest distribution of each parameter that was seen."""
    known: dict[str, BaseDistribution] = {}
    for item in evidence.seen:
        known.update(item.distributions)
    return dict(sorted(known.items()))


def _mutants(
    encoding: Encoding, parents: np.ndarray, count: int, width: float, rng: np.random.Generator
) -> np.ndarray:
    """Points beside some others: a part of the columns moved, or drawn anew where only equality counts."""
    chosen = parents[rng.integers(len(parents), size=count)]
    share = rng.choice([0.2, 0.5, 1.0], size=(count, 1))
    moved = rng.random(chosen.shape) < share
    moved[np.arange(count), rng.integers(chosen.shape[1], size=count)] = True
    steps = chosen + rng.normal(size=chosen.shape) * width * moved
    fresh = encoding.fresh(rng, (count, chosen.shape[1]))
    nominal = encoding.nominal & moved & (rng.random(chosen.shape) < 0.5)
    steps = np.where(encoding.nominal, np.where(nominal, fresh, chosen), steps)
    return encoding.snapped(steps)
