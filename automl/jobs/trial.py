"""The story of one trial: build its model, train it on each fold, say what came of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.seeds import derive
from automl.core.specs import Objective, TrialRecord, TrialState
from automl.jobs.assembly import Dealt, deal
from automl.jobs.loop import Plan, TrialEnd
from automl.jobs.training import Setting, train_model
from automl.training.engine import Epoch, Observer, Outcome, StopReason
from automl.training.failures import failure_reason

if TYPE_CHECKING:
    import keras


def run_trial(setting: Setting, plan: Plan) -> TrialEnd:
    """Run one trial; whatever goes wrong in it is its result, only interruption is raised."""
    started = time.monotonic()
    blank = TrialRecord(
        number=plan.number,
        configuration=plan.configuration,
        state="failed",
        seed=plan.seed,
        run_id=plan.run_id,
    )
    try:
        end = _train_folds(setting, plan, blank)
    except Exception as error:
        end = TrialEnd(record=replace(blank, reason=failure_reason(error)))
    seconds = time.monotonic() - started
    return replace(end, record=_timed(end.record, setting.objectives, seconds))


def _train_folds(setting: Setting, plan: Plan, blank: TrialRecord) -> TrialEnd:
    family, parameters = setting.space.split(plan.configuration)
    dealt = wanted = deal(setting.families[family], setting.folds[0].task, parameters)
    outcomes: list[Outcome] = []
    reasons: list[str] = []
    first: keras.Model | None = None
    for index, fold in enumerate(setting.folds):
        trained = train_model(
            setting,
            dealt,
            fold,
            title=f"trial {plan.number}",
            epochs=setting.epochs[family],
            seed=derive(plan.seed, index),
            watch=_observer(plan.watch if index == 0 else lambda epoch: "", reasons),
            deadline=plan.deadline,
        )
        dealt, first = trained.dealt, first or trained.model
        outcomes.append(trained.outcome)
        if trained.outcome.best < 0 or trained.outcome.stopped in ("pruned", "deadline"):
            break
    record = _record(blank, outcomes, len(setting.folds), setting.objectives, first, reasons)
    record = replace(record, reason=_with_parts(record.reason, wanted, dealt))
    return TrialEnd(record=record, model=first if record.state != "failed" else None)


def _with_parts(reason: str, wanted: Dealt, trained: Dealt) -> str:
    parts = trained.training.accumulation
    if parts == wanted.training.accumulation:
        return reason
    note = f"out of memory: trained in {parts} parts per batch"
    return f"{reason}; {note}" if reason else note


def _observer(watch: Callable[[Epoch], str], reasons: list[str]) -> Observer:
    """An observer that ends a trial when the watch gives a reason, and notes it."""

    def observe(epoch: Epoch) -> StopReason:
        reason = watch(epoch)
        if not reason:
            return ""
        reasons.append(reason)
        return "pruned"

    return observe


def _record(
    blank: TrialRecord,
    outcomes: list[Outcome],
    folds: int,
    objectives: tuple[Objective, ...],
    model: keras.Model | None,
    reasons: list[str],
) -> TrialRecord:
    lost = [outcome for outcome in outcomes if outcome.best < 0]
    if lost or model is None:
        reason = "NaN loss or predictions" if lost and lost[0].stopped == "diverged" else "no epoch ended"
        return replace(blank, reason=reason, epochs=sum(len(item.epochs) for item in outcomes))
    bests = [outcome.epochs[outcome.best] for outcome in outcomes]
    metrics = {
        name.removeprefix("val_"): statistics.fmean(best.metrics[name] for best in bests)
        for name in bests[0].metrics
        if name.startswith("val_")
    }
    costs = {"parameters": float(model.count_params()), "seconds": 0.0}
    scores = tuple({**metrics, **costs}[item.name] for item in objectives)
    if any(score != score for score in scores):
        return replace(blank, reason="the score is NaN", epochs=len(outcomes[0].epochs))
    state, reason = _state(outcomes, folds, reasons)
    return replace(
        blank,
        state=state,
        reason=reason,
        scores=scores,
        metrics={**metrics, "parameters": costs["parameters"]},
        epochs=max(len(outcome.epochs) for outcome in outcomes),
        best_epoch=round(statistics.median(best.number for best in bests)),
        spread=_spread(bests, objectives[0]) if folds > 1 else None,
        effort=_effort(outcomes),
    )


def _effort(outcomes: list[Outcome]) -> dict[str, float]:
    """Where the time of the engine went, over all folds."""
    said = [outcome.facts for outcome in outcomes if "program" in outcome.facts]
    if not said:
        return {}
    hits = sum(facts["program"] == "hit" for facts in said)
    seconds = {name: sum(facts[name] for facts in said) for name in ("compile_seconds", "step_seconds")}
    return {**seconds, "program_hits": float(hits), "program_misses": float(len(said) - hits)}


def _state(outcomes: list[Outcome], folds: int, reasons: list[str]) -> tuple[TrialState, str]:
    stopped = outcomes[-1].stopped
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
