"""The story of one trial: build its model, train it on each fold, say what came of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.limits import excesses
from automl.core.seeds import derive
from automl.core.specs import Objective, Rung, TrialRecord, TrialState
from automl.jobs.assembly import Dealt, deal
from automl.jobs.loop import Plan, TrialEnd
from automl.jobs.states import States
from automl.jobs.training import Setting, train_model
from automl.training.engine import Epoch, Observer, Outcome, StopReason
from automl.training.failures import failure_reason

if TYPE_CHECKING:
    import keras

    from automl.training.state import TrainingState


_CUT = ("deadline", "paused", "pruned", "interrupted")
"""Ends of a training from without; after its own end a longer one would have changed nothing."""


def run_trial(setting: Setting, plan: Plan, states: States) -> TrialEnd:
    """Run one trial to its end or its next rung, from its beginning or on from its last pause.

    Whatever goes wrong in it is its result, only interruption is raised. Rungs are those of the first
    fold; the others are trained once a trial has come through all of them.
    """
    started = time.monotonic()
    blank = _blank(plan)
    try:
        end = _train_folds(setting, plan, states, blank)
    except Exception as error:
        end = TrialEnd(record=replace(blank, reason=failure_reason(error)))
    seconds = time.monotonic() - started
    if end.record.state != "paused":
        states.drop(plan.number)
    return replace(end, record=_timed(end.record, setting.objectives, blank.seconds + seconds))


def _blank(plan: Plan) -> TrialRecord:
    """The record of a trial that has come to nothing yet, or not beyond its last pause."""
    begun = TrialRecord(
        number=plan.number,
        configuration=plan.configuration,
        state="failed",
        seed=plan.seed,
        run_id=plan.run_id,
        origin=plan.origin,
    )
    if plan.paused is None:
        return begun
    promotions = plan.paused.promotions + 1
    return replace(plan.paused, state="failed", scores=(), run_id=plan.run_id, promotions=promotions)


def _train_folds(setting: Setting, plan: Plan, states: States, blank: TrialRecord) -> TrialEnd:
    family, parameters = setting.space.split(plan.configuration)
    dealt = wanted = deal(setting.families[family], setting.folds[0].task, parameters)
    outcomes: list[Outcome] = []
    reasons: list[str] = []
    times: dict[int, float] = {}
    first: keras.Model | None = None
    for index, fold in enumerate(setting.folds):
        trained = train_model(
            setting,
            dealt,
            fold,
            title=f"trial {plan.number}",
            epochs=setting.epochs[family],
            seed=derive(plan.seed, index),
            watch=_observer(plan, states, reasons, times) if index == 0 else lambda epoch: "",
            deadline=plan.deadline,
            state=_state_of(plan, states, setting) if index == 0 else None,
        )
        dealt, first = trained.dealt, first or trained.model
        outcomes.append(trained.outcome)
        if trained.outcome.best < 0 or trained.outcome.stopped in ("pruned", "paused", "deadline"):
            break
    costs = _costs(setting, first)
    record = _record(blank, outcomes, len(setting.folds), setting.objectives, costs, reasons)
    record = replace(
        record,
        reason=_with_parts(record.reason, wanted, dealt),
        rungs=_rungs(plan, outcomes[0], record, setting.objectives, times) or blank.rungs,
        pauses=blank.pauses + (record.state == "paused"),
        constraints=excesses(setting.limits, {**record.metrics, **costs}),
    )
    return TrialEnd(record=record, model=first if record.state != "failed" else None)


def _with_parts(reason: str, wanted: Dealt, trained: Dealt) -> str:
    parts = trained.training.accumulation
    if parts == wanted.training.accumulation:
        return reason
    note = f"out of memory: trained in {parts} parts per batch"
    return f"{reason}; {note}" if reason else note


def _observer(plan: Plan, states: States, reasons: list[str], times: dict[int, float]) -> Observer:
    """An observer that ends a trial when the watch gives a reason, and pauses it at its rung.

    It notes the reasons, and for each epoch when it ended.
    """

    def observe(epoch: Epoch) -> StopReason:
        times[epoch.number] = time.time()
        reason = plan.watch(epoch)
        if reason:
            reasons.append(reason)
            return "pruned"
        if epoch.number != plan.until or epoch.state is None:
            return ""
        states.keep(plan.number, epoch.state())
        return "paused"

    return observe


def _state_of(plan: Plan, states: States, setting: Setting) -> TrainingState | None:
    return None if plan.paused is None else states.take(plan.number, setting.choice.name)


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
    outcomes: list[Outcome],
    folds: int,
    objectives: tuple[Objective, ...],
    costs: Mapping[str, float],
    reasons: list[str],
) -> TrialRecord:
    lost = [outcome for outcome in outcomes if outcome.best < 0]
    if lost or not costs:
        reason = "NaN loss or predictions" if lost and lost[0].stopped == "diverged" else "no epoch ended"
        return replace(blank, reason=reason, epochs=sum(len(item.epochs) for item in outcomes))
    bests = [outcome.epochs[outcome.best] for outcome in outcomes]
    metrics = {
        name.removeprefix("val_"): statistics.fmean(best.metrics[name] for best in bests)
        for name in bests[0].metrics
        if name.startswith("val_")
    }
    scores = tuple({**metrics, **costs}[item.name] for item in objectives)
    if any(score != score for score in scores):
        return replace(blank, reason="the score is NaN", epochs=len(outcomes[0].epochs))
    state, reason = _state(outcomes, folds, reasons)
    return replace(
        blank,
        state=state,
        reason=reason,
        scores=scores,
        metrics={**metrics, **{name: cost for name, cost in costs.items() if name != "seconds"}},
        epochs=max(len(outcome.epochs) for outcome in outcomes),
        best_epoch=round(statistics.median(best.number for best in bests)),
        spread=_spread(bests, objectives[0]) if folds > 1 else None,
        effort=_summed(blank.effort, _effort(outcomes)),
    )


def _costs(setting: Setting, model: keras.Model | None) -> dict[str, float]:
    """What the model costs; its seconds are known when the trial has ended, its latency if it is asked."""
    if model is None:
        return {}
    costs = {"parameters": float(model.count_params()), "seconds": 0.0}
    wanted = {item.name for item in setting.objectives} | {item.name for item in setting.limits}
    if "latency_ms" in wanted:
        from automl.training.latency import latency_ms

        costs["latency_ms"] = latency_ms(model, setting.folds[0].split.validation)
    return costs


def _effort(outcomes: list[Outcome]) -> dict[str, float]:
    """Where the time of the engine went, over all folds."""
    said = [outcome.facts for outcome in outcomes if "program" in outcome.facts]
    if not said:
        return {}
    hits = sum(facts["program"] == "hit" for facts in said)
    seconds = {name: sum(facts[name] for facts in said) for name in ("compile_seconds", "step_seconds")}
    return {**seconds, "program_hits": float(hits), "program_misses": float(len(said) - hits)}


def _summed(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in {**one, **other}}


def _state(outcomes: list[Outcome], folds: int, reasons: list[str]) -> tuple[TrialState, str]:
    stopped = outcomes[-1].stopped
    if stopped == "paused":
        return "paused", ""
    if stopped == "pruned":
        return "pruned", reasons[-1]
    if len(outcomes) < folds:
        return "pruned", f"{stopped} after {len(outcomes)} of {folds} folds"
    return "complete", stopped


def _spread(bests: list[Epoch], objective: Objective) -> float | None:
    values = [best.metrics[objective.label] for best in bests if objective.label in best.metrics]
    return statistics.stdev(values) if len(values) > 1 else None


def _timed(record: TrialRecord, objectives: tuple[Objective, ...], seconds: float) -> TrialRecord:
    scores = tuple(
        seconds if item.name == "seconds" else score
        for item, score in zip(objectives, record.scores, strict=False)
    )
    return replace(record, seconds=seconds, scores=scores)
