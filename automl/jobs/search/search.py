"""The story of one job: prepare, search, and end with the best model whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from automl.core.members import sole_winner
from automl.core.phases import Phases
from automl.core.specs import Configuration, JobRecord, Objective, TrialRecord
from automl.data.source import digest
from automl.execution.executor import Executor, Runner, Work
from automl.jobs.config import JobConfig
from automl.jobs.extensions import record_of
from automl.jobs.finish.baselines import baseline_records
from automl.jobs.finish.choice import choose_winner
from automl.jobs.finish.every_group import NETWORKS
from automl.jobs.finish.finish import finish
from automl.jobs.finish.records import Records
from automl.jobs.finish.repeated import trainings
from automl.jobs.folder import JobFolder, state_of, write_json
from automl.jobs.intake.continued import refuse_lost_trials
from automl.jobs.intake.cost import seconds_per_pass
from automl.jobs.intake.intake import Intake
from automl.jobs.intake.over import COMPLETE
from automl.jobs.intake.setting import Setting, open_setting
from automl.jobs.intake.warm_start import facts_of
from automl.jobs.progress import Progress
from automl.jobs.search.budget import budget_from
from automl.jobs.search.ending import Ending
from automl.jobs.search.interrupts import EXPORTING, Interrupts, never_swallowed
from automl.jobs.search.loop import Loop, run_trials
from automl.jobs.search.shelf import Shelf
from automl.jobs.search.standing import Standing
from automl.jobs.session import Session
from automl.jobs.trial.epochs import Epochs
from automl.jobs.trial.plan import Plan, TrialEnd, best_of
from automl.jobs.trial.trained_rows import write_trained_rows
from automl.jobs.trial.worker import WORK, Notes, trial_runner
from automl.jobs.versions import write_versioned
from automl.spaces.space import SearchSpace
from automl.study.earlier.warm_start import Facts
from automl.study.proposer import Proposer
from automl.tracking.operation import provisional_id
from automl.tracking.tracker import Tracker


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """The frameworks behind their Protocols, chosen by the api.

    Attributes:
        proposer: opens the study on a space with objectives, full lengths by family, and facts on the data.
        tracker: remembers runs.
        executor: makes the executor, from a runner for this process and the same told for other processes.
    """

    proposer: Callable[[SearchSpace, tuple[Objective, ...], Mapping[str, int], Facts], Proposer]
    tracker: Tracker
    executor: Callable[[Runner, Work], Executor[Plan, TrialEnd]]


def run_search(
    config: JobConfig,
    intake: Intake,
    folder: JobFolder,
    adapters: Adapters,
    progress: Progress,
    *,
    started: float,
    used: float = 0.0,
    has_model: Callable[[], None] = lambda: None,
) -> None:
    """Search and write the best model; an interrupted search ends with the best so far.

    Args:
        config: the job, its precision chosen.
        intake: its data and space.
        folder: where everything is kept.
        adapters: study, tracker and executor.
        progress: told of everything.
        started: ``time.monotonic()`` of the start of the command; ``config.time`` counts from there.
        used: seconds that earlier sessions of the job used.
        has_model: called when there is a model, and again when there is a better one.

    Raises:
        SearchError: no trial succeeded.
        TimeUpError: the time was over before the first trial began.
    """
    with never_swallowed():
        setting = open_setting(config, intake, progress.note)
    choice = setting.choice
    backend = intake.backend
    progress.note(
        f"Engine: {choice.name} ({choice.reason}). Backend: {backend.trials} ({backend.reason}). "
        f"Precision: {config.precision}."
    )
    session = Session(
        config=config,
        intake=intake,
        setting=setting,
        folder=folder,
        tracker=adapters.tracker,
        progress=progress,
        started=started,
        used=used,
    )
    write_versioned(folder.schema, {"modality": intake.modality.name, **intake.dataset.schema})
    write_trained_rows(folder, intake)
    task = session.setting.prepared.task.describe()
    write_versioned(folder.task, task)
    with intake.source.phases.phase("opening the study"):
        proposer = adapters.proposer(intake.space, intake.objectives, intake.epochs, facts_of(intake, task))
    for note in proposer.notes:
        progress.note(note)
    earlier = proposer.records()
    if lost := refuse_lost_trials(folder, len(earlier)):
        progress.note(lost)
    with _tracked(session):
        _search_and_finish(session, proposer, earlier, adapters.executor, has_model)


@contextmanager
def _tracked(session: Session) -> Iterator[None]:
    """Open the job's run and remember it with the seconds used, however the session ends."""
    tracker, folder = session.tracker, session.folder
    fingerprint = digest(session.intake.source)
    run_id = _open_run(session, fingerprint)
    intake = session.intake
    dataset = intake.dataset
    used = record_of(families=intake.families.values(), task=dataset.task, schema=dataset.schema)
    known = {"run_id": run_id, "experiment_id": tracker.experiment_id, "digest": fingerprint, **used}
    write_json(folder.state, {**known, "seconds": session.used})
    try:
        yield
    except BaseException as error:
        tracker.end_job("interrupted" if isinstance(error, KeyboardInterrupt) else "failed", {})
        raise
    finally:
        seconds = round(session.used + time.monotonic() - session.started, 2)
        run_id = tracker.resolve(run_id) or run_id
        write_json(folder.state, {**state_of(folder), "run_id": run_id, "seconds": seconds})


def _open_run(session: Session, fingerprint: str) -> str:
    """Open the job's run under a name that is written down first: killed in between, it is found again."""
    folder = session.folder
    known = {name: value for name, value in state_of(folder).items() if name != "ended"}
    planned = str(known.get("run_id") or provisional_id())
    write_json(folder.state, {**known, "run_id": planned, "seconds": session.used})
    try:
        return session.tracker.start_job(_job_record(session, fingerprint))
    except BaseException:
        if not known:
            folder.state.unlink()  # the job has not begun
        raise


def _search_and_finish(
    session: Session,
    proposer: Proposer,
    earlier: Sequence[TrialRecord],
    executor: Callable[[Runner, Work], Executor[Plan, TrialEnd]],
    has_model: Callable[[], None],
) -> None:
    objective = session.intake.objectives[0]
    baselines = baseline_records(session.setting)
    for record in baselines:
        session.tracker.end_trial(record)
    if best_of(earlier, objective) is not None:
        has_model()
    shelf = Shelf(session.folder, objective, earlier)
    loop = _loop(session, proposer, executor(_runner(session), _work(session)), shelf, has_model)
    with session.intake.source.phases.timings.of("all trials"):
        found = run_trials(loop)
    with Interrupts(session.progress.note, EXPORTING, patient=True) as interrupts:
        unhurried = _unhurried(session)
        chosen = choose_winner(unhurried, shelf.records, found.best)
        teaches = session.setting.distills
        records = Records(
            trials=tuple(proposer.records()),
            front=tuple(proposer.front()) if len(session.intake.objectives) > 1 else (found.best,),
            baselines=baselines,
            best=found.best,
            winner=sole_winner(found.best.number) if teaches else chosen,
            teachers=chosen if teaches else None,
        )
        state = finish(
            unhurried,
            records,
            plots=proposer.plots,
            state=found.state,
            ended=lambda: interrupts.requested,
        )
        if state == COMPLETE:
            shelf.leave(chosen.weights)


def _unhurried(session: Session) -> Session:
    """The session without the deadline of its phases: finishing is what time was kept back for."""
    phases = Phases(session.progress.phase, timings=session.intake.source.phases.timings)
    source = replace(session.intake.source, phases=phases)
    return replace(session, intake=replace(session.intake, source=source))


def _runner(session: Session) -> Runner:
    """What runs trials in this process."""
    from automl.training.memory import seldom

    setting = session.setting
    notes = Notes()
    return trial_runner(
        replace(setting, note=notes), session.folder, notes, release=seldom(setting.release)
    )


def _work(session: Session) -> Work:
    """The same told for other processes, which read the job folder."""
    options = {"folder": str(session.folder.path), "engine": session.setting.choice.name}
    return Work(place=WORK, options=options)


def _loop(
    session: Session,
    proposer: Proposer,
    executor: Executor[Plan, TrialEnd],
    shelf: Shelf,
    has_model: Callable[[], None],
) -> Loop:
    config, intake, folder = session.config, session.intake, session.folder
    earlier, first = proposer.records(), intake.objectives[0]
    ending = Ending(session.setting, folder)
    standing = Standing(folder, first, earlier, best_of(earlier, first))

    def show(configuration: Configuration) -> tuple[Mapping[str, Any], int]:
        family, parameters = intake.space.split(configuration)
        return {"family": family, **parameters}, intake.epochs[family]

    def keep(end: TrialEnd, best: bool) -> None:
        shelf.put(end)
        if config.time is not None:
            ending.hear(end, len(shelf.records))
        standing.hear(end.record, best=best)
        if best:
            has_model()

    return Loop(
        name=session.name,
        objectives=intake.objectives,
        proposer=proposer,
        tracker=session.tracker,
        progress=session.progress,
        budget=budget_from(
            config.trial_limit,
            config.time,
            started=session.started,
            used=session.used,
            trial_seconds=config.trial_time,
            last_trainings=_last_trainings(session.setting),
            reads_all=intake.drawn is not None and not session.setting.distills,
            repeats=trainings(config.repeat_seeds, config.learning_curve),
        ),
        seed=config.seed,
        executor=executor,
        keep=keep,
        bar=shelf.bar,
        structure=session.setting.structure,
        shortens=bool(session.setting.parts),
        dear=seconds_per_pass(intake.dataset.handling, 1) > 0,
        show=show,
        epochs=Epochs(folder.epochs),
        timings=intake.source.phases.timings,
        finishing=ending.seconds,
    )


def _last_trainings(setting: Setting) -> int:
    """How many networks are trained when the search is over; with folds a distilled one twice."""
    on_all_rows = bool(setting.parts) and not setting.joins
    return on_all_rows + setting.distills + NETWORKS * setting.completes


def _job_record(session: Session, fingerprint: str) -> JobRecord:
    config, intake, folder = session.config, session.intake, session.folder
    hidden = ("data", "storage", "tracking_uri", "out", "name", "warm_start")
    settings: dict[str, Any] = {
        name: ",".join(value) if isinstance(value, tuple) else value
        for name, value in vars(config).items()
        if name not in hidden and value not in (None, ())
    }
    choice = session.setting.choice
    settings |= {
        "engine": choice.name,
        "engine_reason": choice.reason,
        "epochs_per_pass": intake.epochs_per_pass,
    }
    data = {
        "digest": fingerprint,
        "rows": len(intake.dataset.examples),
        "columns": intake.dataset.columns,
        "source": intake.source.name,
    }
    return JobRecord(
        name=session.name,
        folder=str(folder.path),
        task=intake.dataset.task,
        modality=intake.modality.name,
        objectives=intake.objectives,
        settings=settings,
        data=data,
        run_id=str(state_of(folder).get("run_id", "")),
    )
