"""Where trials run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from automl.core.amounts import AUTO, parse_size, parse_workers
from automl.core.errors import ConfigError
from automl.core.option_values import check_between
from automl.jobs.options.option import OptionGroup, option

EXECUTORS = (AUTO, "inline", "pool", "folder", "ray")
MOST_WORKERS, LEAST_MEMORY = 1000, 2**24


@dataclass(frozen=True, kw_only=True)
class WorkerOptions(OptionGroup):
    """Workers, their machines and their share of cores and memory."""

    workers: int | str = option(
        1, "trials to run at once; auto: one per GPU, or per 4 cores", metavar="N", parse=parse_workers
    )
    executor: str = option(
        AUTO,
        "where trials run: inline (this process), pool (worker processes), folder (machines that run "
        "`automl worker`) or ray (a cluster); auto: inline or pool, by --workers",
        metavar="E",
    )
    ray_address: str | None = option(None, "Ray cluster: auto or HOST:PORT; default: own", metavar="A")
    worker_cores: int | None = option(
        None, "CPU cores of a worker; default: an equal share", metavar="N", most=10**4
    )
    trials_per_gpu: int = option(1, "workers sharing each GPU, with --workers auto", metavar="K", most=100)
    attempts: int = option(
        3, "times in a row a trial's worker may die before the trial fails", metavar="N", most=10**6
    )
    memory_limit: int | None = option(
        None,
        "memory limit of a trial: 4GB, 512MB; default: for worker processes, an equal share",
        metavar="SIZE",
        parse=parse_size,
        least=LEAST_MEMORY,
        most=2**60,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.workers != AUTO:
            check_between("workers", int(self.workers), 1, MOST_WORKERS)
        if self.executor == "inline" and self.workers != 1:
            raise ConfigError(
                f"executor inline runs one trial at a time in this process, but workers is {self.workers}: "
                "use executor pool, or workers 1."
            )
        if self.ray_address is not None and self.executor != "ray":
            raise ConfigError(
                f"ray_address names a Ray cluster, but executor is {self.executor}: use executor ray."
            )


class WorkerArguments(TypedDict, total=False):
    """``WorkerOptions`` as Python takes them."""

    workers: int | str
    executor: str
    ray_address: str | None
    worker_cores: int | None
    trials_per_gpu: int
    attempts: int
    memory_limit: int | str | None
