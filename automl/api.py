"""The Python interface, and the one place where Optuna, MLflow and the engines meet their Protocols."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, overload

from automl.core.amounts import parse_workers
from automl.core.files import write_whole
from automl.core.job_names import name_of
from automl.core.phases import Phases, Timings
from automl.data.source import Source, with_validation
from automl.jobs.arguments import JobArguments, config_of_arguments, taking_options
from automl.jobs.config import JobConfig, dump_config
from automl.jobs.extensions import refuse_absent
from automl.jobs.fetched import fetched, keep, read_job, with_addresses
from automl.jobs.folder import JobFolder, new_folder, open_folder, state_of
from automl.jobs.intake.backend import Backend, kept_backend
from automl.jobs.intake.continued import longer, refuse_absent_data, refuse_changed
from automl.jobs.intake.intake import check_early, take_in
from automl.jobs.intake.kept_options import kept_config, with_secrets
from automl.jobs.intake.opening import Tracking, check_stores, open_tracker_of, proposer_of
from automl.jobs.intake.over import is_over, leave_as_it_is
from automl.jobs.intake.settled import as_begun, settled
from automl.jobs.intake.warm_start import check_places
from automl.jobs.lock import discarded_unused, locked
from automl.jobs.process import Process
from automl.jobs.progress import Progress, SilentProgress
from automl.jobs.result import Result, load_result
from automl.jobs.search.alarm import alarm
from automl.jobs.search.budget import budget_from
from automl.jobs.search.clock import counted, seconds_used
from automl.jobs.search.crew import hiring
from automl.jobs.search.interrupts import endings_interrupt, never_swallowed
from automl.jobs.search.nested import OfFold, check_nested, search_folds, time_for
from automl.jobs.tune.tuned import TunedResult, load_any, refuse_tuned
from automl.jobs.versions import refuse_other_versions
from automl.training.precision import FULL, policy
from automl.views.choice import watching

if TYPE_CHECKING:
    import keras

    from automl.data.modality import Handling


@taking_options
def search(
    data: object, *, verbose: int = 1, progress: Progress | None = None, **options: Unpack[JobArguments]
) -> Result:
    """Search for the best Keras model for a data set, with the options of ``automl.JobConfig``.

    Args:
        data: a file, folder or address, ``"sklearn:NAME"``, a DataFrame, an array, ``(inputs, targets)``,
            or an object of another library; docs/data.md lists all.
        verbose: 1 shows progress on stderr, live in a terminal and in plain lines elsewhere; 0 is silent.
        progress: a view of your own, an object with the methods of ``automl.Progress``.
        **options: what is asked for. ``target`` is a column or several, as the frame spells them
            (``"Life expectancy "``, ``0``); ``time_limit`` is wall time of the whole call in seconds, or
            text such as ``"10m"``; ``settings`` is ``--set``: ``"learning_rate=1e-3"`` fixes,
            ``"width=[64,128]"`` narrows. Paths are ``str`` or ``Path``. Data in memory may have
            ``validation`` in memory.

    Returns:
        the result, with the best model found within the budget.

    Raises:
        InputError: data or options are wrong.
        SearchError: no trial succeeded.
        TypeError: there is no such option.
    """
    started = time.monotonic()
    inside = not isinstance(data, str | Path)
    validation = options.get("validation")
    if inside and validation is not None and not isinstance(validation, str | Path):
        data, options["validation"] = with_validation(data, validation), None
    config = config_of_arguments(None if inside else str(data), options)
    with watching(verbose, progress, started=started) as watcher:
        return run_job(config, data=data if inside else None, progress=watcher, started=started)


def run_job(
    config: JobConfig,
    *,
    data: object = None,
    progress: Progress | None = None,
    started: float | None = None,
    process: Process = Process.SHARED,
) -> Result:
    """Run a new job.

    Args:
        config: the options.
        data: the data when it is in memory.
        progress: told of epochs and trials.
        started: ``time.monotonic()`` from which ``config.time`` counts; now by default.
        process: the part that the job has in this process.

    Returns:
        the result; ``summary["state"]`` is ``interrupted`` when the user stopped it.
    """
    started = time.monotonic() if started is None else started
    found = fetched(config, progress, started)
    source = check_early(found.config, data)
    check_nested(config)
    check_places(config.warm_start)
    config = replace(config, name=config.name or name_of(source.name))
    options = dump_config(kept_config(config))
    check_stores(config)
    made = config.out is None or not os.path.exists(config.out)
    folder = new_folder(config.out, config.name or "")
    with locked(folder), discarded_unused(folder, made=made):
        # first of all, so that `automl resume` works whatever happens from now on
        write_whole(folder.job, options)
        config, source = keep(found, folder, config, source)
        data = source if source.in_memory else None
        return _conduct(
            _Work(
                config=config,
                source=source,
                data=data,
                folder=folder,
                progress=progress or SilentProgress(),
                started=started,
                process=process,
            )
        )


def resume(
    folder: str | Path,
    *,
    data: object = None,
    validation: object = None,
    trials: int | None = None,
    time_limit: float | str | None = None,
    workers: int | str | None = None,
    storage: str | None = None,
    tracking_uri: str | None = None,
    verbose: int = 1,
    progress: Progress | None = None,
    started: float | None = None,
) -> Result:
    """Continue a job that was interrupted or killed, or extend a complete one.

    Args:
        folder: the job folder.
        data: the data when the job was started on data in memory.
        validation: the validation data when that was in memory, too.
        trials: new number of trials in all.
        time_limit: time from now; default: what the job's own limit leaves.
        workers: trials that run at once; default: as many as before.
        storage: the study's storage again, when its address held a password, which is not kept.
        tracking_uri: the same for the MLflow store.
        verbose: as in ``search``.
        progress: as in ``search``.
        started: ``time.monotonic()`` from which the time counts; now by default.

    Raises:
        ConfigError: no job there, no data or other data than before, or nothing left to do.
    """
    started = time.monotonic() if started is None else started
    data = data if validation is None else with_validation(data, validation)
    changes = Changes(
        trials=trials,
        time_limit=time_limit,
        workers=workers,
        storage=storage,
        tracking_uri=tracking_uri,
    )
    with watching(verbose, progress, started=started) as watcher:
        return go_on(folder, changes, data=data, progress=watcher, started=started)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is other than before in a job that is continued; see ``resume`` for each."""

    trials: int | None = None
    time_limit: float | str | None = None
    workers: int | str | None = None
    storage: str | None = None
    tracking_uri: str | None = None


def go_on(
    folder: str | Path,
    changes: Changes,
    *,
    data: object = None,
    progress: Progress,
    started: float,
    process: Process = Process.SHARED,
) -> Result:
    """Continue a job as ``resume`` does.

    Args:
        folder: the job folder.
        changes: what is other than before.
        data: as in ``run_job``.
        progress: as in ``run_job``.
        started: as in ``run_job``.
        process: as in ``run_job``.

    Raises:
        ConfigError: as ``resume``.
    """
    files = open_folder(folder)
    refuse_tuned(files)
    refuse_other_versions(files)
    trials, time_limit, tracking_uri = changes.trials, changes.time_limit, changes.tracking_uri
    with locked(files):
        refuse_absent(state_of(files), f"The job in {files.path}")
        config = read_job(files)
        if time_limit is None and is_over(files, trials):
            store = tracking_uri or config.tracking_uri
            leave_as_it_is(files, config, progress, lambda: open_tracker_of(config.tracking, store, files))
            return Result(files.path)
        config = as_begun(longer(config, seconds_used(files), trials, time_limit), state_of(files))
        config = kept_backend(config, begun=files.state.exists())
        config = _with_workers(config, changes.workers)
        config = with_secrets(config, changes.storage, tracking_uri)
        again = f"go on in Python and give it again, automl.resume({str(files.path)!r}, data=...)."
        refuse_absent_data(files, config, data, again)
        found = fetched(config, progress, started)
        config, source = keep(found, files, config, check_early(found.config, data))
        refuse_changed(files, config, source)
        check_stores(config)
        data = source if source.in_memory else None
        return _conduct(
            _Work(
                config=config,
                source=source,
                data=data,
                folder=files,
                progress=progress,
                started=started,
                process=process,
            )
        )


def _with_workers(config: JobConfig, workers: int | str | None) -> JobConfig:
    return config if workers is None else replace(config, workers=parse_workers(workers))


@overload
def load(folder: str | Path, *, build: None = None) -> Result: ...
@overload
def load(folder: str | Path, *, build: Callable[[Any], keras.Model]) -> TunedResult: ...
def load(folder: str | Path, *, build: Callable[[Any], keras.Model] | None = None) -> Result:
    """Open the folder of a finished job.

    Args:
        folder: the job folder.
        build: of a search by ``tune``, the function that builds its models: needed where they are classes
            that a file cannot hold.

    Raises:
        ConfigError: there is no job in it, or it is not one of ``tune`` and a function is given.
    """
    return load_any(load_result(folder).folder, build)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """A job whose folder this process holds.

    Attributes:
        config: its options.
        source: its data.
        data: the same in memory, None where workers read it themselves.
        folder: the job folder.
        progress: is told how far it is.
        started: ``time.monotonic()`` from which the time counts.
        process: as in ``run_job``.
    """

    config: JobConfig
    source: Source
    data: object
    folder: JobFolder
    progress: Progress
    started: float
    process: Process


def _conduct(work: _Work) -> Result:
    try:
        ending = endings_interrupt() if work.process.alone else nullcontext()
        with counted(work.folder, work.started) as used, ending:
            if work.config.nested:
                _search_folds(work, used)
                # what is kept back and what a trial may take are shares of what is left
                left = time_for("the search over all rows", _left(work, used))
                config = replace(work.config, time=left)
                _search(replace(work, config=config, started=time.monotonic()), 0.0, work.config.time)
            else:
                _search(work, used, work.config.time)
    except KeyboardInterrupt:
        work.progress.note(f"Interrupted. To continue: {work.folder.resuming}")
        raise
    return Result(work.folder.path)


def _search_folds(work: _Work, used: float) -> None:
    """Search without the rows of each fold, in folders of their own."""
    data, process = work.data, work.process.among_others

    def run(own: JobConfig, place: Path) -> None:
        progress, started = OfFold(work.progress), time.monotonic()
        if JobFolder(place).job.exists():
            left = Changes(time_limit=own.time)
            go_on(place, left, data=data, progress=progress, started=started, process=process)
        else:
            own = replace(own, out=str(place))
            run_job(own, data=data, progress=progress, started=started, process=process)
        if progress.ended:
            raise KeyboardInterrupt  # the user has ended all of it

    search_folds(work.config, work.folder, run, work.progress.note, lambda: _left(work, used))


def _left(work: _Work, used: float) -> float | None:
    limit = work.config.time
    return None if limit is None else limit - used - (time.monotonic() - work.started)


def _search(work: _Work, used: float, limit: float | None) -> None:
    """Search, and keep the job as asked for, with the ``limit`` of its time in all."""
    config, folder, progress, started = work.config, work.folder, work.progress, work.started
    begun = budget_from(None, config.time, started=started, used=used)
    phases = Phases(progress.phase, deadline=begun.deadline, timings=Timings(started))
    with (
        alarm(phases, begun.end, forceful=work.process is Process.LAST) as bell,
        hiring(folder, work.data, progress.note) as hire,
        closing(Tracking(config, folder)) as tracking,
    ):

        def started_beside(backend: Backend, handling: Handling) -> None:
            own = replace(config, backend=backend.trials)
            hire.begin(own, handling, elsewhere=backend.elsewhere)
            tracking.begin()

        hire.prepare(config)
        with never_swallowed():
            intake = take_in(
                config,
                replace(work.source, phases=phases),
                folder.cache,
                alone=work.process.alone,
                audits=True,
                data_is_good=started_beside,
                note=progress.note,
            )
        config = settled(replace(config, backend=intake.backend.trials), intake)
        tracker = tracking.open()
        kept = with_addresses(replace(config, time=limit), folder)
        write_whole(folder.job, dump_config(kept_config(kept)))
        from automl.jobs.search.search import Adapters, run_search
        from automl.training import memory
        from automl.training.compile_cache import keeping_programs

        # whatever policy the user's process has: preprocessing is float32
        with policy(FULL), memory.settled(), keeping_programs(wanted=config.compile_cache):
            proposer = proposer_of(config, folder, progress.note)
            adapters = Adapters(proposer=proposer, tracker=tracker, executor=hire)
            run_search(
                config, intake, folder, adapters, progress, started=started, used=used, has_model=bell.off
            )
