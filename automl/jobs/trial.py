"""The story of one trial: build its model, train it on each fold, say what came of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from automl.core.metrics import default_objective
from automl.core.seeds import derive
from automl.core.specs import COSTS, Objective, TrialRecord, TrialState
from automl.jobs.assembly import Dealt, Prepared, build_candidate, deal
from automl.jobs.loop import Plan, TrialEnd
from automl.models.family import Family
from automl.spaces.space import SearchSpace
from automl.training.engine import Engine, Epoch, Observer, Outcome, StopReason
from automl.training.failures import failure_reason
from automl.training.strategy import Strategy

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all trials of a job share.

    Attributes:
        folds: prepared data, one per fold.
        families: by short name.
        space: the joint search space.
        epochs: full length of a trial by family.
        objectives: what is optimised.
        engine: trains.
        strategy: where a model is built.
    """

    folds: tuple[Prepared, ...]
    families: Mapping[str, Family]
    space: SearchSpace
    epochs: Mapping[str, int]
    objectives: tuple[Objective, ...]
    engine: Engine
    strategy: Strategy


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
    dealt = deal(setting.families[family], setting.folds[0].task, parameters)
    epochs = setting.epochs[family]
    outcomes: list[Outcome] = []
    reasons: list[str] = []
    first: keras.Model | None = None
    for index, fold in enumerate(setting.folds):
        watch = _observer(plan.watch if index == 0 else lambda epoch: "", reasons)
        outcome, model = _train_one(
            setting, plan.deadline, dealt, fold, watch, epochs, derive(plan.seed, index)
        )
        first = first or model
        outcomes.append(outcome)
        if outcome.best < 0 or outcome.stopped in ("pruned", "deadline"):
            break
    record = _record(blank, outcomes, len(setting.folds), setting.objectives, first, reasons)
    return TrialEnd(record=record, model=first if record.state != "failed" else None)


def _train_one(
    setting: Setting,
    deadline: float | None,
    dealt: Dealt,
    fold: Prepared,
    watch: Observer,
    epochs: int,
    seed: int,
) -> tuple[Outcome, keras.Model]:
    with setting.strategy.scope():
        candidate = build_candidate(dealt, fold, epochs=epochs, seed=seed)
    outcomes = setting.engine.train(
        [candidate],
        fold.split,
        objective=_guide(setting.objectives, fold),
        observers=[watch],
        deadline=deadline,
    )
    return outcomes[0], candidate.model


def _guide(objectives: tuple[Objective, ...], fold: Prepared) -> Objective:
    measured = [item for item in objectives if item.name not in COSTS]
    return measured[0] if measured else default_objective(fold.task.kind)


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
    )


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
