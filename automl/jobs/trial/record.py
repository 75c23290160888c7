"""What came of a trial, as study, tracker and leaderboard are told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.specs import Objective, Rung, TrialRecord, TrialState, of_validation
from automl.jobs.assembly import Dealt
from automl.jobs.intake.setting import Setting
from automl.jobs.trial.held_out import spread
from automl.jobs.trial.plan import Plan
from automl.jobs.trial.training import Trained
from automl.tasks.limits import excesses
from automl.training.engine import Outcome

if TYPE_CHECKING:
    import keras

_CUT = ("deadline", "paused", "pruned", "interrupted")
"""Ends of a training from without; after its own end a longer one would have changed nothing."""


def record_of(
    setting: Setting,
    plan: Plan,
    trained: Trained,
    *,
    wanted: Dealt,
    reasons: Sequence[str],
    times: Mapping[int, float],
) -> TrialRecord:
    """Return the record of a trial, its time as it was at its last pause.

    Args:
        setting: what the trials of the job share.
        plan: of it.
        trained: what came of it.
        wanted: its configuration before memory fell short.
        reasons: why it was ended from without.
        times: for each epoch when it ended, in seconds since 1970.
    """
    blank, outcome = plan.blank(), trained.outcome
    costs = _costs(setting, trained.model)
    record = _record(blank, outcome, setting, costs, reasons)
    return replace(
        record,
        reason=_with_parts(record.reason, wanted, trained.dealt),
        rungs=_rungs(plan, outcome, record, setting.objectives, times) or blank.rungs,
        pauses=blank.pauses + (record.state == "paused"),
        constraints=excesses(setting.limits, {**record.metrics, **costs}),
    )


def timed(record: TrialRecord, objectives: tuple[Objective, ...], seconds: float) -> TrialRecord:
    """Return a record with its time in all."""
    scores = tuple(
        seconds if item.name == "seconds" else score
        for item, score in zip(objectives, record.scores, strict=False)
    )
    return replace(record, seconds=seconds, scores=scores)


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
    reasons: Sequence[str],
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
    gains = float(facts.get("gains_together", False))
    return {**seconds, "program_hits": hit, "program_misses": 1.0 - hit, "gains_together": gains}


def _summed(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in {**one, **other}}


def _state(outcome: Outcome, reasons: Sequence[str]) -> tuple[TrialState, str]:
    if outcome.stopped == "paused":
        return "paused", ""
    if outcome.stopped == "pruned" or (outcome.stopped == "deadline" and reasons):
        return "pruned", reasons[-1]
    return "complete", outcome.stopped
