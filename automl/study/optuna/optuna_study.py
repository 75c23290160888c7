"""A proposer backed by an Optuna study: ask and tell, kept in a storage, and resumable.

What is stored: a trial's parameters are Optuna's own, without the constants; the rest of its record is
the user attribute ``record``. A trial exists in the study from the moment it is asked for; one that waits
at a rung is a running trial with a record, until it is promoted to its end or the search is over. One
process at a time works on a study: trials that are found running without a record when it is opened were
interrupted, and are handed out again under their numbers, with their configurations, before anything new.
So rungs, promotions and the portfolio's place are in the study alone.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
from optuna.samplers import BaseSampler, RandomSampler
from optuna.trial import FrozenTrial, Trial, TrialState

from automl.core.errors import ConfigError
from automl.core.specs import Configuration, Objective, Scalar, TrialRecord
from automl.spaces.parameters import Parameter
from automl.spaces.space import SearchSpace
from automl.study.earlier.portfolio import Start, next_start
from automl.study.optuna.plots import draw_study
from automl.study.optuna.pruners import PASHA, reads_reports
from automl.study.promotion.front import best_records
from automl.study.promotion.promoter import Promoter, next_pause
from automl.study.promotion.stopping import LEAST_TRIALS, REPEAT, noise_of, repeat_of, why_end
from automl.study.proposals.distributions import suggested
from automl.study.proposals.drawing import Drawn, begin, draw
from automl.study.proposals.evidence import Reader
from automl.study.proposals.free import Values, add_values, begin_with, drawn_by
from automl.study.proposals.grid import grid_points
from automl.study.proposals.prior_point import PriorPoint
from automl.study.proposals.rung_sampler import RungSampler
from automl.study.proposals.samplers import Memory, build_sampler
from automl.study.proposer import UNLIMITED, Horizon, Proposal
from automl.study.storage.stored import TOLD, has_record, record_of, stored
from automl.study.told import checked_record, left_behind

_SECONDS_BETWEEN_REPORTS = 1.0
_ATTEMPT = 1_000_003
"""Between the numbers by which attempts at one trial are seeded."""
_ASK_NOTHING = (RungSampler, RandomSampler)
"""Samplers that need no trial to propose one."""


class OptunaProposer:
    """One study, made by ``open_proposer``; long, as the Protocol's methods share its reader and queues.

    Attributes:
        study: the Optuna study.
        notes: what a user should be told about the settings.
        ended: why a search without a budget is over, or empty.
    """

    def __init__(
        self,
        *,
        study: optuna.Study,
        space: SearchSpace,
        objectives: tuple[Objective, ...],
        levels: Callable[[Configuration], tuple[int, ...]],
        sampler: str,
        pruner: str,
        seed: int,
        starts: Sequence[Start],
        prior: Sequence[PriorPoint] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        self.study = study
        self.notes = notes
        self.ended = ""
        self._space = space
        self._objectives = objectives
        self._levels = levels
        self._sampler = sampler
        self._every_epoch = reads_reports(sampler, pruner)
        self._seed = seed
        self._starts = starts
        self._reader = Reader()
        self._memory = Memory(prior=prior, reader=self._reader)
        self._running: dict[int, Trial] = {}
        self._waiting: dict[int, Trial] = {}
        self._reached: dict[int, int] = {}
        self._reported = 0.0
        self._looked = 0
        trials = study.get_trials(deepcopy=False)
        self._promoter = Promoter(
            objectives=objectives,
            levels=levels,
            growing=pruner == PASHA,
            records=(record_of(item) for item in trials if has_record(item)),
        )
        running = (item for item in trials if item.state == TrialState.RUNNING)
        self._interrupted = deque(item for item in running if not has_record(item))
        self._grid = self._untried() if sampler == "grid" else None

    @property
    def interrupted(self) -> tuple[int, ...]:
        """Numbers of the trials that a stop cut short and that are still to be handed out again."""
        return tuple(trial.number for trial in self._interrupted)

    def ask(self, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return what to train next: interrupted trials, promotions, the portfolio, then the sampler's."""
        if self._interrupted:
            return self._begun(self._resumed(), horizon)
        if horizon.open and self._over():
            horizon = Horizon(trials=0)
        promoted = self._promoted(horizon)
        if promoted is not None or horizon.trials == 0:
            return promoted
        if not self._promoter.fits(horizon):
            return None
        return self._new(horizon)

    def resume(self) -> Proposal | None:
        """Return a trial of ``begin`` that a stop cut short, with its configuration; None without one."""
        if not self._interrupted:
            return None
        trial = self._resumed()
        known = _proposal_of(trial)
        return self._proposed(trial, known.get("configuration", {}), str(known.get("origin", "")))

    def drawing(self, attempt: int = 0) -> tuple[Callable[[str, Parameter], Scalar], str]:
        """Return what draws a trial that does not exist yet, parameter by parameter, and its origin: for
        spaces that are known only as far as a program has asked. Each attempt draws otherwise.
        """
        trials = self.study.get_trials(deepcopy=False)
        sampler = self.study.sampler = self._sampler_of(len(trials) + attempt * _ATTEMPT, UNLIMITED)
        self._reader.read(self.study, but=len(trials), trials=trials)
        return drawn_by(self.study, sampler, len(trials)), _origin_of(sampler)

    def begin(self, configuration: Configuration, values: Values, origin: str) -> Proposal:
        """Begin a trial that was chosen elsewhere; ``values`` are those that the sampler may learn from."""
        trial = begin_with(self.study, configuration, values, origin)
        return self._proposed(trial, configuration, origin)

    def learn(self, number: int, values: Values) -> None:
        """Let the sampler know values of a running trial that it was not begun with."""
        add_values(self.study, self.trial(number), values)

    def ask_like(self, fixed: Configuration, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return a new trial that has these values; only with samplers that need no trial for that."""
        trials = self.study.get_trials(deepcopy=False)
        sampler = self._sampler_of(len(trials), horizon, fixed)
        able = self._grid is None and isinstance(sampler, _ASK_NOTHING) and not self._enqueued(trials)
        if not able or horizon.trials == 0 or len(self._space.active(fixed)) == len(fixed):
            return None
        self.study.sampler = sampler
        return self._drawn(sampler, trials, fixed)

    def _drawn(self, sampler: BaseSampler, trials: Sequence[FrozenTrial], fixed: Configuration) -> Proposal:
        """A trial of a sampler that needs none to propose it."""
        if isinstance(sampler, RungSampler):  # a random one learns nothing
            self._reader.read(self.study, but=len(trials), trials=trials)
        configuration = draw(self.study, self._space, sampler, len(trials), fixed)
        drawn = Drawn(configuration=configuration, origin=_origin_of(sampler))
        return self._proposed(begin(self.study, self._space, drawn), configuration, drawn.origin)

    def _over(self) -> bool:
        """Whether a search without a budget has found what there is to find."""
        begun = len(self._promoter.records) + len(self._running)
        if not self.ended:
            gain = noise = None
            sampler = self.study.sampler
            if begun >= LEAST_TRIALS and isinstance(sampler, RungSampler) and len(self._objectives) == 1:
                noise = noise_of(self.records(), self._objectives[0])
                gain = None if noise is None else sampler.expected_gain(self.study)
            self.ended = why_end(begun, gain, noise, self._objectives[0])
        return bool(self.ended)

    def _begun(self, trial: Trial, horizon: Horizon) -> Proposal:
        """Ask for the parameters of a trial that is there already."""
        sampler = self.study.sampler = self._sampler_of(trial.number, horizon)
        configuration = self._space.walk(lambda parameter: suggested(trial, parameter))
        known = _proposal_of(trial)  # of an earlier attempt
        origin = str(known.get("origin") or _origin_of(sampler))
        trial.set_user_attr("proposal", {"configuration": configuration, "origin": origin})
        return self._proposed(trial, configuration, origin)

    def _proposed(self, trial: Trial, configuration: Configuration, origin: str) -> Proposal:
        self._running[trial.number] = trial
        levels = self._levels(configuration)
        return Proposal(
            number=trial.number,
            configuration=configuration,
            origin=origin,
            until=None if origin == REPEAT else next_pause(levels, 0),
            levels=levels,
        )

    def _sampler_of(self, number: int, horizon: Horizon, fixed: Configuration | None = None) -> BaseSampler:
        return build_sampler(
            self._sampler,
            seed=self._seed,
            number=number,
            objectives=len(self._objectives),
            memory=replace(self._memory, seconds_left=horizon.seconds, fixed=fixed or {}),
        )

    def _promoted(self, horizon: Horizon) -> Proposal | None:
        found = self._promoter.next(horizon, self._running)
        if found is None:
            return None
        record = found.record
        self._take_up(record.number)
        self._reached[record.number] = record.epochs  # its state may be lost, and it begin again
        return Proposal(
            number=record.number,
            configuration=record.configuration,
            origin=record.origin,
            until=found.until,
            levels=self._levels(record.configuration),
            paused=record,
        )

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Report the first objective after an epoch; returns whether to prune the trial.

        Epochs that an interrupted attempt had reported already are neither stored nor judged again. With
        a pruner or sampler that reads it, every epoch is stored; else one a second, as each waits for the
        disk.
        """
        trial = self.trial(number)
        if not self._every_epoch and not self._due():
            return False
        if len(self._objectives) > 1 or epoch < self._reached.get(number, 0):
            return False
        if epoch != self._reached.get(number):
            trial.report(float(value), epoch)
        return trial.should_prune()

    def _due(self) -> bool:
        now = time.monotonic()
        if now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return False
        self._reported = now
        return True

    def pause(self, record: TrialRecord) -> None:
        """Record how a trial stands at the rung where it waits.

        Raises:
            ConfigError: the trial is not running.
        """
        trial = self.trial(record.number)
        known = trial.storage.get_trial(trial._trial_id).intermediate_values
        if len(self._objectives) == 1 and record.epochs not in known:
            trial.report(record.rungs[-1].scores[0], record.epochs)
        trial.set_user_attr("record", stored(record))
        self._promoter.put(record)
        self._reader.rest(record.number)
        self._waiting[record.number] = self._running.pop(record.number)

    def close(self) -> list[TrialRecord]:
        """End the trials that wait, as pruned; returns their records."""
        waiting = [record for record in self.records() if record.state == "paused"]
        ended = [left_behind(record) for record in waiting]
        for record in ended:
            if record.number not in self._running:
                self._take_up(record.number)
            self.tell(record, {})
        return ended

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Record a finished trial for ever.

        Args:
            record: how it ended; complete with scores that are not finite counts as failed.
            facts: anything that is plain JSON.

        Raises:
            ConfigError: the trial is not running, or has another number of scores.
        """
        trial = self.trial(record.number)
        kept = checked_record(record, len(self._objectives))
        # two writes instead of a dozen: every one is flushed to the disk
        trial.set_user_attr("record", stored(kept))
        if facts:
            trial.set_user_attr("facts", dict(facts))
        for place, excess in enumerate(kept.constraints):
            trial.set_constraint(f"limit {place}", excess)
        scores = list(kept.scores) if kept.state == "complete" else None
        # the state comes last: a process killed before it leaves an interrupted trial, not half a record
        self.study.tell(trial, scores, state=TOLD[kept.state])
        self._promoter.put(kept)
        del self._running[record.number]

    def records(self) -> Sequence[TrialRecord]:
        """Every trial that is finished or paused, by number."""
        return self._promoter.in_order()

    def front(self) -> Sequence[TrialRecord]:
        """The best trial, or the Pareto front."""
        return best_records(self.records(), self._objectives)

    def facts(self, number: int) -> Mapping[str, Any]:
        """Return the facts that were told with a trial."""
        found: Mapping[str, Any] = self._frozen(number).user_attrs.get("facts", {})
        return found

    def plots(self, folder: Path) -> list[Path]:
        """Draw scores against time, history, importances and more; see ``draw_study``."""
        return draw_study(self.study, self._objectives, folder, self.records())

    def trial(self, number: int) -> Trial:
        """Return the Optuna trial that runs under a number, for a user's own suggestions.

        Raises:
            ConfigError: no such trial is running.
        """
        if number not in self._running:
            raise ConfigError(f"trial {number} is not running, so it cannot be reported or told.")
        return self._running[number]

    def _frozen(self, number: int) -> FrozenTrial:
        return self.study.get_trials(deepcopy=False)[number]

    def _take_up(self, number: int) -> None:
        """Make a trial that waits a running one; it may have been paused in an earlier session."""
        self._reader.wake(number)
        if number in self._waiting:
            self._running[number] = self._waiting.pop(number)
        elif number not in self._running:
            self._running[number] = Trial(self.study, self._frozen(number)._trial_id)

    def _resumed(self) -> Trial:
        frozen = self._interrupted.popleft()
        if frozen.last_step is not None:
            self._reached[frozen.number] = frozen.last_step
        return Trial(self.study, frozen._trial_id)

    def _new(self, horizon: Horizon) -> Proposal | None:
        trials = self.study.get_trials(deepcopy=False)
        if self._enqueued(trials):
            return self._begun(self.study.ask(), horizon)
        self._looked = len(trials)
        drawn = self._given(horizon, trials)
        if drawn is None and self._grid is not None:
            return None
        sampler = self.study.sampler = self._sampler_of(len(trials), horizon)
        if drawn is None and isinstance(sampler, _ASK_NOTHING) and self._space.parameters:
            return self._drawn(sampler, trials, {})
        if drawn is None:
            return self._begun(self.study.ask(), horizon)
        trial = begin(self.study, self._space, drawn)
        return self._proposed(trial, drawn.configuration, drawn.origin)

    def _enqueued(self, trials: Sequence[FrozenTrial]) -> bool:
        """Whether somebody has asked for a trial."""
        return any(trial.state == TrialState.WAITING for trial in trials[self._looked :])

    def _given(self, horizon: Horizon, trials: Sequence[FrozenTrial]) -> Drawn | None:
        """What is to be tried whatever the sampler would say."""
        place = self._next_start(horizon, trials)
        if place is not None:
            start = self._starts[place]
            return Drawn(
                configuration=start.configuration, origin=start.origin, attributes={"start": place}
            )
        if self._grid is not None:
            point = next(self._grid, None)
            return None if point is None else Drawn(configuration=point, origin="sampler")
        best = self._repeat(trials) if horizon.open else None
        return None if best is None else Drawn(configuration=best, origin=REPEAT)

    def _repeat(self, trials: Sequence[FrozenTrial]) -> Configuration | None:
        repeated = sum(_proposal_of(trial).get("origin") == REPEAT for trial in trials)
        return repeat_of(self.records(), self._objectives[0], repeated)

    def _next_start(self, horizon: Horizon, trials: Sequence[FrozenTrial]) -> int | None:
        if not self._starts:
            return None
        return next_start(
            self._starts,
            {trial.user_attrs["start"] for trial in trials if "start" in trial.user_attrs},
            self.records(),
            horizon,
            objectives=self._objectives,
        )

    def _untried(self) -> Iterator[dict[str, Scalar]]:
        trials = self.study.get_trials(deepcopy=False)
        tried = [_proposal_of(trial).get("configuration") for trial in trials]
        return (point for point in grid_points(self._space, self._seed) if point not in tried)


def _origin_of(sampler: BaseSampler) -> str:
    return str(getattr(sampler, "origin", "sampler"))


def _proposal_of(trial: FrozenTrial | Trial) -> Mapping[str, Any]:
    found: Mapping[str, Any] = trial.user_attrs.get("proposal", {})
    return found
