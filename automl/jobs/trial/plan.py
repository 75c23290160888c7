"""A trial in transit: what a worker is told and what it returns, as plain JSON between processes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from automl.core.specs import Configuration, Objective, TrialRecord
from automl.core.trial_json import record_from_json, record_to_json
from automl.tasks.objectives import tie_breaker

if TYPE_CHECKING:
    import keras
    import numpy as np

_RECORDS = ("paused", "best", "bar")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One trial to run, or to go on with.

    Attributes:
        number: its number in the study.
        configuration: as the study knows it.
        origin: who proposed it.
        until: epochs at which it pauses, None for its full length.
        levels: epochs of its rungs.
        paused: how it stood at its last pause, None when it begins.
        seed: of weights and batches.
        run_id: the tracker's run.
        best: the best trial when this one was planned.
        bar: the worst of those kept then, where there is room for no more; what does not beat it is not
            kept.
        limit: seconds that it may take to its pause, None for any; one that takes longer is pruned, or
            shortened where it is trained in folds.
    """

    number: int
    configuration: Configuration
    origin: str = ""
    until: int | None = None
    levels: tuple[int, ...] = ()
    paused: TrialRecord | None = None
    seed: int
    run_id: str
    best: TrialRecord | None = None
    bar: TrialRecord | None = None
    limit: float | None = None

    def blank(self) -> TrialRecord:
        """The record of a trial that has come to nothing yet, or not beyond its last pause."""
        if self.paused is not None:
            promotions = self.paused.promotions + 1
            return replace(
                self.paused, state="failed", scores=(), run_id=self.run_id, promotions=promotions
            )
        return TrialRecord(
            number=self.number,
            configuration=self.configuration,
            state="failed",
            seed=self.seed,
            run_id=self.run_id,
            origin=self.origin,
        )

    def lost(self, reason: str) -> TrialRecord:
        """The record of a trial that was lost with its worker: as it stood at its last pause, or failed."""
        if self.paused is not None and self.paused.scores:
            return replace(self.blank(), state="pruned", scores=self.paused.scores, reason=reason)
        return replace(self.blank(), reason=reason)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a trial has found at its best epoch; see ``Outcome``.

    Attributes:
        variables: in the order of ``model.variables``; with folds as the first axis where there are any.
        outputs: raw outputs of the validation part by name, each row by weights not trained on it; empty
            where they are too large.
    """

    variables: tuple[np.ndarray, ...]
    outputs: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TrialEnd:
    """What came of a trial.

    Attributes:
        record: for study, tracker and leaderboard.
        found: what it has found, where it was trained in this process; None when it failed.
        model: the user's own model in a search over such.
        kept: whether what it has found lies in the job folder, as it was worth keeping.
    """

    record: TrialRecord
    found: Found | None = None
    model: keras.Model | None = None
    kept: bool = False


def preference(record: TrialRecord, objective: Objective) -> tuple[Any, ...]:
    """Return what sorts records with the best first.

    Limits come before scores, and a loss breaks ties. A trial that paused or was pruned is as good as its
    best epoch, whose weights are kept.
    """
    score = record.scores[0] if record.scores else math.nan
    return (
        record.state == "failed",
        not record.feasible,
        math.inf if math.isnan(score) else score if objective.direction == "minimize" else -score,
        record.state != "complete",
        tie_breaker(record.metrics),
    )


def beats(record: TrialRecord, best: TrialRecord | None, objective: Objective) -> bool:
    """Whether a trial has a score and is better than the best so far; see ``preference``."""
    if record.state == "failed" or not record.scores:
        return False
    return best is None or preference(record, objective) < preference(best, objective)


def in_order(records: Iterable[TrialRecord], objective: Objective) -> list[TrialRecord]:
    """Return records with the best first; of equals the earlier trial."""
    return sorted(records, key=lambda record: (preference(record, objective), record.number))


def best_of(records: Sequence[TrialRecord], objective: Objective) -> TrialRecord | None:
    """Return the best record, or None when none has a score."""
    best: TrialRecord | None = None
    for record in records:
        best = record if beats(record, best, objective) else best
    return best


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain JSON."""
    records = {name: getattr(plan, name) for name in _RECORDS}
    known = {name: None if record is None else record_to_json(record) for name, record in records.items()}
    return {**vars(plan), "configuration": dict(plan.configuration), "levels": list(plan.levels), **known}


def plan_from_json(values: Mapping[str, Any]) -> Plan:
    """Return what ``plan_to_json`` was given.

    Raises:
        ConfigError: a record in it is none.
    """
    records = {name: values[name] for name in _RECORDS}
    known = {name: None if record is None else record_from_json(record) for name, record in records.items()}
    return Plan(**{**values, **known, "levels": tuple(values["levels"])})


def end_to_json(end: TrialEnd) -> dict[str, Any]:
    """Return what came of a trial as plain JSON; what it has found stays behind."""
    return {"record": record_to_json(end.record), "kept": end.kept}


def end_from_json(values: Mapping[str, Any]) -> TrialEnd:
    """Return what ``end_to_json`` was given, without what was found.

    Raises:
        ConfigError: the record is none.
    """
    return TrialEnd(record=record_from_json(values["record"]), kept=values["kept"])
