"""What a job opens before it searches: the store of its runs, and its study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.specs import Objective
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.intake.warm_start import place_of

if TYPE_CHECKING:
    from automl.spaces.space import SearchSpace
    from automl.study.earlier.warm_start import Facts
    from automl.study.proposer import Proposer
    from automl.tracking.delivery_process import DeliveryProcess
    from automl.tracking.tracker import Tracker


def check_stores(config: JobConfig) -> None:
    """Refuse stores of the study and of the runs that do not answer, before anything is read."""
    if config.storage is not None:
        from automl.study.storage.storage import open_storage

        open_storage(Path(), config.storage)
    if config.tracking:
        from automl.tracking.answering import check_store

        check_store(config.tracking_uri)


class Tracking:
    """The store of a job's runs, opened in two steps: what speaks to it starts while Keras is loaded.

    Args:
        config: the job.
        folder: where what cannot be sent waits.
    """

    def __init__(self, config: JobConfig, folder: JobFolder) -> None:
        self._config, self._folder = config, folder
        self._process: DeliveryProcess | None = None

    def begin(self) -> None:
        """Start the process that speaks to the store; it makes a data base that is not there."""
        if self._config.tracking:
            from automl.tracking.delivery_process import DeliveryProcess
            from automl.tracking.location import resolve

            self._process = DeliveryProcess(resolve(self._config.tracking_uri))

    def open(self) -> Tracker:
        """Open the tracker."""
        config = self._config
        return open_tracker_of(config.tracking, config.tracking_uri, self._folder, self._process)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()


def open_tracker_of(
    tracking: bool, uri: str | None, folder: JobFolder, process: DeliveryProcess | None = None
) -> Tracker:
    """Open the tracker of a job: MLflow, by a process of its own or by this one, or none at all."""
    if not tracking:
        from automl.tracking.memory import NullTracker

        return NullTracker()
    from automl.tracking.opening import open_tracker

    return open_tracker(uri, folder.path, process)


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
