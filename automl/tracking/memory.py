"""Trackers without a store: one keeps everything in plain records, one discards it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from automl.core.specs import EpochRecord, JobRecord, TrialRecord
from automl.tracking.tracker import ModelRecord


@dataclass(kw_only=True)
class MemoryRun:
    """One trial's run as ``MemoryTracker`` keeps it.

    Attributes:
        number: the trial's number.
        configuration: what was trained.
        seed: seed of weights and batches.
        epochs: metrics by epoch.
        record: how the trial ended or stands at its rung, or None before.
    """

    number: int
    configuration: Mapping[str, Any]
    seed: int
    epochs: dict[int, dict[str, float]] = field(default_factory=dict)
    record: TrialRecord | None = None


class MemoryTracker:
    """Keeps all that it is told; for tests and for looking at a search from Python."""

    experiment_id = ""

    def __init__(self) -> None:
        self.job: JobRecord | None = None
        self.state = ""
        self.facts: dict[str, Any] = {}
        self.runs: dict[str, MemoryRun] = {}
        self.baselines: dict[str, TrialRecord] = {}
        self.best: dict[int, dict[str, float]] = {}
        self.files: dict[str, list[Path]] = {}
        self.models: list[ModelRecord] = []

    def start_job(self, job: JobRecord) -> str:
        """Open the job's run, or go on with ``job.run_id``."""
        self.job, self.state = job, "running"
        return job.run_id or "job"

    def start_trial(self, number: int, configuration: Mapping[str, Any], *, seed: int) -> str:
        """Open a trial's run, or go on with the one that was paused or interrupted."""
        run_id = f"trial-{number}"
        paused = self.runs.get(run_id)
        if paused is not None and paused.record is not None and paused.record.state == "paused":
            return run_id
        self.runs[run_id] = MemoryRun(number=number, configuration=dict(configuration), seed=seed)
        return run_id

    def catch_up(
        self,
        records: Iterable[TrialRecord],
        epochs: Mapping[int, Sequence[EpochRecord]] = MappingProxyType({}),
    ) -> None:
        """Take up what was not told."""
        for record in records:
            run = self.runs.get(f"trial-{record.number}")
            told = None if run is None else run.record
            if told is None or (told.state, told.pauses) != (record.state, record.pauses):
                self.end_trial(record)

    def log_epoch(
        self, run_id: str, epoch: int, metrics: Mapping[str, float], *, at: int | None = None
    ) -> None:
        """Remember one epoch's metrics."""
        self.runs[run_id].epochs[epoch] = dict(metrics)

    def pause_trial(self, record: TrialRecord) -> None:
        """Remember how a trial stands."""
        self.runs[record.run_id or f"trial-{record.number}"].record = record

    def end_trial(self, record: TrialRecord) -> None:
        """Close a trial's run; a baseline belongs to the job's run."""
        if record.baseline:
            self.baselines[record.baseline] = record
            return
        run_id = record.run_id or f"trial-{record.number}"
        if run_id not in self.runs:
            run_id = self.start_trial(record.number, record.configuration, seed=record.seed)
        self.runs[run_id].record = record

    def log_best(self, step: int, scores: Mapping[str, float]) -> None:
        """Remember the best scores so far."""
        self.best[step] = dict(scores)

    def log_files(self, files: Sequence[Path], folder: str = "") -> None:
        """Remember which files were attached."""
        self.files.setdefault(folder, []).extend(files)

    def log_model(self, model: ModelRecord) -> str:
        """Remember the winner."""
        self.models.append(model)
        return f"memory:/{len(self.models)}"

    def end_job(self, state: str, facts: Mapping[str, Any]) -> None:
        """Close the job's run."""
        self.state, self.facts = state, dict(facts)

    def deliver_waiting(self, name: str, run_id: str) -> str:
        """Return the id itself: nothing waits here."""
        return run_id

    def resolve(self, run_id: str) -> str:
        """Return the id itself: nothing is provisional here."""
        return run_id

    def notes(self) -> tuple[str, ...]:
        """Return nothing: memory is never away."""
        return ()


class NullTracker:
    """Remembers nothing: a search with ``--no-tracking``."""

    experiment_id = ""

    def start_job(self, job: JobRecord) -> str:
        """Return no run."""
        return ""

    def start_trial(self, number: int, configuration: Mapping[str, Any], *, seed: int) -> str:
        """Return no run."""
        return ""

    def catch_up(
        self,
        records: Iterable[TrialRecord],
        epochs: Mapping[int, Sequence[EpochRecord]] = MappingProxyType({}),
    ) -> None:
        """Do nothing."""

    def log_epoch(
        self, run_id: str, epoch: int, metrics: Mapping[str, float], *, at: int | None = None
    ) -> None:
        """Do nothing."""

    def pause_trial(self, record: TrialRecord) -> None:
        """Do nothing."""

    def end_trial(self, record: TrialRecord) -> None:
        """Do nothing."""

    def log_best(self, step: int, scores: Mapping[str, float]) -> None:
        """Do nothing."""

    def log_files(self, files: Sequence[Path], folder: str = "") -> None:
        """Do nothing."""

    def log_model(self, model: ModelRecord) -> str:
        """Return no model."""
        return ""

    def end_job(self, state: str, facts: Mapping[str, Any]) -> None:
        """Do nothing."""

    def deliver_waiting(self, name: str, run_id: str) -> str:
        """Return the id itself: nothing waits here."""
        return run_id

    def resolve(self, run_id: str) -> str:
        """Return the id itself."""
        return run_id

    def notes(self) -> tuple[str, ...]:
        """Return nothing."""
        return ()
