"""Trial records as an Optuna study keeps them: in the user attribute ``record``, as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from automl.core.specs import Rung, TrialRecord
from automl.core.specs import TrialState as State

_STATES: dict[TrialState, State] = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}
TOLD = {state: trial_state for trial_state, state in _STATES.items()}
"""Optuna's state of a finished trial, by ours."""


def plain(record: TrialRecord) -> dict[str, Any]:
    """Return a record as plain JSON, without what Optuna keeps itself."""
    return {
        "configuration": dict(record.configuration),
        "scores": [float(score) for score in record.scores],
        "metrics": {name: float(value) for name, value in record.metrics.items()},
        "epochs": int(record.epochs),
        "best_epoch": int(record.best_epoch),
        "seconds": float(record.seconds),
        "seed": int(record.seed),
        "reason": record.reason,
        "run_id": record.run_id,
        "spread": None if record.spread is None else float(record.spread),
        "effort": {name: float(value) for name, value in record.effort.items()},
        "origin": record.origin,
        "rungs": [
            [rung.epochs, [float(score) for score in rung.scores], rung.time] for rung in record.rungs
        ],
        "pauses": record.pauses,
        "promotions": record.promotions,
        "constraints": [float(excess) for excess in record.constraints],
    }


def has_record(trial: FrozenTrial) -> bool:
    """Whether a trial is finished or waits at a rung."""
    return trial.state in _STATES or (trial.state == TrialState.RUNNING and "record" in trial.user_attrs)


def record_of(trial: FrozenTrial) -> TrialRecord:
    """Return a trial's record; one that was added by other hands has only what Optuna knows."""
    values = trial.values if trial.state == TrialState.COMPLETE else None
    kept = {"configuration": trial.params, "scores": values or (), **trial.user_attrs.get("record", {})}
    kept |= {name: tuple(kept.get(name, ())) for name in ("scores", "constraints")}
    rungs = tuple(_rung(*item) for item in kept.get("rungs", ()))
    state = _STATES.get(trial.state, "paused")
    return TrialRecord(**{**kept, "number": trial.number, "state": state, "rungs": rungs})


def _rung(epochs: int, scores: Sequence[float], time: float = 0.0) -> Rung:
    return Rung(epochs=epochs, scores=tuple(scores), time=time)
