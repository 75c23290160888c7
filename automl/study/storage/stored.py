"""Trial records as an Optuna study keeps them: in the user attribute ``record``, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from automl.core.specs import TrialRecord
from automl.core.specs import TrialState as State
from automl.core.trial_json import record_from_json, record_to_json

_STATES: dict[TrialState, State] = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}
TOLD = {state: trial_state for trial_state, state in _STATES.items()}
"""Optuna's state of a finished trial, by ours."""
_OPTUNAS = ("number", "state", "baseline")
"""Parts of a record that the study does not keep twice: a baseline is no trial of it."""


def stored(record: TrialRecord) -> dict[str, Any]:
    """Return a record as plain JSON, without what Optuna keeps itself."""
    return {name: value for name, value in record_to_json(record).items() if name not in _OPTUNAS}


def has_record(trial: FrozenTrial) -> bool:
    """Whether a trial is finished or waits at a rung."""
    return trial.state in _STATES or (trial.state == TrialState.RUNNING and "record" in trial.user_attrs)


def record_of(trial: FrozenTrial) -> TrialRecord:
    """Return a trial's record; one that was added by other hands has only what Optuna knows.

    Raises:
        ConfigError: its record is none of ours.
    """
    number, state = trial.number, _STATES.get(trial.state, "paused")
    if "record" not in trial.user_attrs:
        values = trial.values if trial.state == TrialState.COMPLETE else None
        scores = tuple(values or ())
        return TrialRecord(number=number, state=state, configuration=trial.params, scores=scores)
    kept = trial.user_attrs["record"]
    if isinstance(kept, Mapping):
        kept = {"configuration": trial.params, **kept, "number": number, "state": state}
    return record_from_json(kept)
