"""``Tuner.search``: the loop of every search of this package, with a tuner's methods as the trial."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from automl.core.amounts import parse_time
from automl.core.errors import SearchError
from automl.core.files import write_whole
from automl.core.members import sole_winner
from automl.core.specs import Configuration, JobRecord, TrialRecord
from automl.execution.executor import Channel, one_by_one
from automl.execution.inline import Inline
from automl.jobs.config import JobConfig
from automl.jobs.finish.leaderboard import leaderboard_frame
from automl.jobs.finish.records import Records
from automl.jobs.folder import state_of, write_json
from automl.jobs.intake.backend import default_backend
from automl.jobs.intake.opening import open_tracker_of
from automl.jobs.progress import Progress
from automl.jobs.search.budget import SPARE_SHARE, Budget
from automl.jobs.search.loop import Loop, run_trials
from automl.jobs.trial.epochs import Epochs
from automl.jobs.trial.plan import Plan, TrialEnd, best_of
from automl.jobs.tune.tuned import USER
from automl.kerastuner.door import Door, Effort
from automl.kerastuner.engine.oracle import Oracle
from automl.kerastuner.engine.trial import Trial, TrialStatus
from automl.study.proposer import UNLIMITED, Horizon, Proposal
from automl.tracking.tracker import Tracker
from automl.training.memory import settled
from automl.views.choice import watching
from automl.views.plain import PlainProgress


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """What KerasTuner does not have.

    Attributes:
        max_time: wall time of each call of ``search``, in seconds or as text such as ``10m``.
        tracking: log to MLflow.
        tracking_uri: MLflow store; naming one turns tracking on.
        storage: any Optuna storage, a journal in the project by default.
    """

    max_time: float | str | None = None
    tracking: bool = False
    tracking_uri: str | Path | None = None
    storage: str | None = None


class _Tuner(Protocol):
    """A tuner as the loop sees it; see ``BaseTuner``."""

    oracle: Oracle
    options: SearchOptions
    tuner_id: str

    @property
    def interrupted(self) -> bool: ...
    @property
    def remaining_trials(self) -> int | None: ...
    def enter(self, plan: Plan, channel: Channel) -> None: ...
    def try_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> None: ...
    def forget(self, trial: Trial) -> None: ...
    def tidy(self) -> None: ...
    def pre_create_trial(self) -> None: ...
    def on_trial_begin(self, trial: Trial) -> None: ...
    def on_trial_end(self, trial: Trial) -> None: ...
    def on_search_begin(self) -> None: ...
    def on_search_end(self) -> None: ...


class _Fatal(BaseException):
    """Carries an error through the loop, which takes any ``Exception`` for the fault of a trial."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def run_search(tuner: _Tuner, fit_args: tuple[Any, ...], fit_kwargs: dict[str, Any]) -> None:
    """Run trials until the oracle has no more, the time is over, or the user interrupts.

    Args:
        tuner: whose ``run_trial`` is the trial.
        fit_args: for it.
        fit_kwargs: for it.

    Raises:
        KeyboardInterrupt: the user interrupted; the next search of the project goes on.
        ConfigError: another process works on the project.
    """
    started = time.monotonic()
    door, options = tuner.oracle.door, tuner.options
    seconds = None if options.max_time is None else parse_time(options.max_time, "max_time")
    config = _config(tuner, seconds)
    plain = PlainProgress(started) if _shown(tuner, fit_kwargs) else None
    tuner.on_search_begin()
    try:
        with door.held(config), settled(), watching(0, plain) as progress:
            tracker = open_tracker_of(config.tracking, config.tracking_uri, door.folder)
            budget = _budget(tuner.oracle.max_trials, seconds, started)
            trials = _Trials(tuner, fit_args, fit_kwargs)
            epochs = fit_kwargs.get("epochs")
            loop = Loop(
                name=door.name,
                objectives=(door.objective,),
                proposer=_Asked(tuner),
                tracker=tracker,
                progress=progress,
                budget=budget,
                seed=tuner.oracle.seed,
                executor=Inline(one_by_one(trials.run)),
                keep=lambda end, best: tuner.tidy(),
                show=lambda configuration: (configuration, epochs if isinstance(epochs, int) else 1),
                epochs=Epochs(door.folder.epochs),
            )
            _run(loop, door, tracker, progress, plots=config.tracking)
    except _Fatal as fatal:
        raise fatal.error from None
    finally:
        if plain is not None:
            plain.close()
    tuner.on_search_end()


def _run(loop: Loop, door: Door, tracker: Tracker, progress: Progress, *, plots: bool) -> None:
    earlier = str(state_of(door.folder).get("run_id") or "")
    run_id = tracker.start_job(_job_record(loop, door, earlier))
    state = {"run_id": run_id, "experiment_id": tracker.experiment_id, "seconds": 0.0, "modality": USER}
    write_json(door.folder.state, state)
    try:
        ended = run_trials(loop).state
    except SearchError as error:
        progress.note(f"{error}")
        ended = "failed"
    except BaseException:
        tracker.end_job("failed", {})
        raise
    _finish(door, tracker, ended, plots=plots)
    if ended == "interrupted":
        raise KeyboardInterrupt
    if ended == "complete":
        door.folder.epochs.unlink(missing_ok=True)


class _Trials:
    """Runs trials by the methods of a tuner."""

    def __init__(self, tuner: _Tuner, fit_args: tuple[Any, ...], fit_kwargs: dict[str, Any]) -> None:
        self._tuner, self._args, self._kwargs = tuner, fit_args, fit_kwargs

    def run(self, plan: Plan, channel: Channel) -> TrialEnd | None:
        """Run a trial, again where it is to be tried again; None when it was interrupted."""
        tuner = self._tuner
        try:
            running = tuner.oracle.ongoing_trials.values()
            trial = next(item for item in running if int(item.trial_id) == plan.number)
            tuner.enter(plan, channel)
            while True:
                self._attempt(trial)
                if tuner.interrupted:
                    return None
                tuner.on_trial_end(trial)
                if not tuner.oracle.waits(trial.trial_id):
                    break
                tuner.forget(trial)
                trial = tuner.oracle.create_trial(tuner.tuner_id)
        except Exception as error:
            raise _Fatal(error) from error
        record = tuner.oracle.door.record_of(plan.number)
        return TrialEnd(record=record or plan.lost("the tuner did not end it: on_trial_end calls super()"))

    def _attempt(self, trial: Trial) -> None:
        self._tuner.on_trial_begin(trial)
        self._tuner.try_trial(trial, *self._args, **self._kwargs)


class _Asked:
    """A tuner's oracle, asked and told by the loop."""

    notes: tuple[str, ...] = ()
    ended = ""

    def __init__(self, tuner: _Tuner) -> None:
        self._tuner = tuner
        self._study = tuner.oracle.door.proposer

    def ask(self, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return what the oracle wants to be tried next."""
        late = horizon.seconds is not None and horizon.trials == 0
        if late and self._tuner.remaining_trials != 0:
            return None
        try:
            trial = self._next()
        except Exception as error:
            raise _Fatal(error) from error
        if trial is None:
            return None
        number = int(trial.trial_id)
        effort = self._tuner.oracle.door.efforts.get(number, Effort())
        values = dict(trial.hyperparameters.values)
        return Proposal(number=number, configuration=values, origin=effort.origin)

    def ask_like(self, fixed: Configuration, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """An oracle proposes what it likes."""
        return None

    def _next(self) -> Trial | None:
        self._tuner.pre_create_trial()
        trial = self._tuner.oracle.create_trial(self._tuner.tuner_id)
        return trial if trial.status == TrialStatus.RUNNING else None

    def report(self, number: int, epoch: int, value: float) -> bool:
        """See ``Proposer``."""
        return self._study.report(number, epoch, value)

    def pause(self, record: TrialRecord) -> None:
        """Nothing pauses here: what goes on is a new trial."""
        raise AssertionError("a tuner's trials do not pause")

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Tell the study of a trial that the oracle has not ended."""
        if self._tuner.oracle.door.record_of(record.number) is None:
            self._study.tell(record, facts)

    def close(self) -> Sequence[TrialRecord]:
        """Nothing waits."""
        return ()

    def records(self) -> Sequence[TrialRecord]:
        """See ``Proposer``."""
        return self._study.records()

    def front(self) -> Sequence[TrialRecord]:
        """See ``Proposer``."""
        return self._study.front()

    def plots(self, folder: Path) -> Sequence[Path]:
        """See ``Proposer``."""
        return self._study.plots(folder)


def _budget(trials: int | None, seconds: float | None, started: float) -> Budget:
    """Next to nothing is left to do after the last trial, so none of the time is kept back."""
    if seconds is None:
        return Budget(trials=trials, deadline=None)
    end = started + seconds
    return Budget(trials=trials, deadline=end, spare=SPARE_SHARE * seconds, seconds=seconds, end=end)


def _shown(tuner: _Tuner, fit_kwargs: Mapping[str, Any]) -> bool:
    verbose = fit_kwargs.get("verbose", tuner.oracle.verbose)
    return verbose == "auto" or bool(verbose)


def _config(tuner: _Tuner, seconds: float | None) -> JobConfig:
    door, options = tuner.oracle.door, tuner.options
    uri = options.tracking_uri
    return JobConfig(
        name=door.name,
        trials=tuner.oracle.max_trials,
        time=seconds,
        sampler=door.sampler,
        pruner="none",
        seed=tuner.oracle.seed,
        storage=door.storage,
        tracking=options.tracking or uri is not None,
        tracking_uri=None if uri is None else str(uri),
    )


def _job_record(loop: Loop, door: Door, run_id: str) -> JobRecord:
    settings = {"trials": loop.budget.trials, "time": loop.budget.seconds, "seed": loop.seed}
    return JobRecord(
        name=door.name,
        folder=str(door.folder.path),
        task=USER,
        modality=USER,
        objectives=loop.objectives,
        settings={**settings, "sampler": door.sampler, "backend": default_backend()},
        data={"digest": "", "rows": None, "columns": (), "source": "memory"},
        run_id=run_id,
    )


def _finish(door: Door, tracker: Tracker, state: str, *, plots: bool) -> None:
    """Write the leaderboard, and close the job's run, which has the plots."""
    folder, objective = door.folder, door.objective
    trials = tuple(door.proposer.records())
    best = best_of(trials, objective)
    if best is None:
        tracker.end_job("failed", {})
        return
    records = Records(
        trials=trials, front=(best,), baselines=(), best=best, winner=sole_winner(best.number)
    )
    frame = leaderboard_frame(records, (objective,))
    write_whole(folder.leaderboard, frame.to_csv(index=False))
    tracker.log_files([folder.leaderboard])
    if plots:
        tracker.log_files(list(door.proposer.plots(folder.plots)), "plots")
    tracker.end_job(state, {f"best_{objective.label}": best.scores[0]})
