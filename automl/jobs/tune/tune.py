"""The story of a search over a user's own model-building function."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from automl.core.errors import SearchError
from automl.core.files import write_whole
from automl.core.members import sole_winner, winner_to_json
from automl.core.reports import Report
from automl.core.specs import Configuration, JobRecord, Objective, TrialRecord, of_validation
from automl.execution.executor import INTERRUPTED, Channel, one_by_one
from automl.execution.inline import Inline
from automl.jobs.finish.leaderboard import leaderboard_frame
from automl.jobs.finish.records import Records
from automl.jobs.folder import JobFolder, read_json, write_json
from automl.jobs.intake.backend import default_backend
from automl.jobs.progress import Progress
from automl.jobs.report.facts import Searched
from automl.jobs.report.writing import attempted, card_of, report_of, write_report
from automl.jobs.search.budget import budget_from
from automl.jobs.search.loop import Found, Loop, run_trials
from automl.jobs.search.standing import Standing
from automl.jobs.trial.messages import epoch_message
from automl.jobs.trial.plan import Plan, TrialEnd
from automl.jobs.tune.tuned import USER, TunedResult
from automl.jobs.tune.user_model import keep_user_model, loads_elsewhere
from automl.study.opening import is_pruning
from automl.study.proposer import Proposer
from automl.tracking.tracker import Tracker
from automl.training.engine import Epoch, StopReason
from automl.training.failures import failure_reason
from automl.training.fit_data import FitData
from automl.training.user_models import UserTraining, fit_user_model

if TYPE_CHECKING:
    import keras

_NOT_ALONE = (
    "The best model uses classes of your own, which no file can hold: load it with "
    "automl.load(folder, build=build), or register them with "
    "@keras.saving.register_keras_serializable()."
)


_PRUNED = "pruned by its own function"


class TrialProposer(Proposer, Protocol):
    """A proposer whose trials are handed to the user's function."""

    def trial(self, number: int) -> Any:
        """The Optuna trial that was asked for last under that number."""
        ...


@dataclass(frozen=True, kw_only=True)
class TuneJob:
    """A search over a user's function.

    Attributes:
        name: of job, experiment and study.
        build: from an Optuna trial to a compiled Keras model.
        train: what is trained on.
        validation: what epochs are scored on.
        objective: a metric of the model's own.
        trials: number of trials, or None.
        time: wall time in seconds, or None.
        epochs: full length of a trial.
        options: the rest, from the trial whose model was built.
        seed: of weights and batches.
    """

    name: str
    build: Callable[[Any], keras.Model]
    train: FitData
    validation: FitData
    objective: Objective
    trials: int | None
    time: float | None
    epochs: int
    options: Callable[[Any], TrialOptions]
    seed: int


@dataclass(frozen=True, kw_only=True)
class TrialOptions:
    """How the model of one trial is trained.

    Attributes:
        batch_size: examples per step.
        callbacks: of this trial alone.
        class_weight: as ``Model.fit`` takes it.
        patience: epochs without a better score after which the trial ends, 0 for never.
        steps_per_epoch: batches per epoch, or None for all.
    """

    batch_size: int
    callbacks: Sequence[keras.callbacks.Callback]
    class_weight: Mapping[int, float] | None
    patience: int
    steps_per_epoch: int | None


def run_tuning(
    job: TuneJob,
    folder: JobFolder,
    proposer: TrialProposer,
    tracker: Tracker,
    progress: Progress,
    release: Callable[[], None],
    *,
    started: float,
) -> TunedResult:
    """Search, keep the best model, write result and leaderboard.

    Raises:
        SearchError: no trial succeeded.
    """
    for note in dict.fromkeys((*job.train.notes, *job.validation.notes)):
        progress.note(note)
    run_id = tracker.start_job(_job_record(job, folder))
    state = {"run_id": run_id, "experiment_id": tracker.experiment_id, "seconds": 0.0, "modality": USER}
    write_json(folder.state, state)

    faults: list[Exception] = []

    def runner(plan: Plan, channel: Channel) -> TrialEnd | None:
        release()
        return _run_trial(job, proposer, plan, channel, faults)

    trained: list[keras.Model] = []

    standing = Standing(folder, job.objective, (), None)

    def keep(end: TrialEnd, best: bool) -> None:
        standing.hear(end.record, best=best)
        if best and end.model is not None:
            trained[:] = [end.model]
            keep_user_model(end.model, folder)

    loop = Loop(
        name=job.name,
        objectives=(job.objective,),
        proposer=proposer,
        tracker=tracker,
        progress=progress,
        budget=budget_from(job.trials, job.time, started=started, used=0.0),
        seed=job.seed,
        executor=Inline(one_by_one(runner)),
        keep=keep,
        show=lambda configuration: (configuration, job.epochs),
    )
    try:
        found = run_trials(loop)
        _finish(job, folder, proposer, tracker, progress, found, started)
    except BaseException as error:
        tracker.end_job("failed", {})
        if isinstance(error, SearchError) and faults:
            raise error from faults[-1]
        raise
    return TunedResult(folder.path, build=job.build, trained=trained[0])


def _run_trial(
    job: TuneJob, proposer: TrialProposer, plan: Plan, channel: Channel, faults: list[Exception]
) -> TrialEnd | None:
    """Build and train a model; ``faults`` holds the last error, which tells where in ``build`` it was."""
    import keras

    started, trial = time.monotonic(), proposer.trial(plan.number)
    blank = TrialRecord(
        number=plan.number, configuration={}, state="failed", seed=plan.seed, run_id=plan.run_id
    )
    try:
        keras.utils.set_random_seed(plan.seed)
        model = job.build(trial)
        end = _train(job, model, job.options(trial), channel, blank)
    except Exception as error:
        pruned = is_pruning(error)
        traceback.clear_frames(error.__traceback__)  # they hold the model
        faults[:] = faults if pruned else [error]
        if pruned:
            end = TrialEnd(record=replace(blank, state="pruned", reason=_PRUNED))
        else:
            end = TrialEnd(record=replace(blank, reason=failure_reason(error)))
    if end is None:
        return None
    configuration: Configuration = dict(trial.params)
    seconds = time.monotonic() - started
    # known only now: it is the user's function that asked for the parameters
    origin = getattr(trial.study.sampler, "origin", plan.origin)
    known = replace(end.record, configuration=configuration, origin=origin, seconds=seconds)
    return replace(end, record=known)


def _train(
    job: TuneJob, model: keras.Model, options: TrialOptions, channel: Channel, blank: TrialRecord
) -> TrialEnd | None:
    reasons: list[str] = []

    def observe(epoch: Epoch) -> StopReason:
        reasons[:] = [channel.say(epoch_message(epoch))]
        if reasons[0] == INTERRUPTED:
            return "interrupted"
        return "pruned" if reasons[0] else ""

    outcome = fit_user_model(
        UserTraining(
            model=model,
            epochs=job.epochs,
            seed=blank.seed,
            batch_size=options.batch_size,
            patience=options.patience,
            callbacks=options.callbacks,
            class_weight=options.class_weight,
            steps_per_epoch=options.steps_per_epoch,
        ),
        job.train,
        job.validation,
        objective=job.objective,
        observer=observe,
        deadline=channel.deadline,
    )
    if outcome.stopped == "interrupted" and outcome.best < 0:
        return None
    if outcome.best < 0:
        return TrialEnd(record=replace(blank, reason="NaN loss or metrics"))
    best = outcome.epochs[outcome.best]
    record = replace(
        blank,
        # no process could go on with one that was interrupted: it is worth its best epoch
        state="pruned" if outcome.stopped in ("pruned", "interrupted") else "complete",
        scores=(best.metrics[job.objective.label],),
        metrics=_metrics(best, model),
        epochs=len(outcome.epochs),
        best_epoch=best.number,
        reason=reasons[0] or outcome.stopped or _ended_by_callback(len(outcome.epochs), job.epochs),
    )
    return TrialEnd(record=record, model=model)


def _ended_by_callback(epochs: int, full: int) -> str:
    return "ended by a callback" if epochs < full else ""


def _metrics(best: Epoch, model: keras.Model) -> Mapping[str, float]:
    return {**of_validation(best.metrics), "parameters": float(model.count_params())}


def _finish(
    job: TuneJob,
    folder: JobFolder,
    proposer: Proposer,
    tracker: Tracker,
    progress: Progress,
    found: Found,
    started: float,
) -> None:
    best, state, alone = found.best, found.state, loads_elsewhere(folder)
    notes = [] if alone else [_NOT_ALONE]
    for note in notes:
        progress.note(note)
    winner = sole_winner(best.number)
    records = Records(
        trials=tuple(proposer.records()), front=(best,), baselines=(), best=best, winner=winner
    )
    frame = leaderboard_frame(records, (job.objective,))
    write_whole(folder.leaderboard, frame.to_csv(index=False))
    summary = {
        "name": job.name,
        "state": state,
        "best_score": best.scores[0],
        "metric": job.objective.label,
        "direction": job.objective.direction,
        "best_trial": best.number,
        "best_configuration": dict(best.configuration),
        "best_metrics": dict(best.metrics),
        "members": winner_to_json(winner),
        "trials": len(records.trials),
        "failed": sum(record.state == "failed" for record in records.trials),
        "pruned": sum(record.state == "pruned" for record in records.trials),
        "seconds": round(time.monotonic() - started, 2),
        "notes": notes,
        "modality": USER,
        "model": (folder.model if alone else folder.weights).name,
        "mlflow_run_id": read_json(folder.state).get("run_id") or None,
    }
    write_json(folder.result, summary)
    tracker.log_files([folder.leaderboard, folder.result])
    written = attempted(lambda: write_report(folder, _report(job, records, summary)), progress.note)
    tracker.log_files(written)
    tracker.log_files(list(proposer.plots(folder.plots)), "plots")
    tracker.log_files([folder.model if alone else folder.weights], "model")
    tracker.end_job(state, {f"best_{job.objective.label}": best.scores[0]})


def _report(job: TuneJob, records: Records, summary: Mapping[str, Any]) -> Report:
    searched = Searched(
        summary=summary,
        objectives=(job.objective,),
        trials=records.trials,
        front=frozenset(record.number for record in records.front),
        rows=job.validation.rows or 0,
        tests=False,
        card=card_of({"trials": len(records.trials), "epochs": job.epochs, "seed": job.seed}),
    )
    return report_of(searched, None, kind="search over a model of your own", what="its target")


def _job_record(job: TuneJob, folder: JobFolder) -> JobRecord:
    return JobRecord(
        name=job.name,
        folder=str(folder.path),
        task="user",
        modality=USER,
        objectives=(job.objective,),
        settings={
            "trials": job.trials,
            "time": job.time,
            "epochs": job.epochs,
            "seed": job.seed,
            "backend": default_backend(),
        },
        data={"digest": "", "rows": job.train.rows, "columns": (), "source": "memory"},
    )
