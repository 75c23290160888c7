"""One trial from start to end: build its model, train it, report the result."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from automl.core.errors import DiskFullError, TimeUpError
from automl.core.seeds import derive
from automl.core.specs import Objective, Rung, TrialRecord, TrialState, of_validation
from automl.execution.executor import INTERRUPTED, Channel
from automl.jobs.assembly import Dealt
from automl.jobs.intake.setting import Setting
from automl.jobs.trial.held_out import spread
from automl.jobs.trial.messages import FAILED, epoch_message
from automl.jobs.trial.plan import Found, Plan, TrialEnd
from automl.jobs.trial.states import States
from automl.jobs.trial.training import Course, train_model
from automl.tasks.limits import excesses
from automl.training.engine import Epoch, Outcome, StopReason
from automl.training.failures import failure_reason

if TYPE_CHECKING:
    import keras

    from automl.training.engine import TrainingState


_CUT = ("deadline", "paused", "pruned", "interrupted")
"""Ends of a training from without; after its own end a longer one would have changed nothing."""

SAVING_SHARE, SAVING_LEAST = 0.05, 1.0
"""Share of a trial's time that may go into saving its state after an epoch, and seconds between two times
at least; a pause saves it in any case."""

SAVING_SECONDS = 60.0
"""After so long the state is saved whatever that takes: what a crash costs is bounded."""


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
    blank = plan.blank()
    try:
        end = _gone_on(setting, plan, states, channel, blank)
    except (DiskFullError, TimeUpError):
        raise  # says nothing of the trial
    except Exception as error:
        # a second Ctrl-C within native code comes out as whatever error that makes of it
        if channel.say(FAILED) == INTERRUPTED:
            return None
        end = TrialEnd(record=replace(blank, reason=failure_reason(error)))
    if end is None:
        return None
    seconds = time.monotonic() - started
    if end.record.state != "paused":
        states.drop(plan.number)
    return replace(end, record=_timed(end.record, setting.objectives, blank.seconds + seconds))


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


def _gone_on(
    setting: Setting, plan: Plan, states: States, channel: Channel, blank: TrialRecord
) -> TrialEnd | None:
    """Train on from the trial's state, or from the beginning where it has none or one that does not fit."""
    from automl.training.state import StateError

    state = states.take(plan.number, setting.choice.name, wanted=plan.paused is not None)
    try:
        return _train(setting, plan, states, channel, blank, state)
    except StateError as error:
        if state is None:
            raise
        setting.note(f"{error} Trial {plan.number} restarts from scratch.")
        states.drop(plan.number)
        setting.release()
    return _train(setting, plan, states, channel, blank, None)


def _train(
    setting: Setting,
    plan: Plan,
    states: States,
    channel: Channel,
    blank: TrialRecord,
    state: TrainingState | None,
) -> TrialEnd | None:
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
    trained = train_model(setting, dealt, setting.prepared, course)
    watcher.tell_earlier()
    outcome = trained.outcome
    if limited and outcome.stopped == "deadline":
        watcher.reasons.append(f"too slow: it would have taken longer than {plan.limit:.0f} s")
    if outcome.stopped == "interrupted":
        return None
    costs = _costs(setting, trained.model)
    record = _record(blank, outcome, setting, costs, watcher.reasons)
    record = replace(
        record,
        reason=_with_parts(record.reason, dealt, trained.dealt),
        rungs=_rungs(plan, outcome, record, setting.objectives, watcher.times) or blank.rungs,
        pauses=blank.pauses + (record.state == "paused"),
        constraints=excesses(setting.limits, {**record.metrics, **costs}),
    )
    return TrialEnd(record=record, found=Found(variables=outcome.variables, outputs=outcome.outputs))


def _sooner(deadline: float | None, limit: float | None) -> tuple[float | None, bool]:
    """Return when a trial is ended, and whether by a limit of its own rather than the search's."""
    own = None if limit is None else time.monotonic() + limit
    if own is None or (deadline is not None and deadline <= own):
        return deadline, False
    return own, True


def _with_parts(reason: str, wanted: Dealt, trained: Dealt) -> str:
    parts = trained.training.accumulation
    if parts == wanted.training.accumulation:
        return reason
    note = f"out of memory: trained in {parts} parts per batch"
    return f"{reason}; {note}" if reason else note


def _rungs(
    plan: Plan,
    outcome: Outcome,
    record: TrialRecord,
    objectives: tuple[Objective, ...],
    times: Mapping[int, float],
) -> tuple[Rung, ...]:
    """What the trial was worth at each of its rungs; one that ended of itself has reached them all."""
    if not record.scores:
        return ()
    earlier = {rung.epochs: rung.time for rung in plan.paused.rungs} if plan.paused else {}
    rungs = []
    for level in plan.levels:
        trained = len(outcome.epochs)
        if level > trained and outcome.stopped in _CUT:
            break
        scores = _scores_at(level, outcome, record, objectives)
        reached = earlier.get(level) or times.get(min(level, trained), 0.0)
        rungs.append(Rung(epochs=level, scores=scores, time=reached))
    return tuple(rungs)


def _scores_at(
    level: int, outcome: Outcome, record: TrialRecord, objectives: tuple[Objective, ...]
) -> tuple[float, ...]:
    """Scores of the best epoch so far by the first objective that epochs have; costs are the trial's."""
    epochs = outcome.epochs[:level]
    measured = next((item for item in objectives if item.label in epochs[0].metrics), None)
    best = epochs[0]
    for epoch in epochs[1:]:
        if measured and measured.better(epoch.metrics[measured.label], best.metrics[measured.label]):
            best = epoch
    return tuple(
        best.metrics.get(item.label, score) for item, score in zip(objectives, record.scores, strict=True)
    )


def _record(
    blank: TrialRecord,
    outcome: Outcome,
    setting: Setting,
    costs: Mapping[str, float],
    reasons: list[str],
) -> TrialRecord:
    epochs, objectives = outcome.epochs, setting.objectives
    if outcome.best < 0:
        reason = "NaN loss or predictions" if outcome.stopped == "diverged" else "no epoch ended"
        return replace(blank, reason=reason, epochs=len(epochs))
    best = epochs[outcome.best]
    metrics = of_validation(best.metrics)
    scores = tuple({**metrics, **costs}[item.name] for item in objectives)
    if any(score != score for score in scores):
        return replace(blank, reason="the score is NaN", epochs=len(epochs))
    state, reason = _state(outcome, reasons)
    return replace(
        blank,
        state=state,
        reason=reason,
        scores=scores,
        metrics={**metrics, **{name: cost for name, cost in costs.items() if name != "seconds"}},
        epochs=len(epochs),
        best_epoch=best.number,
        spread=spread(setting, outcome.outputs),
        effort=_summed(blank.effort, _effort(outcome)),
    )


def _costs(setting: Setting, model: keras.Model) -> dict[str, float]:
    """What the model costs; its seconds are known when the trial has ended, its latency if it is asked."""
    costs = {"parameters": float(model.count_params()), "seconds": 0.0}
    wanted = {item.name for item in setting.objectives} | {item.name for item in setting.limits}
    if "latency_ms" in wanted:
        from automl.training.latency import latency_ms

        costs["latency_ms"] = latency_ms(model, setting.prepared.split.validation)
    return costs


def _effort(outcome: Outcome) -> dict[str, float]:
    """Where the time of the engine went."""
    facts = outcome.facts
    if "program" not in facts:
        return {}
    hit = float(facts["program"] == "hit")
    seconds = {name: facts[name] for name in ("compile_seconds", "step_seconds")}
    return {**seconds, "program_hits": hit, "program_misses": 1.0 - hit}


def _summed(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in {**one, **other}}


def _state(outcome: Outcome, reasons: list[str]) -> tuple[TrialState, str]:
    if outcome.stopped == "paused":
        return "paused", ""
    if outcome.stopped == "pruned" or (outcome.stopped == "deadline" and reasons):
        return "pruned", reasons[-1]
    return "complete", outcome.stopped


def _timed(record: TrialRecord, objectives: tuple[Objective, ...], seconds: float) -> TrialRecord:
    scores = tuple(
        seconds if item.name == "seconds" else score
        for item, score in zip(objectives, record.scores, strict=False)
    )
    return replace(record, seconds=seconds, scores=scores)
