"""Who runs the trials of a job: this process, worker processes, other machines; with which devices."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from automl.core.amounts import AUTO
from automl.core.errors import ConfigError
from automl.data.modality import Handling
from automl.execution.dispatcher import Dispatcher, Limits
from automl.execution.executor import Executor, Runner, Work
from automl.execution.inline import Inline
from automl.execution.leases import Leases
from automl.execution.worker_line import Crew
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.intake.backend import asked_backend
from automl.jobs.trial.plan import Plan, TrialEnd, end_from_json, plan_to_json
from automl.training.accelerator import host_memory, visible_gpus

UNKNOWN = Handling(examples_per_epoch=1)
"""How examples are handled of which nothing is known yet."""

MEMORY_SHARE = 0.9
"""Share of the machine's memory that all workers together may take unless a limit is given."""


class Hiring:
    """Starts the workers of a job once, and makes the executor of its trials.

    Args:
        folder: where the workers' journal and their logs lie, and where they meet.
        data: the data when it is in memory.
        note: tells the user something.
    """

    def __init__(self, folder: JobFolder, data: object, note: Callable[[str], None]) -> None:
        self._folder, self._data, self._note = folder, data, note
        self._leases = Leases(folder.leases)
        self._attempts = 0
        self._executor: Dispatcher[Plan, TrialEnd] | None = None

    def prepare(self, config: JobConfig) -> None:
        """Start workers before the data is read where they need not wait for that: see ``begin``."""
        backend = asked_backend() if config.backend == AUTO else config.backend
        if config.executor in ("folder", "ray"):
            self.begin(config, UNKNOWN, elsewhere=False)  # their workers read the job's file later
        elif backend is not None and config.workers != AUTO:
            self.begin(replace(config, backend=backend), UNKNOWN, elsewhere=False)

    def begin(self, config: JobConfig, handling: Handling, *, elsewhere: bool) -> None:
        """Start the workers, unless they are there; they load the framework beside this process.

        Args:
            config: the job, its backend chosen.
            handling: of its examples: what a worker needs at least.
            elsewhere: whether trials must not run in this process.

        Raises:
            ConfigError: data in memory, which other machines cannot see, or no cluster.
        """
        if config.workers == AUTO:
            config = replace(config, workers=worker_count(config, handling))
        name = executor_name(config, elsewhere=elsewhere)
        self._attempts = config.attempts
        if name == "inline" or self._executor is not None:
            return
        if name in ("folder", "ray") and self._data is not None:
            raise ConfigError(f"executor {name}: other machines cannot see data in memory; give a file.")
        self._executor = Dispatcher(
            _crew(name, config, self._folder, self._data, self._leases, self._note),
            leases=self._leases,
            encode=plan_to_json,
            decode=lambda plan, values: end_from_json(values),
            limits=Limits(memory_bytes=_memory_limit(config, name), attempts=config.attempts),
        )
        if name == "folder":
            self._note(f"Workers join with: automl worker --join {self._folder.path}")

    def __call__(self, runner: Runner, work: Work) -> Executor[Plan, TrialEnd]:
        """Return the executor.

        Args:
            runner: runs trials in this process, where there are no workers.
            work: the same told for other processes.
        """
        if self._executor is None:
            return Inline(runner, leases=self._leases, attempts=self._attempts)
        self._executor.open(work)
        return self._executor

    def close(self) -> None:
        """End the workers."""
        if self._executor is not None:
            self._executor.close()


@contextmanager
def hiring(folder: JobFolder, data: object, note: Callable[[str], None]) -> Iterator[Hiring]:
    """Open what starts the workers of a job, and end these with the block; see ``Hiring``."""
    made = Hiring(folder, data, note)
    try:
        yield made
    finally:
        made.close()


def _crew(
    name: str,
    config: JobConfig,
    folder: JobFolder,
    data: object,
    leases: Leases,
    note: Callable[[str], None],
) -> Crew:
    if name == "pool":
        from automl.execution.pool import ProcessCrew, places

        workers = worker_count(config)
        shares = environments(config, workers, visible_gpus())
        return ProcessCrew(
            places(workers, shares, cores=config.worker_cores),
            folder=folder.logs,
            leases=leases,
            warm=("keras",),
            options={} if data is None else {"data": data},
        )
    from automl.execution.board import BoardCrew

    if name == "folder":
        return BoardCrew(folder.board, note=note)
    from automl.execution.ray_cluster import RayCrew

    return RayCrew(
        BoardCrew(folder.board, note=note),
        slots=worker_count(config),
        command=lambda worker: worker_command(folder, worker),
        address=config.ray_address,
        cpus=float(config.worker_cores or 1),
        gpus=1.0 / config.trials_per_gpu if visible_gpus() else 0.0,
    )


def worker_command(folder: JobFolder, worker: str) -> list[str]:
    """Return the command that joins a running search under a name."""
    return [sys.executable, "-m", "automl", "worker", "--join", str(folder.path), "--id", worker]


def worker_count(config: JobConfig, handling: Handling = UNKNOWN) -> int:
    """Return how many workers a job gets on this machine: with ``auto`` by what one of them needs.

    A worker uses as many threads as it has cores: TensorFlow and XLA count those they may run on.
    """
    if config.workers != AUTO:
        return int(config.workers)
    gpus = len(visible_gpus())
    if gpus:
        # a strategy that spans the GPUs takes them all for one trial
        return gpus * config.trials_per_gpu if config.strategy in (AUTO, "single") else 1
    by_memory = (host_memory() or handling.worker_bytes) // handling.worker_bytes
    return max(1, min((os.cpu_count() or 1) // handling.worker_cores, by_memory))


def executor_name(config: JobConfig, *, elsewhere: bool) -> str:
    """Return where trials run: as asked for, else in this process when there is one worker.

    Args:
        config: the job.
        elsewhere: whether they must not run in this process.
    """
    if config.executor != AUTO:
        return config.executor
    return "inline" if worker_count(config) == 1 and not elsewhere else "pool"


def environments(config: JobConfig, workers: int, gpus: tuple[str, ...]) -> list[Mapping[str, str]]:
    """Return the variables of each worker: the backend, and the GPU that it may use.

    Args:
        config: the job.
        workers: how many.
        gpus: the GPUs of this machine, as ``CUDA_VISIBLE_DEVICES`` names them.
    """
    shared = {"KERAS_BACKEND": config.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if not gpus or workers == 1 or config.strategy not in (AUTO, "single"):
        return [shared] * workers
    # growth: several processes may share a GPU, and none must take all of its memory at once
    grown = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    return [
        {**shared, **grown, "CUDA_VISIBLE_DEVICES": gpus[index % len(gpus)]} for index in range(workers)
    ]


def _memory_limit(config: JobConfig, name: str) -> int | None:
    """Bytes that a worker may hold: as asked for, else on this machine an equal share."""
    memory = host_memory()
    if config.memory_limit is not None or memory is None or name != "pool":
        return config.memory_limit
    return int(MEMORY_SHARE * memory / worker_count(config))
