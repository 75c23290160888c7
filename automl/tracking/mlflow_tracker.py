"""Runs in MLflow: one parent run per job, one child run per trial, live while the search runs.

Every record goes through an outbox, so the search neither waits for a slow server nor stops with it.
The fluent API is not used: its stack of active runs belongs to a thread, and to the user's own code.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from automl._version import __version__
from automl.core.errors import ConfigError
from automl.core.secrets import scrub, shown
from automl.core.specs import COSTS, EpochRecord, JobRecord, Objective, TrialRecord, label_of
from automl.tracking.answering import insist
from automl.tracking.client_settings import configure, quiet, restore
from automl.tracking.description import (
    LIMITS,
    NOTE,
    TECHNICAL,
    dataset,
    end_note,
    environment,
    final_metrics,
    job_facts,
    job_note,
    job_params,
    job_tags,
    safe_key,
    safe_name,
    standing,
    texts,
)
from automl.tracking.earlier import TRIAL_TAG, trials_of
from automl.tracking.location import settle
from automl.tracking.operation import PENDING, Kind, Operation, now, provisional_id
from automl.tracking.outbox import Outbox
from automl.tracking.spool import Spool
from automl.tracking.store import KeptRun, Store
from automl.tracking.tracker import ModelRecord

JOB_WAIT_SECONDS = 30.0
TRIAL_WAIT_SECONDS = 3.0
WAITED_SHARE, WAITED_SECONDS = 0.05, 5.0
"""What a search may wait in all for the ids of its trials' runs: a share of its time, and some seconds."""

MODEL_WAIT_SECONDS = 30.0
CLOSE_SECONDS = 10.0
STATUS = {"complete": "FINISHED", "pruned": "KILLED", "interrupted": "KILLED", "failed": "FAILED"}
_AT_A_PAUSE = ("score", *(f"{TECHNICAL}{name}" for name in ("duration_seconds", "epochs", "best_epoch")))


# over 300 lines, as the Protocol's methods share the run, its outbox and its numbering; none is long itself
class MlflowTracker:
    """Remembers a job in MLflow.

    Args:
        store: carries out what is to be remembered.
        uri: its absolute tracking URI.
        folder: the job folder.
    """

    def __init__(self, store: Store, uri: str, folder: Path) -> None:
        self.uri = uri
        self.experiment_id = ""
        self._folder = folder
        self._environment = configure()
        self._store = store
        self._outbox = Outbox(
            store.deliver, temporary=store.temporary, answers=store.answers, spool=Spool(folder)
        )
        self._notes: list[str] = []
        self._objectives: tuple[Objective, ...] = ()
        self._run = self._model_name = self._note = ""
        self._step = 0
        self._began = time.monotonic()
        self._waited = 0.0
        self._running: dict[int, str] = {}
        self._paused: set[str] = set()
        self._interrupted: dict[int, KeptRun] = {}
        self._numbers: set[int] | None = None
        self._epochs: dict[int, Sequence[EpochRecord]] = {}
        self._kept: dict[str, KeptRun] = {}
        self._last_epoch: dict[str, int] = {}

    def start_job(self, job: JobRecord) -> str:
        """Open the job's run, or go on with ``job.run_id``; what an earlier session left is sent first.

        Raises:
            ConfigError: the store refuses to work, before anything was searched.
        """
        self._objectives, self._model_name = job.objectives, safe_name(job.name)
        self._note = job_note(job, self._model_name)
        self._open_experiment(job.name)
        self._outbox.start()
        self._began = time.monotonic()
        if self._outbox.spool:
            self._outbox.flush(JOB_WAIT_SECONDS)
        self._run = self._known(job.run_id)
        if self._run:
            self._put("reopen")
            earlier = trials_of(insist(lambda: self._store.children(self._run)))
            self._numbers, self._interrupted = earlier.numbers, earlier.cut
            self._batch(tags={"state": "running"})
        else:
            planned = job.run_id if job.run_id.startswith(PENDING) else ""
            self._run = self._create(
                job.name, {**job_tags(job), NOTE: self._note}, wait=JOB_WAIT_SECONDS, key=planned
            )
            self._numbers = set() if job.run_id else None
            self._batch(params=job_params(job))
            self._put("inputs", dataset(job))
            self._put("text", {"path": "environment.json", "text": json.dumps(environment(job), indent=2)})
        return self._run

    def start_trial(self, number: int, configuration: Mapping[str, Any], *, seed: int) -> str:
        """Open a trial's run, or go on with a paused or interrupted one of the same configuration."""
        if number in self._running:
            self._paused.discard(self._running[number])
            self._batch(self._running[number], tags={"state": "running"})
            return self._running[number]
        params = texts({**configuration, "seed": seed}, LIMITS["param"])
        found = self._interrupted.pop(number, None)
        # a session may have been killed between a run's creation and its parameters
        if found is not None and found.params in ({}, params):
            run = self._running[number] = found.id
            self._put("reopen", run=run)
            self._batch(run, params=params, tags={"state": "running"})
            self._tell_epochs(number, run, found)
            return run
        tags = {TRIAL_TAG: str(number), "state": "running"}
        run = self._create(f"trial {number}", tags, parent=self._run, wait=self._patience())
        self._running[number] = run
        self._batch(run, params=params)
        self._tell_epochs(number, run, None)
        return run

    def catch_up(
        self,
        records: Iterable[TrialRecord],
        epochs: Mapping[int, Sequence[EpochRecord]] = MappingProxyType({}),
    ) -> None:
        """Tell of the epochs, ends and pauses that an earlier session could not send any more."""
        if self._numbers is None:
            return  # no earlier session
        self._epochs = dict(epochs)
        for record in records:
            found = self._interrupted.get(record.number)
            if found is None and record.number in self._numbers:
                continue  # its end was told
            run = self._late(record) if found is None else found.id
            self._tell_epochs(record.number, run, found)
            if record.state != "paused":
                self._interrupted.pop(record.number, None)
                self.end_trial(replace(record, run_id=run))
            elif found is None or found.metrics.get(f"{TECHNICAL}epochs", 0) < record.epochs:
                self.pause_trial(replace(record, run_id=run))

    def _tell_epochs(self, number: int, run: str, found: KeptRun | None) -> None:
        """Tell of a trial's epochs that its run does not have."""
        # a paused trial comes here twice, the second time with what its run had before the first
        if found is not None and run not in self._last_epoch:
            self._kept.setdefault(run, found)
        for epoch in self._epochs.pop(number, ()):
            self.log_epoch(run, epoch.number, epoch.metrics, at=epoch.time)

    def log_epoch(
        self, run_id: str, epoch: int, metrics: Mapping[str, float], *, at: int | None = None
    ) -> None:
        """Remember one epoch's metrics; they are sent with the next batch, at most 2 s later."""
        if kept := self._kept.pop(run_id, None):
            self._last_epoch[run_id] = kept.reached(safe_key(name) for name in metrics)
        if epoch > self._last_epoch.get(run_id, 0):
            self._last_epoch[run_id] = epoch
            self._batch(run_id, metrics=metrics, step=epoch, urgent=False, at=at)

    def pause_trial(self, record: TrialRecord) -> None:
        """Remember how a trial stands at its rung; its run stays open."""
        run = record.run_id or self._running[record.number]
        self._paused.add(run)
        # the epoch's own metrics stand at this step already
        known = final_metrics(record, self._objectives)
        metrics = {name: known[name] for name in known if name in _AT_A_PAUSE or name.startswith("best_")}
        self._batch(run, metrics=metrics, step=record.epochs, tags=standing(record))

    def end_trial(self, record: TrialRecord) -> None:
        """Close the trial's run; a baseline's metrics go to the job's run."""
        if record.baseline:
            named = {
                f"baseline_{record.baseline}_{label_of(key)}": value
                for key, value in record.metrics.items()
            }
            self._batch(metrics=named)
            return
        run = record.run_id or self._running.get(record.number) or self._late(record)
        step = max(record.epochs, self._last_epoch.pop(run, 0))
        self._running.pop(record.number, None)
        self._batch(run, metrics=final_metrics(record, self._objectives), step=step, tags=standing(record))
        self._put("end", {"status": STATUS.get(record.state, "FINISHED"), "time": now()}, run=run)

    def log_best(self, step: int, scores: Mapping[str, float]) -> None:
        """Remember the best scores so far as ``best_<objective>``, one step per trial."""
        self._step = step
        named = {f"best_{key.removeprefix('best_')}": value for key, value in scores.items()}
        self._batch(metrics=named, step=step)

    def log_files(self, files: Sequence[Path], folder: str = "") -> None:
        """Attach files to the job's run."""
        paths = [str(Path(file).absolute()) for file in files]
        self._put("files", {"paths": paths, "folder": folder})

    def log_model(self, model: ModelRecord) -> str:
        """Register the winner under the job's name as ``champion``.

        Returns:
            ``models:/<name>/<version>``, or "" when it could not be sent yet.
        """
        from automl.tracking import registration  # MLflow, which takes a second to load

        try:
            saved = registration.save(model, self._folder / "tracking_model")
        except registration.FAILURES as error:
            self._notes.append(f"The winner was not registered in MLflow: {scrub(str(error))}")
            return ""
        content = {
            "folder": str(saved.absolute()),
            "name": self._model_name,
            "members": dict(model.members),
            "metrics": {
                safe_key(key): float(value) for key, value in model.metrics.items() if key not in COSTS
            },
            "tags": {"automl.version": __version__},
            "description": self._note,
        }
        sent = self._put("model", content, wait=MODEL_WAIT_SECONDS)
        return self._store.model_uri if sent else ""

    def end_job(self, state: str, facts: Mapping[str, Any]) -> None:
        """Close the job's run and those of trials cut short or paused, send what waits, and stop."""
        for run in self._running.values():
            if run not in self._paused:
                self._batch(run, tags={"state": "interrupted"})
            self._put("end", {"status": "KILLED", "time": now()}, run=run)
        numbers, words = job_facts(facts)
        note = f"{end_note(state, facts)}\n\n{self._note}".strip()
        self._batch(metrics=numbers, tags={"state": state, NOTE: note, **words}, step=self._step)
        self._put("end", {"status": STATUS.get(state, "FINISHED"), "time": now()})
        self._stop()

    def _stop(self) -> None:
        left = self._outbox.close(CLOSE_SECONDS)
        self._store.close()
        settle(self.uri)
        if left:
            self._notes.append(
                f"{left} tracking records could not be sent to {shown(self.uri)}. They are kept in "
                f"{self._outbox.spool.path} and sent by: automl resume {shlex.quote(str(self._folder))}"
            )
        restore(self._environment)

    def deliver_waiting(self, name: str, run_id: str) -> str:
        """Send what an earlier session of a job left; see ``Tracker``."""
        self._open_experiment(name)
        self._outbox.start()
        self._outbox.flush(JOB_WAIT_SECONDS)
        found = self.resolve(run_id)
        self._stop()
        return found

    def resolve(self, run_id: str) -> str:
        """Return the store's id of a run; "" for one that was never sent."""
        try:
            return self._store.resolve(run_id)
        except Exception:  # the store is away
            return ""

    def notes(self) -> tuple[str, ...]:
        """Return what the user should know of the store."""
        notes = list(self._notes)
        if self._outbox.away and not notes:
            notes.append(
                f"The tracking store {shown(self.uri)} does not answer; "
                f"records are kept in {self._outbox.spool.path}."
            )
        elif self._outbox.outages and not self._outbox.away:
            notes.append(
                f"The tracking store {shown(self.uri)} was unavailable for a while; "
                "the records kept were sent later."
            )
        if refused := self._outbox.refused:
            notes.append(f"The tracking store rejected some records: {scrub('; '.join(refused[:3]))}")
        return tuple(notes)

    def _open_experiment(self, name: str) -> None:
        quiet()
        try:
            used = insist(lambda: self._store.open_experiment(name))
        except Exception as error:  # SQLAlchemy, urllib3 and MLflow each have their own
            restore(self._environment)
            self._store.close()
            raise ConfigError(
                f"MLflow cannot work with {shown(self.uri)}: {scrub(str(error))[:500]} "
                "Name another store with --tracking-uri, or search with --no-tracking. "
                "(A database of another MLflow version: mlflow db upgrade URI.)"
            ) from None  # the error's own words may hold the address
        self.experiment_id = self._store.experiment
        if used != name:
            self._notes.append(f"An experiment {name!r} was deleted in MLflow; these runs are in {used!r}.")

    def _known(self, run_id: str) -> str:
        if not run_id:
            return ""
        found = insist(lambda: self._store.adopt(run_id))
        if found is None and run_id.startswith(PENDING):
            return ""  # planned, and not opened any more
        if found is None:
            self._notes.append(
                f"The earlier run {run_id} is not in {shown(self.uri)}; a new one was opened."
            )
            return ""
        self.experiment_id = self._store.experiment
        return found.id

    def _create(
        self, name: str, tags: Mapping[str, str], *, parent: str = "", wait: float, key: str = ""
    ) -> str:
        key, before = key or provisional_id(), time.monotonic()
        content = {"name": name, "tags": dict(tags), "parent": parent, "start": now()}
        self._put("create", {**content, "session": self._store.session}, run=key, wait=wait)
        self._waited += time.monotonic() - before
        return self._store.known(key)

    def _patience(self) -> float:
        """Seconds to wait for a trial's run; a search quicker than the store gets provisional ids."""
        spent = WAITED_SHARE * (time.monotonic() - self._began) + WAITED_SECONDS
        return TRIAL_WAIT_SECONDS if self._waited < spent else 0.0

    def _late(self, record: TrialRecord) -> str:
        return self.start_trial(record.number, record.configuration, seed=record.seed)

    def _batch(
        self,
        run: str = "",
        *,
        metrics: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        step: int = 0,
        urgent: bool = True,
        at: int | None = None,
    ) -> None:
        time_of = now() if at is None else at
        content = {
            "metrics": [
                (safe_key(key), float(value), time_of, step) for key, value in (metrics or {}).items()
            ],
            "params": list(texts(params or {}, LIMITS["param"]).items()),
            "tags": list(texts(tags or {}, LIMITS["tag"]).items()),
        }
        self._put(
            "batch", {name: items for name, items in content.items() if items}, run=run, urgent=urgent
        )

    def _put(
        self,
        kind: Kind,
        content: Mapping[str, Any] | None = None,
        *,
        run: str = "",
        urgent: bool = True,
        wait: float = 0.0,
    ) -> bool:
        operation = Operation(kind=kind, run=run or self._run, content=content or {})
        return self._outbox.put(operation, urgent=urgent, wait=wait)
