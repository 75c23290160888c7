"""Workers that Ray places on the nodes of a cluster; they reach their coordinator through the job folder.

Ray decides where a worker runs, with how many CPUs and GPUs, and restarts it on another node when one is
lost. Messages and leases go through the board, as for any other machine that joins. So the cluster needs a
file system that all nodes can access, which states and weights need anyway.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from automl.core.errors import ConfigError, SearchError
from automl.core.optional import require
from automl.execution.board import BoardCrew
from automl.execution.executor import Work
from automl.execution.worker_line import WorkerLine

ANSWER_SECONDS = 5.0
"""Within which a cluster's address must answer."""

SHORT_SECONDS, SHORT_LIVES = 30.0, 3
"""A worker that ends so many times in a row within so short a time is not started again."""

CHECK_SECONDS = 1.0
"""Between two looks whether any worker is left."""

WRONG_USAGE = 2
"""Exit code of a worker that cannot work on its node, however often it is started."""

ALONE = {
    # without it Ray takes the address of a network card, and all that it starts listens to the network; the
    # name is historical, on Linux the default is the other one
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    # other users of this machine are asked for a token, the default since Ray 2.59
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""Settings of a Ray of one's own, which is read when Ray is imported."""


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
        if address is None and "ray" not in sys.modules:
            for name, value in ALONE.items():
                os.environ.setdefault(name, value)
        self._ray: Any = require("ray", extra="ray", purpose="by --executor ray")
        self._ours = not self._ray.is_initialized()
        if self._ours:
            self._connect(address)
        self._check_room(cpus, gpus)
        self._options = {"num_cpus": cpus, "num_gpus": gpus, "max_retries": -1}
        self._tasks: list[Any] = []
        self._checked = 0.0

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
        """Return the workers who have something to say.

        Raises:
            SearchError: all have ended, and Ray starts none again.
        """
        heard = self._board.wait(seconds)
        if not heard and time.monotonic() - self._checked >= CHECK_SECONDS:
            self._checked = time.monotonic()
            self._check_workers()
        return heard

    def replace(self, worker: WorkerLine) -> None:
        """Forget one that is gone; Ray starts it again."""
        self._board.replace(worker)

    def refuse(self, worker: WorkerLine, reason: str) -> None:
        """Do without a worker whose node is not as it should be; when none is left, that is told."""
        self._board.refuse(worker, reason)

    def close(self, lost: int) -> None:
        """Clear the board, whereupon the workers end, and leave the cluster."""
        self._board.close(lost)
        for task in self._tasks:
            with suppress(Exception):  # it has ended, or its node is gone
                self._ray.cancel(task, force=True)
        if self._ours:
            self._ray.shutdown()

    def _connect(self, address: str | None) -> None:
        if address is not None:
            _check_answer(address)
        alone = {} if address else {"include_dashboard": False}
        try:
            self._ray.init(address=address, log_to_driver=False, configure_logging=False, **alone)
        except (ConnectionError, ValueError, RuntimeError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise _no_cluster(address or "this machine", first) from error

    def _check_workers(self) -> None:
        """End a search for which nobody works any more, and nobody will."""
        _, running = self._ray.wait(self._tasks, num_returns=len(self._tasks), timeout=0)
        if running:
            return
        reasons = [self._reason(task) for task in self._tasks]
        told = next((reason for reason in reasons if reason), "they left, one after the other")
        raise SearchError(f"No worker is left on the Ray cluster: {told}")

    def _reason(self, task: Any) -> str:
        try:
            return str(self._ray.get(task))
        except Exception as error:  # Ray's own tree, and what the node said of the command
            return (str(error).strip().splitlines() or [type(error).__name__])[-1]

    def _check_room(self, cpus: float, gpus: float) -> None:
        there = self._ray.cluster_resources()
        for kind, wanted in (("CPU", cpus), ("GPU", gpus)):
            if wanted > there.get(kind, 0.0):
                raise ConfigError(
                    f"A worker needs {wanted:g} {kind}, but the Ray cluster has "
                    f"{there.get(kind, 0.0):g}: request less, or add nodes."
                )


def keep_running(command: list[str]) -> str:
    """Run a worker on a node of the cluster, again when it ends by an accident.

    Returns:
        Why it is not started any more: the end of what it said, or empty when it left by itself.
    """
    short = 0
    while True:
        began = time.monotonic()
        code, words = _run(command)
        short = short + 1 if time.monotonic() - began < SHORT_SECONDS else 0
        if code == 0:
            return ""
        if code == WRONG_USAGE or short >= SHORT_LIVES:
            return f"it ended with exit code {code} and this output: {words or 'nothing'}"


def _run(command: list[str]) -> tuple[int, str]:
    """The exit code of a command, and the end of what it wrote."""
    with tempfile.TemporaryFile() as output:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=output).returncode
        output.seek(max(output.seek(0, os.SEEK_END) - 1000, 0))
        return code, output.read().decode("utf-8", errors="replace").strip()


def _check_answer(address: str) -> None:
    """Refuse an address where nobody listens; Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if not (host and port.isdigit()):
        return  # "auto" and other words of Ray's own
    try:
        socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS).close()
    except OSError as error:
        raise _no_cluster(address, error.strerror or str(error)) from error


def _no_cluster(address: str, reason: str) -> ConfigError:
    return ConfigError(
        f"No Ray cluster answers at {address}: {reason}. Start one with `ray start --head`, or leave "
        "--ray-address out to start one here."
    )
