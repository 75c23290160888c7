"""Workers that Ray places on the nodes of a cluster; they meet their coordinator over the job folder.

Ray decides where a worker runs, with how many CPUs and GPUs, and starts it again on another node when one
is lost. What is said and who has which task is the board's, as with any other machine that joins: so a
cluster needs a file system that all of its nodes see, which states and weights need anyway.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from automl.core.errors import ConfigError
from automl.core.optional import require
from automl.execution.board import BoardCrew
from automl.execution.executor import Work
from automl.execution.worker_line import WorkerLine

SHORT_SECONDS, SHORT_LIVES = 30.0, 3
"""A worker that ends so many times in a row within so short a time is not started again."""


class RayCrew:
    """Workers on a Ray cluster; see ``Crew``.

    Args:
        board: where they meet.
        slots: how many workers.
        command: of a worker, from its name.
        address: of a cluster, ``auto`` or ``host:port``; None starts one on this machine, which ends with
            the search and listens to this machine alone.
        cpus: that a worker takes.
        gpus: that a worker takes; a fraction shares one.

    Raises:
        MissingDependencyError: Ray is not installed.
        ConfigError: no cluster answers, or it has no room for a single worker.
    """

    waits_for_workers = True

    def __init__(
        self,
        board: BoardCrew,
        *,
        slots: int,
        command: Callable[[str], list[str]],
        address: str | None = None,
        cpus: float = 1.0,
        gpus: float = 0.0,
    ) -> None:
        self.slots = slots
        self._board, self._command = board, command
        self._ray: Any = require("ray", extra="ray", purpose="by --executor ray")
        self._ours = not self._ray.is_initialized()
        if self._ours:
            self._connect(address)
        self._check_room(cpus, gpus)
        self._options = {"num_cpus": cpus, "num_gpus": gpus, "max_retries": -1}
        self._tasks: list[Any] = []

    @property
    def workers(self) -> Sequence[WorkerLine]:
        """Those who have come to the board."""
        return self._board.workers

    def open(self, work: Work) -> None:
        """Place the workers, and tell them what they work on."""
        self._board.open(work)
        keep = self._ray.remote(keep_running)
        for number in range(self.slots):
            command = self._command(f"ray-{number + 1}")
            self._tasks.append(keep.options(**self._options).remote(command))

    def wait(self, seconds: float) -> Sequence[WorkerLine]:
        """Return the workers who have something to say."""
        return self._board.wait(seconds)

    def replace(self, worker: WorkerLine) -> None:
        """Forget one that is gone; Ray starts it again."""
        self._board.replace(worker)

    def close(self, lost: int) -> None:
        """Clear the board, whereupon the workers end, and leave the cluster."""
        self._board.close(lost)
        for task in self._tasks:
            with suppress(Exception):  # it has ended, or its node is gone
                self._ray.cancel(task, force=True)
        if self._ours:
            self._ray.shutdown()

    def _connect(self, address: str | None) -> None:
        alone = {} if address else {"_node_ip_address": "127.0.0.1", "include_dashboard": False}
        try:
            self._ray.init(address=address, log_to_driver=False, configure_logging=False, **alone)
        except (ConnectionError, ValueError, RuntimeError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ConfigError(
                f"No Ray cluster answers at {address or 'this machine'}: {first}. Start one with "
                "`ray start --head`, or leave --ray-address out to start one here."
            ) from error

    def _check_room(self, cpus: float, gpus: float) -> None:
        there = self._ray.cluster_resources()
        for kind, wanted in (("CPU", cpus), ("GPU", gpus)):
            if wanted > there.get(kind, 0.0):
                raise ConfigError(
                    f"A worker wants {wanted:g} {kind}, and the Ray cluster has "
                    f"{there.get(kind, 0.0):g}: ask for less, or add nodes."
                )


def keep_running(command: list[str]) -> int:
    """Run a worker on a node of the cluster until it leaves by itself; returns its exit code."""
    short = 0
    while True:
        began = time.monotonic()
        code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
        short = short + 1 if time.monotonic() - began < SHORT_SECONDS else 0
        if code == 0 or short >= SHORT_LIVES:
            return code
