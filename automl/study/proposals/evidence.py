"""What a study's trials say about their configurations, however far each of them got.

Trials are ranked at the first rung; those that continued are re-ranked among their own ranks by each higher
one. So a paused trial counts by the rung where it waits, and no trial is penalized for stopping early.
The standings are the normal scores of the ranks: they know neither the metric's scale nor outliers.

Our studies have the rungs in the trials' records. In any other study, rungs are epochs, or whatever steps
are reported, and the last one is the trial's end.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from scipy.special import ndtri

from automl.core.specs import Objective
from automl.study.promotion.ranking import Ranking, total_excess
from automl.study.promotion.rungs import ladder
from automl.study.storage.stored import record_of

CAUTION = 4
"""A higher rung's order among k trials weighs k / (k + this): that of very few is mostly chance."""

_LEAST = 3


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One trial.

    Attributes:
        params: its parameters.
        distributions: theirs.
        rungs: scores at each rung that it reached, lowest first; empty for one that failed.
        excess: by how much it violates its limits, 0 where it keeps them.
        seconds: time to its first rung, 0 where it is not known.
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
        seen: trials with a result, by number.
        standings: theirs, smaller is better, about standard normal ``(n,)`` float64.
        pending: parameters of trials in training that have no result yet.
        ranges: the latest distribution of each parameter that was seen.
    """

    seen: Sequence[Seen]
    standings: np.ndarray
    pending: tuple[Mapping[str, Any], ...]
    ranges: Mapping[str, BaseDistribution]

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
        if not params:
            return self

        def fits(item: Mapping[str, Any]) -> bool:
            return all(item.get(name) == value for name, value in params.items())

        kept = [place for place, item in enumerate(self.seen) if fits(item.params)]
        seen = [self.seen[place] for place in kept]
        return Evidence(
            seen=seen,
            standings=self.standings[kept],
            pending=tuple(item for item in self.pending if fits(item)),
            ranges=_joined(_distinct(seen)),
        )


_NOTHING = Evidence(seen=(), standings=np.zeros(0), pending=(), ranges={})


class Reader:
    """Reads studies, one after another; every result is read once.

    Threads may share it, as those of ``study.optimize(..., n_jobs=4)`` do. A copy begins with nothing read.
    """

    def __init__(self) -> None:
        self._results = _Results("", ())
        self._latest: tuple[int | None, Evidence] = (None, _NOTHING)
        self._reading = threading.Lock()

    def __reduce__(self) -> tuple[type[Reader], tuple[()]]:
        return Reader, ()

    def read(
        self, study: Study, *, but: int | None = None, trials: Sequence[FrozenTrial] | None = None
    ) -> Evidence:
        """Return what a study's trials say.

        Args:
            study: of Optuna.
            but: number of the trial that is being proposed, which is not pending; asked for again, it is
                answered as before.
            trials: of the study, where they are at hand.
        """
        with self._reading:
            return self._read(study, but, trials)

    def rest(self, number: int) -> None:
        """Know that a trial waits: it is read once more, and then no more until it is woken."""
        with self._reading:
            self._results.resting.add(number)

    def wake(self, number: int) -> None:
        """Know that a trial which waited goes on."""
        with self._reading:
            self._results.resting.discard(number)
            self._results.open.add(number)

    def _read(self, study: Study, but: int | None, trials: Sequence[FrozenTrial] | None) -> Evidence:
        if study.study_name != self._results.study:
            self._results = _Results(study.study_name, study.directions)
        elif but is not None and self._latest[0] == but:
            return self._latest[1]
        trials = study.get_trials(deepcopy=False) if trials is None else trials
        whole = not trials or trials[-1].number == len(trials) - 1
        # Optuna's Hyperband shows a trial's sampler the trials of its own bracket
        results = self._results if whole else _Results("", study.directions)
        self._latest = (but, results.read(trials, but))
        return self._latest[1]


class _Results:
    """What was read of one study.

    Attributes:
        study: its name.
        open: numbers of the trials that are read again.
        resting: numbers of those that have not ended and are not, either.
    """

    def __init__(self, study: str, directions: Sequence[StudyDirection]) -> None:
        self.study = study
        self.resting: set[int] = set()
        self._objectives = [_objective(direction) for direction in directions]
        self._longest = 0
        self._start()

    def _start(self) -> None:
        self.open: set[int] = set()
        self._count = 0
        self._numbers: list[int] = []
        self._seen: list[Seen] = []
        self._records: dict[int, Mapping[str, Any]] = {}
        self._ranges: dict[frozenset[str], Mapping[str, BaseDistribution]] = {}
        self._ranking = Ranking(self._objectives)

    def read(self, trials: Sequence[FrozenTrial], but: int | None) -> Evidence:
        """Read what is new, and return what all comes to; see ``Reader``."""
        fresh = [trials[number] for number in sorted(self.open)] + list(trials[self._count :])
        longest = max([self._longest, *map(_length, fresh)])
        if ladder(longest) != ladder(self._longest):
            self._start()
            fresh = list(trials)
        self._longest = longest
        for trial in fresh:
            self._look_at(trial)
        self._count = len(trials)
        pending = [item for item in fresh if item.number in self.open and item.number not in self._records]
        return Evidence(
            seen=tuple(self._seen),
            standings=standings(self._ranking.rungs),
            pending=tuple(item.params for item in pending if item.params and item.number != but),
            ranges=_joined(self._ranges.values()),
        )

    def _look_at(self, trial: FrozenTrial) -> None:
        number, record = trial.number, trial.user_attrs.get("record")
        if trial.state.is_finished() or number in self.resting:
            self.open.discard(number)
        else:
            self.open.add(number)
            if record is not None and record is self._records.get(number):
                return
        seen = self._seen_of(trial) if trial.params else None
        if seen is not None:
            self._put(number, seen)
            self._records[number] = record or {}

    def _put(self, number: int, seen: Seen) -> None:
        place = bisect_left(self._numbers, number)
        if number in self._records:
            self._seen[place] = seen
        else:
            self._numbers.insert(place, number)
            self._seen.insert(place, seen)
        self._ranking.put(number, seen.rungs, seen.excess)

    def _seen_of(self, trial: FrozenTrial) -> Seen | None:
        """A trial with a result; one without any is a failure, or not heard of yet."""
        record = record_of(trial)
        levels = ladder(self._longest) if self._longest else ()
        rungs = tuple(rung.scores for rung in record.rungs) or _rungs(trial, levels)
        if not rungs and trial.state != TrialState.FAIL:
            return None
        return Seen(
            params=trial.params,
            distributions=self._ranges_of(trial),
            rungs=rungs,
            excess=total_excess(record.constraints or trial.constraints.values()),
            seconds=record.seconds_to_first_rung,
            origin=trial.user_attrs.get("proposal", {}).get("origin", ""),
        )

    def _ranges_of(self, trial: FrozenTrial) -> Mapping[str, BaseDistribution]:
        """The trial's distributions, one object for all trials with the same ones."""
        names = frozenset(trial.distributions)
        known = self._ranges.pop(names, None)
        self._ranges[names] = known if known == trial.distributions else trial.distributions  # the latest
        return self._ranges[names]


def gather(study: Study) -> Evidence:
    """Return what a study's trials say."""
    return Reader().read(study)


def standings(ranks: Sequence[Sequence[int]]) -> np.ndarray:
    """Return how trials stand, ``(n,)`` float64 in the order of their numbers; smaller is better.

    Args:
        ranks: per rung the numbers of the trials that reached it, best first; all reached the first one.
    """
    if not ranks:
        return np.zeros(0)
    numbers = np.sort(ranks[0])
    found = np.empty(len(numbers))
    found[np.searchsorted(numbers, ranks[0])] = _normal(len(numbers))
    for best_first in ranks[1:]:
        there = np.searchsorted(numbers, best_first)
        weight = len(there) / (len(there) + CAUTION)
        found[there] = (1 - weight) * found[there] + weight * np.sort(found[there])
    return found


def _normal(count: int) -> np.ndarray:
    """Normal scores of so many ranks."""
    return np.asarray(ndtri((np.arange(count) + 0.5) / count))


def _distinct(seen: Sequence[Seen]) -> list[Mapping[str, BaseDistribution]]:
    """Each distributions that trials share, in the order of the last trial that has them."""
    latest = {id(item.distributions): item.distributions for item in reversed(seen)}
    return list(reversed(latest.values()))


def _joined(ranges: Iterable[Mapping[str, BaseDistribution]]) -> Mapping[str, BaseDistribution]:
    """The last distribution of each parameter, by name."""
    known: dict[str, BaseDistribution] = {}
    for item in ranges:
        known.update(item)
    return dict(sorted(known.items()))


def _objective(direction: StudyDirection) -> Objective:
    return Objective(
        name="value", direction="maximize" if direction == StudyDirection.MAXIMIZE else "minimize"
    )


def _length(trial: FrozenTrial) -> int:
    """The last step of a trial that has ended without a record of its rungs: there the steps tell them."""
    record = trial.user_attrs.get("record")
    recorded = isinstance(record, Mapping) and record.get("rungs")
    return 0 if recorded or not trial.state.is_finished() else trial.last_step or 0


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
