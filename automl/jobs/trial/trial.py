"""One trial from start to end: build its model, train it, report the result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from automl.core.errors import DiskFullError, TimeUpError
from automl.core.seeds import derive
from automl.execution.executor import INTERRUPTED, Channel
from automl.jobs.assembly import Dealt
from automl.jobs.intake.setting import Setting
from automl.jobs.trial.messages import FAILED, epoch_message
from automl.jobs.trial.plan import Found, Plan, TrialEnd
from automl.jobs.trial.record import record_of, timed
from automl.jobs.trial.states import States
from automl.jobs.trial.training import (
    Course,
    Trained,
    candidate_of,
    fit_together,
    train_model,
    train_together,
)
from automl.training.engine import Candidate, Epoch, StopReason
from automl.training.failures import failure_reason

if TYPE_CHECKING:
    from automl.training.engine import TrainingState


SAVING_SHARE, SAVING_LEAST = 0.05, 1.0
"""Share of a trial's time that may go into saving its state after an epoch, and seconds between two times
at least; a pause saves it in any case."""

SAVING_SECONDS = 60.0
"""After so long the state is saved whatever that takes: what a crash costs is bounded."""


def run_trials(
    setting: Setting, plans: Sequence[Plan], states: States, channels: Sequence[Channel]
) -> list[TrialEnd | None]:
    """Run trials that were given together: at once where they gain by it, else one after another.

    Where that fails each is run alone, so that what is wrong with one of them is its own failure; so are
    those that the engine does not train at once, or for which memory is short.

    Args:
        setting: what the trials of the job share.
        plans: which trials, and how far.
        states: where states are saved.
        channels: one for each, see ``run_trial``.

    Returns:
        What came of each; None where the coordinator interrupted it.
    """
    ends = _at_once(setting, plans, states, channels)
    for place, (plan, channel) in enumerate(zip(plans, channels, strict=True)):
        if place not in ends:
            interrupted = None in ends.values()  # and then all are
            ends[place] = None if interrupted else run_trial(setting, plan, states, channel)
    return [ends[place] for place in range(len(plans))]


def run_trial(setting: Setting, plan: Plan, states: States, channel: Channel) -> TrialEnd | None:
    """Run one trial to its end or its next rung, from its beginning or on from its last saved state.

    Whatever goes wrong in it is its result. With folds it has one set of weights for each, trained as one.

    Args:
        setting: what the trials of the job share.
        plan: which trial, and how far.
        states: where states are saved.
        channel: is told of each epoch, and may stop the trial.

    Returns:
        What came of it; None when the coordinator interrupted it, its state saved.
    """
    started = time.monotonic()
    try:
        end = _gone_on(setting, plan, states, channel)
    except (DiskFullError, TimeUpError):
        raise  # says nothing of the trial
    except Exception as error:
        # a second Ctrl-C within native code comes out as whatever error that makes of it
        if channel.say(FAILED) == INTERRUPTED:
            return None
        end = TrialEnd(record=replace(plan.blank(), reason=failure_reason(error)))
    return _closed(setting, plan, states, end, time.monotonic() - started)


@dataclass
class _Watcher:
    """What observers of one trial have noticed.

    Attributes:
        reasons: why the coordinator ended it.
        times: for each epoch when it ended, in seconds since 1970.
        saved: ``time.monotonic()`` of the last saved state.
        cost: seconds that saving it took.
        earlier: epochs of the state that is gone on from, of which the coordinator is still to be told.
    """

    plan: Plan
    states: States
    channel: Channel
    reasons: list[str] = field(default_factory=list)
    times: dict[int, float] = field(default_factory=dict)
    saved: float = field(default_factory=time.monotonic)
    cost: float = 0.0
    earlier: tuple[Epoch, ...] = ()

    def tell_earlier(self) -> None:
        """Tell of the epochs of the state, now that it is seen to fit.

        A coordinator that was killed may not have heard of the last ones; those it knows it leaves out.
        """
        for epoch in self.earlier:
            self.channel.say(epoch_message(epoch))
        self.earlier = ()

    def hear(self, epoch: Epoch) -> StopReason:
        """End a trial when the coordinator gives a reason, pause it at its rung, save it now and then."""
        self.tell_earlier()
        self.times[epoch.number] = time.time()
        reason = self.channel.say(epoch_message(epoch))
        if reason == INTERRUPTED:
            self._save(epoch)
            return "interrupted"
        if reason:
            self.reasons.append(reason)
            return "pruned"
        if self.plan.until is not None and epoch.number >= self.plan.until and epoch.state is not None:
            self._save(epoch)
            return "paused"
        if self._due():
            self._save(epoch)
        return ""

    def _due(self) -> bool:
        since = time.monotonic() - self.saved
        spared = since >= SAVING_LEAST and since * SAVING_SHARE >= self.cost
        return spared or since >= SAVING_SECONDS

    def _save(self, epoch: Epoch) -> None:
        if epoch.state is None:
            return
        began = time.monotonic()
        if self.states.keep(self.plan.number, epoch.state()):
            self.channel.saved()
        self.saved = time.monotonic()
        self.cost = self.saved - began


def _at_once(
    setting: Setting, plans: Sequence[Plan], states: States, channels: Sequence[Channel]
) -> dict[int, TrialEnd | None]:
    """Run those trials that begin and gain from being trained at once; what came of them, by place."""
    if len(plans) == 1 or any(plan.paused or states.has(plan.number) for plan in plans):
        return {}
    started = time.monotonic()
    ends: dict[int, TrialEnd | None] = {}
    try:
        begun = [
            _begun(setting, plan, states, channel) for plan, channel in zip(plans, channels, strict=True)
        ]
        candidates = [candidate_of(setting, item.dealt, setting.prepared, item.course) for item in begun]
        for places in setting.engine.together(candidates, setting.prepared.split):
            chosen = [candidates[place] for place in places]
            if len(places) > 1 and None not in ends.values() and fit_together(setting, chosen):
                found = _trained(setting, [begun[place] for place in places], chosen, started)
                ends.update(zip(places, found, strict=True))
                started = time.monotonic()
    except (DiskFullError, TimeUpError):
        raise  # says nothing of the trials
    except Exception as error:
        if INTERRUPTED in [channel.say(FAILED) for channel in channels]:
            return dict.fromkeys(range(len(plans)))
        setting.note(f"{len(plans)} trials failed together and are run alone: {failure_reason(error)}")
        setting.release()
    return ends


def _trained(
    setting: Setting, begun: Sequence[_Begun], candidates: Sequence[Candidate], started: float
) -> list[TrialEnd | None]:
    """Train candidates at once; they share the time evenly."""
    dealts, courses = [item.dealt for item in begun], [item.course for item in begun]
    trained = train_together(setting, dealts, candidates, courses)
    seconds = (time.monotonic() - started) / len(begun)
    return [
        _closed(setting, item.plan, item.watcher.states, _ended(setting, item, found), seconds)
        for item, found in zip(begun, trained, strict=True)
    ]


def _closed(
    setting: Setting, plan: Plan, states: States, end: TrialEnd | None, seconds: float
) -> TrialEnd | None:
    """A trial that is over or waits: its state is dropped unless it goes on from there."""
    if end is None:
        return None
    if end.record.state != "paused":
        states.drop(plan.number)
    return replace(end, record=timed(end.record, setting.objectives, plan.blank().seconds + seconds))


def _gone_on(setting: Setting, plan: Plan, states: States, channel: Channel) -> TrialEnd | None:
    """Train on from the trial's state, or from the beginning where it has none or one that does not fit."""
    from automl.training.state import StateError

    state = states.take(plan.number, setting.choice.name, wanted=plan.paused is not None)
    try:
        return _train(setting, plan, states, channel, state)
    except StateError as error:
        if state is None:
            raise
        setting.note(f"{error} Trial {plan.number} restarts from scratch.")
        states.drop(plan.number)
        setting.release()
    return _train(setting, plan, states, channel, None)


def _train(
    setting: Setting,
    plan: Plan,
    states: States,
    channel: Channel,
    state: TrainingState | None,
) -> TrialEnd | None:
    begun = _begun(setting, plan, states, channel, state)
    trained = train_model(setting, begun.dealt, setting.prepared, begun.course)
    begun.watcher.tell_earlier()
    return _ended(setting, begun, trained)


@dataclass(frozen=True, kw_only=True)
class _Begun:
    """A trial on its way.

    Attributes:
        plan: of it.
        dealt: its configuration.
        watcher: told of its epochs.
        course: how it is trained.
        limited: whether its deadline is a limit of its own.
    """

    plan: Plan
    dealt: Dealt
    watcher: _Watcher
    course: Course
    limited: bool


def _begun(
    setting: Setting,
    plan: Plan,
    states: States,
    channel: Channel,
    state: TrainingState | None = None,
) -> _Begun:
    family, dealt = setting.dealt(plan.configuration)
    earlier = () if state is None else state.epochs
    watcher = _Watcher(plan=plan, states=states, channel=channel, earlier=earlier)
    deadline, limited = _sooner(channel.deadline, plan.limit)
    course = Course(
        title=f"trial {plan.number}",
        epochs=setting.epochs[family],
        seed=derive(plan.seed, 0),
        watch=watcher.hear,
        deadline=deadline,
        # one that pauses goes on after the deadline of its first look
        fits_deadline=bool(setting.parts) and deadline is not None and plan.until is None,
        state=state,
        folds=setting.parts,
    )
    return _Begun(
        plan=plan,
        dealt=dealt,
        watcher=watcher,
        course=course,
        limited=limited,
    )


def _ended(setting: Setting, begun: _Begun, trained: Trained) -> TrialEnd | None:
    """What came of a trial; None when it was interrupted."""
    plan, outcome, watcher = begun.plan, trained.outcome, begun.watcher
    if begun.limited and outcome.stopped == "deadline":
        watcher.reasons.append(f"too slow: it would have taken longer than {plan.limit:.0f} s")
    if outcome.stopped == "interrupted":
        return None
    record = record_of(
        setting, plan, trained, wanted=begun.dealt, reasons=watcher.reasons, times=watcher.times
    )
    return TrialEnd(record=record, found=Found(variables=outcome.variables, outputs=outcome.outputs))


def _sooner(deadline: float | None, limit: float | None) -> tuple[float | None, bool]:
    """Return when a trial is ended, and whether by a limit of its own rather than the search's."""
    own = None if limit is None else time.monotonic() + limit
    if own is None or (deadline is not None and deadline <= own):
        return deadline, False
    return own, True
