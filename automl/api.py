"""The Python interface, and the one place where Optuna, MLflow and the engines meet their Protocols."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.amounts import parse_share, parse_size, parse_time, parse_workers
from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.job_names import name_of
from automl.core.phases import Phases, Timings
from automl.jobs.config import JobConfig, config_from, dump_config, read_config
from automl.jobs.extensions import refuse_absent
from automl.jobs.folder import JobFolder, new_folder, open_folder, state_of
from automl.jobs.intake.backend import Backend, kept_backend
from automl.jobs.intake.continued import longer, refuse_other_data
from automl.jobs.intake.intake import check_early, take_in
from automl.jobs.intake.kept_options import kept_config, with_secrets
from automl.jobs.intake.opening import Tracking, check_stores, open_tracker_of, proposer_of
from automl.jobs.intake.over import is_over, leave_as_it_is
from automl.jobs.intake.settled import as_begun, settled
from automl.jobs.intake.warm_start import check_places
from automl.jobs.lock import discarded_unused, locked
from automl.jobs.progress import Progress, SilentProgress
from automl.jobs.result import Result, load_result
from automl.jobs.search.alarm import alarm
from automl.jobs.search.budget import budget_from
from automl.jobs.search.clock import counted, seconds_used
from automl.jobs.search.crew import hiring
from automl.jobs.search.interrupts import endings_interrupt
from automl.jobs.tune.tuned import load_any, refuse_tuned
from automl.jobs.versions import refuse_other_versions
from automl.training.precision import FULL, policy
from automl.views.choice import watching

if TYPE_CHECKING:
    import keras

    from automl.data.modality import Handling
    from automl.data.source import Source


def search(  # noqa: D417  long, as each option is a parameter, for editors and `help`; JobConfig tells them
    data: object,
    *,
    target: int | str | Sequence[int | str] = (),
    name: str | None = None,
    modality: str | None = None,
    task: str | None = None,
    family: str | Sequence[str] = (),
    space: str | Path | None = None,
    settings: Sequence[str] = (),
    metric: str | Sequence[str] = (),
    cost: str | None = None,
    amount_column: str | None = None,
    constraint: str | Sequence[str] = (),
    protected: str | Sequence[str] = (),
    keep_protected: bool = False,
    mitigate: str | Sequence[str] = (),
    coverage: float | str | None = None,
    coverage_by: str | None = None,
    trials: int | None = None,
    time_limit: float | str | None = None,
    trial_time: float | str | None = None,
    epochs: int | None = None,
    sampler: str = "rungs",
    pruner: str | None = None,
    portfolio: bool = True,
    warm_start: str | Path | Sequence[str | Path] = (),
    validation: str | Path | None = None,
    folds: int | None = None,
    sample_rows: int | None = None,
    single: bool = False,
    distill: bool = False,
    group_column: str | None = None,
    time_column: str | None = None,
    id_column: str | None = None,
    keep: str | Sequence[str] = (),
    drop: str | Sequence[str] = (),
    horizon: int | None = None,
    lookback: int | None = None,
    tokenizer: str | None = None,
    image_size: int | None = None,
    frames: int | None = None,
    user_column: str | None = None,
    item_column: str | None = None,
    user_table: str | Path | None = None,
    item_table: str | Path | None = None,
    hold_out: str | None = None,
    header: bool = True,
    seed: int = 0,
    out: str | Path | None = None,
    backend: str = "auto",
    strategy: str = "auto",
    engine: str = "auto",
    precision: str = "auto",
    compile_cache: bool = True,
    workers: int | str = 1,
    executor: str = "auto",
    ray_address: str | None = None,
    worker_cores: int | None = None,
    trials_per_gpu: int = 1,
    attempts: int = 3,
    memory_limit: int | str | None = None,
    storage: str | None = None,
    lenient: bool = False,
    tracking: bool = True,
    tracking_uri: str | Path | None = None,
    verbose: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Search for the best Keras model for a data set, with the options of ``automl.JobConfig``.

    Args:
        data: a file or folder, ``"sklearn:NAME"``, a DataFrame, an array, or ``(inputs, targets)``.
        target: target column or columns, as the frame spells them (``"Life expectancy "``, ``0``).
        time_limit: wall time of the whole call in seconds, or text such as ``"10m"``.
        settings: as ``--set``: ``"learning_rate=1e-3"`` fixes, ``"width=[64,128]"`` narrows.
        verbose: 1 shows progress on stderr, live in a terminal and in plain lines elsewhere; 0 is silent.
        progress: a view of your own, an object with the methods of ``automl.Progress``.
        name, modality, task, family, space, metric, cost, amount_column, constraint, protected,
            keep_protected, mitigate, coverage, coverage_by, trials, trial_time, epochs, sampler, pruner,
            portfolio, warm_start, validation, folds, sample_rows, single, distill, group_column,
            time_column, id_column, keep, drop, horizon, lookback, tokenizer, image_size, frames,
            user_column, item_column, user_table, item_table, hold_out, header, seed, out, backend,
            strategy, engine, precision, compile_cache, workers, executor, ray_address, worker_cores,
            trials_per_gpu, attempts, memory_limit, storage, lenient, tracking, tracking_uri: see there.

    Returns:
        the result, with the best model found within the budget.

    Raises:
        InputError: data or options are wrong.
        SearchError: no trial succeeded.
    """
    started = time.monotonic()
    inside = not isinstance(data, str | Path)
    config = JobConfig(
        data=None if inside else str(data),
        name=name,
        target=_names(target),
        modality=modality,
        task=task,
        family=_names(family),
        space=_path(space, "space"),
        set=tuple(settings),
        metric=_names(metric),
        cost=cost,
        amount_column=amount_column,
        constraint=_names(constraint),
        protected=_names(protected),
        keep_protected=keep_protected,
        mitigate=_names(mitigate),
        coverage=None if coverage is None else parse_share(coverage),
        coverage_by=coverage_by,
        trials=trials,
        time=None if time_limit is None else parse_time(time_limit),
        trial_time=None if trial_time is None else parse_time(trial_time, "trial_time"),
        epochs=epochs,
        sampler=sampler,
        pruner=pruner,
        portfolio=portfolio,
        warm_start=_names(warm_start),
        validation=_path(validation, "validation"),
        folds=folds,
        sample_rows=sample_rows,
        single=single,
        distill=distill,
        group_column=group_column,
        time_column=time_column,
        id_column=id_column,
        keep=_names(keep),
        drop=_names(drop),
        horizon=horizon,
        lookback=lookback,
        tokenizer=tokenizer,
        image_size=image_size,
        frames=frames,
        user_column=user_column,
        item_column=item_column,
        user_table=_path(user_table, "user_table"),
        item_table=_path(item_table, "item_table"),
        hold_out=hold_out,
        header=header,
        seed=seed,
        out=_path(out, "out"),
        strategy=strategy,
        engine=engine,
        precision=precision,
        compile_cache=compile_cache,
        workers=parse_workers(workers),
        executor=executor,
        ray_address=ray_address,
        worker_cores=worker_cores,
        trials_per_gpu=trials_per_gpu,
        attempts=attempts,
        memory_limit=None if memory_limit is None else parse_size(memory_limit),
        storage=storage,
        lenient=lenient,
        tracking=tracking,
        tracking_uri=_path(tracking_uri, "tracking_uri"),
        backend=backend,
    )
    with watching(verbose, progress, started=started) as watcher:
        return run_job(config, data=data if inside else None, progress=watcher, started=started)


def run_job(
    config: JobConfig,
    *,
    data: object = None,
    progress: Progress | None = None,
    started: float | None = None,
    alone: bool = False,
) -> Result:
    """Run a new job.

    Args:
        config: the options.
        data: the data when it is in memory.
        progress: told of epochs and trials.
        started: ``time.monotonic()`` from which ``config.time`` counts; now by default.
        alone: whether this process does nothing else, so that it may be ended when the time is over.

    Returns:
        the result; ``summary["state"]`` is ``interrupted`` when the user stopped it.
    """
    started = time.monotonic() if started is None else started
    source = check_early(config, data)
    check_places(config.warm_start)
    config = replace(config, name=config.name or name_of(source.name))
    options = dump_config(kept_config(config))
    check_stores(config)
    made = config.out is None or not os.path.exists(config.out)
    folder = new_folder(config.out, config.name or "")
    with locked(folder), discarded_unused(folder, made=made):
        # first of all, so that `automl resume` works whatever happens from now on
        write_whole(folder.job, options)
        return _conduct(config, source, data, folder, progress or SilentProgress(), started, alone=alone)


def resume(
    folder: str | Path,
    *,
    data: object = None,
    trials: int | None = None,
    time_limit: float | str | None = None,
    workers: int | str | None = None,
    storage: str | None = None,
    tracking_uri: str | None = None,
    verbose: int = 1,
    progress: Progress | None = None,
    started: float | None = None,
    alone: bool = False,
) -> Result:
    """Continue a job that was interrupted or killed, or extend a complete one.

    Args:
        folder: the job folder.
        data: the data when the job was started on data in memory.
        trials: new number of trials in all.
        time_limit: time from now; default: what the job's own limit leaves.
        workers: trials that run at once; default: as many as before.
        storage: the study's storage again, when its address held a password, which is not kept.
        tracking_uri: the same for the MLflow store.
        verbose: as in ``search``.
        progress: as in ``search``.
        started: ``time.monotonic()`` from which the time counts; now by default.
        alone: as in ``run_job``.

    Raises:
        ConfigError: no job there, other data than before, or nothing left to do.
    """
    started = time.monotonic() if started is None else started
    files = open_folder(folder)
    refuse_tuned(files)
    refuse_other_versions(files)
    with watching(verbose, progress, started=started) as watcher, locked(files):
        refuse_absent(state_of(files), f"The job in {files.path}")
        config = config_from(read_config(files.job), where=str(files.job))
        if time_limit is None and is_over(files, trials):
            store = tracking_uri or config.tracking_uri
            leave_as_it_is(files, config, watcher, lambda: open_tracker_of(config.tracking, store, files))
            return Result(files.path)
        config = as_begun(longer(config, seconds_used(files), trials, time_limit), state_of(files))
        config = kept_backend(config, begun=files.state.exists())
        config = config if workers is None else replace(config, workers=parse_workers(workers))
        config = with_secrets(config, storage, tracking_uri)
        source = check_early(config, data)
        refuse_other_data(files, state_of(files), source)
        check_stores(config)
        return _conduct(config, source, data, files, watcher, started, alone=alone)


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


def _conduct(
    config: JobConfig,
    source: Source,
    data: object,
    folder: JobFolder,
    progress: Progress,
    started: float,
    *,
    alone: bool,
) -> Result:
    """Work on a job whose folder this process holds."""
    try:
        with counted(folder, started) as used, endings_interrupt() if alone else nullcontext():
            _search(config, source, data, folder, progress, started, used, alone=alone)
    except KeyboardInterrupt:
        progress.note(f"Interrupted. To continue: {folder.resuming}")
        raise
    return Result(folder.path)


def _search(
    config: JobConfig,
    source: Source,
    data: object,
    folder: JobFolder,
    progress: Progress,
    started: float,
    used: float,
    *,
    alone: bool,
) -> None:
    begun = budget_from(None, config.time, started=started, used=used)
    phases = Phases(progress.phase, deadline=begun.deadline, timings=Timings(started))
    with (
        alarm(phases, begun.end, forceful=alone) as bell,
        hiring(folder, data, progress.note) as hire,
        closing(Tracking(config, folder)) as tracking,
    ):

        def started_beside(backend: Backend, handling: Handling) -> None:
            own = replace(config, backend=backend.trials)
            hire.begin(own, handling, elsewhere=backend.elsewhere)
            tracking.begin()

        hire.prepare(config)
        intake = take_in(
            config,
            replace(source, phases=phases),
            folder.cache,
            alone=alone,
            audits=True,
            data_is_good=started_beside,
            note=progress.note,
        )
        config = settled(replace(config, backend=intake.backend.trials), intake)
        tracker = tracking.open()
        write_whole(folder.job, dump_config(kept_config(config)))
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


def _path(value: object, option: str) -> str | None:
    """A path as the job file holds it.

    Raises:
        ConfigError: it is none, such as a frame.
    """
    if value is None or isinstance(value, str | Path):
        return None if value is None else str(value)
    advice = ""
    if option == "validation":
        advice = " Save the rows to a file, or leave it out: a part of the data is then held out."
    raise ConfigError(f"{option}: expected a path, got {type(value).__name__}.{advice}")


def _names(value: int | str | Path | Sequence[int | str | Path]) -> tuple[str, ...]:
    return (str(value),) if isinstance(value, int | str | Path) else tuple(str(item) for item in value)
