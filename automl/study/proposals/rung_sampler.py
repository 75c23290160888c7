"""The sampler of a search with rungs: a model of all rungs, neighbours of good ones, random draws.

Shares of the proposals are drawn evenly at random or beside a leader, more of them while little is known,
so a misled model is found out (PriorBand: Mallik et al., 2023); see ``acquisition``.

A parameter that decides which others exist (``branch``: the family of a model) is chosen first, by Thompson
sampling (Thompson, 1933) of how likely a trial of it is to be among the best third; each value gets a first
look. Everything else is then modelled within that branch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.trial import FrozenTrial

from automl.study.promotion.rungs import ETA
from automl.study.proposals.acquisition import COST_WEIGHT, Knowledge
from automl.study.proposals.blas import one_thread
from automl.study.proposals.costs import first_looks
from automl.study.proposals.encoding import Encoding
from automl.study.proposals.evidence import Evidence, Reader
from automl.study.proposals.prior import prior_of
from automl.study.proposals.prior_point import PriorPoint


class RungSampler(BaseSampler):
    """Proposes configurations from what every rung of a study says.

    Args:
        seed: of all draws.
        branch: a categorical parameter that decides which others exist, or empty.
        seconds_left: of a search by time, where improvement counts per time; None without a limit.
        prior: results of earlier studies; they count the less the more own ones there are.
        reader: reads the study; one that samplers of the same study share reads finished trials once.
        fixed: values that the proposal is to have, the branch among them.

    Attributes:
        origin: who made the last proposal: ``model``, ``neighbour`` or ``random``.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        branch: str = "",
        seconds_left: float | None = None,
        prior: Sequence[PriorPoint] = (),
        reader: Reader | None = None,
        fixed: Mapping[str, Any] | None = None,
    ) -> None:
        self.origin = "random"
        self._rng = np.random.default_rng(seed)
        self._independent = RandomSampler(seed=None if seed is None else seed % 2**32)
        self._branch = branch
        self._seconds_left = seconds_left
        self._prior = prior_of(prior)
        self._reader = reader or Reader()
        self._fixed = dict(fixed or {})
        self._chosen: dict[int, dict[str, Any]] = {}

    def reseed_rng(self) -> None:
        """Take a new seed, for workers that are copies of one another."""
        self._rng = np.random.default_rng()
        self._independent.reseed_rng()

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Return the parameters of the branch that is chosen for this trial."""
        evidence = self._reader.read(study, but=trial.number)
        known = evidence.ranges
        branches = known.get(self._branch)
        if isinstance(branches, CategoricalDistribution):
            branch = self._fixed.get(self._branch) or self._branch_of(evidence, branches.choices)
            chosen = {self._branch: branch}
            known = {self._branch: branches, **evidence.of(chosen).ranges}
            self._chosen[trial.number] = chosen  # several threads may be between here and the sampling
        return {name: item for name, item in known.items() if not item.single()}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Return values of all these parameters."""
        self.origin = "random"
        evidence = self._reader.read(study, but=trial.number)
        chosen = self._chosen.pop(trial.number, {})
        free = {name: item for name, item in search_space.items() if name not in chosen}
        if not free:
            return chosen
        knowledge = self._knowledge(Encoding(free), evidence.of(chosen), chosen)
        with one_thread():
            draw = knowledge.draw(self._rng)
        self.origin = draw.origin
        return {**chosen, **Encoding(free).decode(draw.point)}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw a parameter that was not seen before."""
        return self._independent.sample_independent(study, trial, param_name, param_distribution)

    def expected_gain(self, study: Study) -> float | None:
        """Return by how much the next trial is expected to improve the score of the best one.

        Returns:
            the gain of the most promising branch in units of the first score, by how scores and standings
            of the longest trained spread; None while too little is known.
        """
        evidence = self._reader.read(study)
        branches = {item.params.get(self._branch) for item in evidence.seen}
        gains = []
        for value in sorted(branches, key=str):
            chosen = {} if value is None else {self._branch: value}
            own = evidence.of(chosen)
            known = {name: item for name, item in own.ranges.items() if not item.single()}
            free = {name: item for name, item in known.items() if name not in chosen}
            if len(own.seen) > len(free) > 0:
                gains.append(self._knowledge(Encoding(free), own, chosen).expected_gain(self._rng))
        unit = evidence.score_per_standing()
        return max(gains) * unit if gains and unit is not None else None

    def _knowledge(self, encoding: Encoding, evidence: Evidence, chosen: dict[str, Any]) -> Knowledge:
        prior = self._prior.of(chosen).left(len(evidence.seen))
        return Knowledge(
            encoding=encoding,
            evidence=evidence,
            prior=prior,
            by_time=self._seconds_left is not None,
            fixed=self._fixed,
        )

    def _branch_of(self, evidence: Evidence, values: Sequence[Any]) -> Any:
        """Choose a branch: one that was never tried, else by a draw of its chance to be among the best."""
        looks = first_looks((item.params.get(self._branch, ""), item.seconds) for item in evidence.seen)
        values = [value for value in values if looks.fits(value, self._seconds_left)] or values
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
            cost = 1.0 if self._seconds_left is None else looks.seconds.get(value, 1.0)
            chances[value] = chance / cost**COST_WEIGHT
        return max(chances, key=lambda value: chances[value])
