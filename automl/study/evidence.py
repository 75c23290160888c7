"""What a study's trials say of their configurations, however far each of them got.

Trials stand by the first rung; those that went on are ordered anew, among their own places, by each higher
one. So a paused trial counts by the rung where it waits, and nobody is punished for having stopped early.
The standings are the normal scores of the ranks: they know neither the metric's scale nor outliers.

A study of ours has its rungs in the trials' records. In any other one the rungs are epochs, or whatever
steps are reported, and the last is the trial's end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from scipy.special import ndtri

from automl.core.specs import Objective
from automl.study.ranking import order, total_excess
from automl.study.rungs import ladder
from automl.study.stored import record_of

CAUTION = 4
"""A higher rung's order among k trials weighs k / (k + this): that of very few is mostly chance."""

_LEAST = 3
_JUDGED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One trial.

    Attributes:
        params: its parameters.
        distributions: theirs.
        rungs: scores at each rung that it reached, lowest first; empty for one that failed.
        excess: by how much it violates its limits, 0 where it keeps them.
        seconds: time per epoch, 0 where it is not known.
        origin: who proposed it, or empty.
    """

    params: Mapping[str, Any]
    distributions: Mapping[str, BaseDistribution]
    rungs: tuple[tuple[float, ...], ...]
    excess: float
    seconds: float
    origin: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that was seen.

    Attributes:
        seen: trials with a result.
        standings: theirs, smaller is better, about standard normal ``(n,)`` float64.
        pending: parameters of trials in training that have no result yet.
    """

    seen: tuple[Seen, ...]
    standings: np.ndarray
    pending: tuple[Mapping[str, Any], ...]

    def score_per_standing(self) -> float | None:
        """Return how much of the first score a unit of standing is, among those that reached the last rung.

        None when fewer than three did.
        """
        last = max((len(item.rungs) for item in self.seen), default=0)
        there = [place for place, item in enumerate(self.seen) if last and len(item.rungs) == last]
        if len(there) < _LEAST:
            return None
        scores = np.array([self.seen[place].rungs[-1][0] for place in there])
        return float(scores.std() / max(float(self.standings[there].std()), 1e-9))

    def of(self, params: Mapping[str, Any]) -> Evidence:
        """Return the part with these parameter values, in its order."""

        def fits(item: Mapping[str, Any]) -> bool:
            return all(item.get(name) == value for name, value in params.items())

        kept = [place for place, item in enumerate(self.seen) if fits(item.params)]
        return Evidence(
            seen=tuple(self.seen[place] for place in kept),
            standings=self.standings[kept],
            pending=tuple(item for item in self.pending if fits(item)),
        )


_NOTHING = Evidence(seen=(), standings=np.zeros(0), pending=())


class Reader:
    """Reads studies, one after another; what has finished is read once."""

    def __init__(self) -> None:
        self._study = ""
        self._levels: tuple[int, ...] = ()
        self._finished: dict[int, Seen | None] = {}
        self._latest: tuple[int | None, Evidence] = (None, _NOTHING)

    def read(self, study: Study, *, but: int | None = None) -> Evidence:
        """Return what a study's trials say.

        Args:
            study: of Optuna.
            but: number of the trial that is being proposed, which is not pending; asked for again, it is
                answered as before.
        """
        if but is not None and self._latest[0] == but and self._study == study.study_name:
            return self._latest[1]
        trials = [item for item in study.get_trials(deepcopy=False, states=_JUDGED) if item.params]
        self._forget(study.study_name, _levels(trials))
        results = [(trial, self._seen(trial)) for trial in trials]
        seen = [item for _, item in results if item is not None]
        evidence = Evidence(
            seen=tuple(seen),
            standings=standings(seen, [_objective(direction) for direction in study.directions]),
            pending=tuple(
                trial.params
                for trial, item in results
                if item is None and trial.state == TrialState.RUNNING and trial.number != but
            ),
        )
        self._latest = (but, evidence)
        return evidence

    def _forget(self, study: str, levels: tuple[int, ...]) -> None:
        if (study, levels) != (self._study, self._levels):
            self._study, self._levels, self._finished = study, levels, {}

    def _seen(self, trial: FrozenTrial) -> Seen | None:
        if trial.state == TrialState.RUNNING:
            return _result(trial, self._levels)
        if trial.number not in self._finished:
            self._finished[trial.number] = _result(trial, self._levels)
        return self._finished[trial.number]


def gather(study: Study) -> Evidence:
    """Return what a study's trials say."""
    return Reader().read(study)


def standings(seen: Sequence[Seen], objectives: Sequence[Objective]) -> np.ndarray:
    """Return how trials stand, ``(n,)`` float64; smaller is better, what failed is the worst."""
    if not seen:
        return np.zeros(0)
    lost = tuple(float("nan") for _ in objectives)
    firsts = [item.rungs[0] if item.rungs else lost for item in seen]
    found = _normal(_ranks(firsts, [item.excess for item in seen], objectives))
    for rung in range(1, max(len(item.rungs) for item in seen)):
        there = np.array([place for place, item in enumerate(seen) if len(item.rungs) > rung])
        scores = [seen[place].rungs[rung] for place in there]
        ranks = _ranks(scores, [seen[place].excess for place in there], objectives)
        weight = len(there) / (len(there) + CAUTION)
        found[there] = (1 - weight) * found[there] + weight * np.sort(found[there])[ranks]
    return found


def _ranks(
    scores: Sequence[Sequence[float]], excess: Sequence[float], objectives: Sequence[Objective]
) -> np.ndarray:
    ranks = np.empty(len(scores), int)
    ranks[order(scores, objectives, excess)] = np.arange(len(scores))
    return ranks


def _normal(ranks: np.ndarray) -> np.ndarray:
    return np.asarray(ndtri((ranks + 0.5) / len(ranks)))


def _objective(direction: StudyDirection) -> Objective:
    return Objective(
        name="value", direction="maximize" if direction == StudyDirection.MAXIMIZE else "minimize"
    )


def _result(trial: FrozenTrial, levels: Sequence[int]) -> Seen | None:
    """A trial with a result; one without any is a failure, or not heard of yet."""
    record = record_of(trial)
    rungs = tuple(rung.scores for rung in record.rungs) or _rungs(trial, levels)
    if not rungs and trial.state != TrialState.FAIL:
        return None
    return Seen(
        params=trial.params,
        distributions=trial.distributions,
        rungs=rungs,
        excess=total_excess(record.constraints or trial.constraints.values()),
        seconds=record.seconds_per_epoch,
        origin=trial.user_attrs.get("proposal", {}).get("origin", ""),
    )


def _levels(trials: Sequence[FrozenTrial]) -> tuple[int, ...]:
    """Steps that count as rungs where the trials have no records."""
    foreign = [item for item in trials if not item.user_attrs.get("record", {}).get("rungs")]
    steps = [item.last_step for item in foreign if item.last_step is not None]
    return ladder(max(steps)) if steps and max(steps) > 0 else ()


def _rungs(trial: FrozenTrial, levels: Sequence[int]) -> tuple[tuple[float, ...], ...]:
    """The rungs of a trial whose record has none, by what it reported."""
    if trial.state == TrialState.RUNNING:
        return ()
    values = trial.values if trial.state == TrialState.COMPLETE else None
    if values is not None and not trial.intermediate_values:
        # by the rules of a study without steps; with steps, one that reported none has passed them all
        return tuple(tuple(values) for _ in (*levels, None))
    reached = [(_at(trial, level),) for level in levels if level <= (trial.last_step or 0)]
    return (*reached, tuple(values)) if values is not None else tuple(reached)


def _at(trial: FrozenTrial, level: int) -> float:
    """What the trial last reported up to a step, NaN before its first report."""
    steps = [step for step in trial.intermediate_values if step <= level]
    return trial.intermediate_values[max(steps)] if steps else float("nan")
