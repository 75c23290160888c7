"""What a tracker is: it remembers a job, its trials and their epochs, live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from automl.core.specs import EpochRecord, JobRecord, TrialRecord

_NO_EPOCHS: Mapping[int, Sequence[EpochRecord]] = {}


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """The winner as it is handed to the tracker.

    Attributes:
        folder: the job folder, finished: ``model.keras``, ``job.yaml``, schema and task are in it.
        example: a few raw examples as a pandas DataFrame (tables, text), or a dict of arrays.
        prediction: what the model answers to ``example``: a DataFrame, or an array.
        metrics: validation metrics of the winner.
        members: what each member counts for, by its own run (child); the weights sum to 1. Empty where the
            members have no runs.
        lenient: whether the served model takes cells of another type as missing.
        untyped: columns of ``example`` of which cells are handed to the model as they come.
        packages: that serving it needs beside this one and its own.
    """

    folder: Path
    example: Any
    prediction: Any
    metrics: Mapping[str, float] = field(default_factory=dict)
    members: Mapping[str, float] = field(default_factory=dict)
    lenient: bool = False
    untyped: frozenset[str] = frozenset()
    packages: tuple[str, ...] = ()


class Tracker(Protocol):
    """Remembers runs. No method raises because a server is away: it keeps what it could not send.

    Attributes:
        experiment_id: the store's experiment of the job once it is started, or empty.
    """

    experiment_id: str

    def start_job(self, job: JobRecord) -> str:
        """Open the job's run, or go on with ``job.run_id``; returns its id ("" when none)."""
        ...

    def start_trial(self, number: int, configuration: Mapping[str, Any], *, seed: int) -> str:
        """Open a trial's run under the job's, or go on with that of a paused or interrupted one; returns
        its id ("" when none).
        """
        ...

    def catch_up(
        self, records: Iterable[TrialRecord], epochs: Mapping[int, Sequence[EpochRecord]] = _NO_EPOCHS
    ) -> None:
        """Tell what an earlier session of the job had not told of trials when it was killed.

        Args:
            records: every trial that is finished or paused, the configuration as for ``start_trial``.
            epochs: by trial the epochs that earlier sessions had heard of, in order; of a trial that is
                cut short they are told when it goes on.
        """
        ...

    def log_epoch(
        self, run_id: str, epoch: int, metrics: Mapping[str, float], *, at: int | None = None
    ) -> None:
        """Remember one epoch's metrics (``loss``, ``val_...``) of a trial; one that was told is not told
        again.

        Args:
            run_id: the trial's run.
            epoch: its number, from 1.
            metrics: by name.
            at: when it ended, in milliseconds since 1970; now by default.
        """
        ...

    def pause_trial(self, record: TrialRecord) -> None:
        """Remember how a trial stands at the rung where it waits; its run stays open."""
        ...

    def end_trial(self, record: TrialRecord) -> None:
        """Close the run ``record.run_id`` with scores, metrics, duration, status and reason.

        A baseline has no run of its own: its metrics go to the job's.
        """
        ...

    def log_best(self, step: int, scores: Mapping[str, float]) -> None:
        """Remember the best scores so far on the job's run, ``step`` trials in."""
        ...

    def log_files(self, files: Sequence[Path], folder: str = "") -> None:
        """Attach files to the job's run below ``folder``."""
        ...

    def log_model(self, model: ModelRecord) -> str:
        """Log and register the winner under the job's name, alias ``champion``; returns its URI."""
        ...

    def end_job(self, state: str, facts: Mapping[str, Any]) -> None:
        """Close the job's run: state ``complete``, ``interrupted`` or ``failed``; send what waits."""
        ...

    def deliver_waiting(self, name: str, run_id: str) -> str:
        """Send what an earlier session of a job left, and nothing else.

        Args:
            name: the job's.
            run_id: of the job's run, perhaps a provisional one.

        Returns:
            the store's id of the run, or "" when it is not there.
        """
        ...

    def resolve(self, run_id: str) -> str:
        """Return the store's id of a run whose id was provisional because the server was away.

        Ids that are final come back as they are; a run that was never sent gives "".
        """
        ...

    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing the user should know (server away, records kept where)."""
        ...
