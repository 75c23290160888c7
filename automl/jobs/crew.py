"""Who runs the trials of a job: this process, or worker processes with their devices and their limits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from automl.execution.executor import Executor, Runner, Work
from automl.execution.inline import Inline
from automl.execution.leases import Leases
from automl.jobs.config import AUTO, JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.plan import Plan, TrialEnd, end_from_json, plan_to_json
from automl.training.accelerator import host_memory, visible_gpus

Hire: TypeAlias = Callable[[Runner, Work], Executor[Plan, TrialEnd]]
"""From a runner for this process, and the same told for other processes, to the executor."""

CORES_PER_WORKER, BYTES_PER_WORKER = 4, 4 * 2**30
"""What ``--workers auto`` gives a worker at least where there is no GPU."""

MEMORY_SHARE = 0.9
"""Share of the machine's memory that all workers together may take unless a limit is given."""


@contextmanager
def hired(config: JobConfig, folder: JobFolder, data: object) -> Iterator[Hire]:
    """Start the workers of a job; they load the framework while the data is read.

    Args:
        config: the job.
        folder: where their journal and their logs lie.
        data: the data when it is in memory.
    """
    workers, gpus = worker_count(config), visible_gpus()
    leases = Leases(folder.leases)
    if executor_name(config, workers) == "inline":
        yield lambda runner, work: Inline(runner, leases=leases, attempts=config.attempts)
        return
    from automl.execution.pool import Limits, Pool, places

    limits = Limits(memory_bytes=_memory_limit(config, workers), attempts=config.attempts)
    pool: Pool[Plan, TrialEnd] = Pool(
        places(workers, environments(config, workers, gpus), cores=config.worker_cores),
        folder=folder.logs,
        leases=leases,
        encode=plan_to_json,
        decode=lambda plan, values: end_from_json(values),
        warm=("keras",),
        options={} if data is None else {"data": data},
        limits=limits,
    )

    def opened(runner: Runner, work: Work) -> Executor[Plan, TrialEnd]:
        pool.open(work)
        return pool

    try:
        yield opened
    finally:
        pool.close()


def worker_count(config: JobConfig) -> int:
    """Return how many workers a job gets on this machine."""
    if config.workers != AUTO:
        return int(config.workers)
    gpus = len(visible_gpus())
    if gpus:
        # a strategy that spans the GPUs takes them all for one trial
        return gpus * config.trials_per_gpu if config.strategy in (AUTO, "single") else 1
    by_memory = (host_memory() or BYTES_PER_WORKER) // BYTES_PER_WORKER
    return max(1, min((os.cpu_count() or 1) // CORES_PER_WORKER, by_memory))


def executor_name(config: JobConfig, workers: int) -> str:
    """Return where trials run: as asked for, else in this process when there is one worker."""
    if config.executor == AUTO:
        return "inline" if workers == 1 else "pool"
    return config.executor


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


def _memory_limit(config: JobConfig, workers: int) -> int | None:
    if config.memory_limit is not None:
        return config.memory_limit
    memory = host_memory()
    return None if memory is None else int(MEMORY_SHARE * memory / workers)
