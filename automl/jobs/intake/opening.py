"""What a job opens before it searches: its data, beside it the store of its runs, and its study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.specs import Objective
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.intake.backend import Backend
from automl.jobs.intake.intake import Intake, take_in
from automl.jobs.intake.warm_start import place_of

if TYPE_CHECKING:
    from automl.data.source import Source
    from automl.spaces.space import SearchSpace
    from automl.study.earlier.warm_start import Facts
    from automl.study.proposer import Proposer
    from automl.tracking.tracker import Tracker


def check_stores(config: JobConfig) -> None:
    """Refuse stores of the study and of the runs that do not answer, before anything is read."""
    if config.storage is not None:
        from automl.study.storage.storage import open_storage

        open_storage(Path(), config.storage)
    if config.tracking:
        from automl.tracking.answering import check_store

        check_store(config.tracking_uri)


def taken_in(
    config: JobConfig,
    source: Source,
    folder: JobFolder,
    note: Callable[[str], None],
    *,
    alone: bool,
    hire: Callable[[Backend], object],
) -> Intake:
    """Read the data and tell what it is.

    While Keras is loaded, workers load it, too, and the tracker's store is made ready.

    Args:
        config: the job.
        source: its data.
        folder: where what is slow to read is kept.
        note: tells the user something.
        alone: whether this process does nothing else.
        hire: starts the workers, once the backend of the trials is known.
    """

    def warm() -> None:
        if config.tracking:
            from automl.tracking.delivery import warm_up

            warm_up(config.tracking_uri)

    def beside(backend: Backend) -> None:
        hire(backend)
        thread.submit(warm)

    with ThreadPoolExecutor(max_workers=1) as thread:
        return take_in(config, source, folder.cache, alone=alone, data_is_good=beside, note=note)


def open_tracker_of(tracking: bool, uri: str | None, folder: JobFolder, *, apart: bool = False) -> Tracker:
    """Open the tracker of a job: MLflow, from a process of its own or from this one, or none at all."""
    if not tracking:
        from automl.tracking.memory import NullTracker

        return NullTracker()
    from automl.tracking.mlflow_tracker import open_tracker

    return open_tracker(uri, folder.path, apart=apart)


def proposer_of(
    config: JobConfig, folder: JobFolder, note: Callable[[str], None]
) -> Callable[[SearchSpace, tuple[Objective, ...], Mapping[str, int], Facts], Proposer]:
    """Return what opens the study on a space with objectives, full lengths by family, facts on the data."""
    from automl.study.opening import open_proposer
    from automl.study.optuna.pruners import DEFAULT

    def opened(
        space: SearchSpace, objectives: tuple[Objective, ...], epochs: Mapping[str, int], facts: Facts
    ) -> Proposer:
        return open_proposer(
            folder=folder.path,
            name=config.name or folder.path.name,
            space=space,
            objectives=objectives,
            epochs=epochs,
            sampler=config.sampler,
            pruner=config.pruner or DEFAULT,
            seed=config.seed,
            storage=config.storage,
            use_portfolio=config.portfolio,
            facts=facts,
            earlier=[place_of(text) for text in config.warm_start],
            note=note,
        )

    return opened
