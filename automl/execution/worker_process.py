"""A worker process as its coordinator sees it: started, messaged, monitored, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from automl.core.children import start_module
from automl.execution.executor import Message
from automl.execution.worker_line import Held

_MODULE = "automl.execution.worker"

SILENT_SECONDS = 8.0
"""A worker that shows no sign of life for so long, and does not compute, is gone."""

IDLE_SECONDS, IDLE_LEAST = 4.0, 0.05
"""One does not compute that took less than ``IDLE_LEAST`` seconds of processor time in so long: on a
machine with more processes than cores, one that loads a framework gets little, but more than this."""

DEAF_SECONDS = 60.0
"""One that computes without a sign of life, in native code that lets no thread in, is given so long."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a worker runs.

    Attributes:
        name: in messages and in the journal.
        cores: numbers of the CPU cores that it may use, empty for all.
        environment: variables that it gets beside those of the coordinator.
    """

    name: str
    cores: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerProcess:
    """The line to one process of this machine; see ``WorkerLine``.

    Args:
        place: where it runs.
        options: handed to the runner's maker beside those of its work, pickled: to this process alone.
        warm: modules to import while the coordinator reads the data.
        log: file that gets what it prints.
    """

    def __init__(self, place: Place, *, options: Mapping[str, Any], warm: Sequence[str], log: Path) -> None:
        self.place, self.name = place, place.name
        self.log = log
        self.ready = False
        self.held: dict[str, Held] = {}
        self.tasks_done = 0
        self.least_memory = 0
        self.heard = time.monotonic()
        with log.open("ab") as output:
            self._process, self.connection = start_module(
                _MODULE,
                output=output,
                errors=output,
                environment=place.environment,
                mark=str(log.parent.absolute()),
            )
        self.pid = self._process.pid
        self._watched = psutil.Process(self._process.pid)
        self._computed, self._busy = 0.0, self.heard
        self.started = self._watched.create_time()
        cores = place.cores if hasattr(os, "sched_setaffinity") else ()
        opening = {"path": sys.path, "cores": cores, "warm": list(warm), "options": dict(options)}
        with suppress(OSError):  # one that died at once is found dead by the next look
            self.connection.send(opening)

    def send(self, message: Message) -> None:
        """Send a command; a worker that is dead is found by its end."""
        with suppress(OSError):
            self.connection.send_bytes(json.dumps(message).encode())

    def receive(self) -> list[dict[str, Any]] | None:
        """Return what it sent next, None at its end."""
        try:
            message = json.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            return None
        self.heard = time.monotonic()
        return [message]

    def memory(self) -> int:
        """Bytes of memory that it holds, 0 when it is gone."""
        with suppress(psutil.Error):
            return int(self._watched.memory_info().rss)
        return 0

    def silent(self, blind: float) -> bool:
        """Whether it has shown no sign of life for too long.

        Args:
            blind: seconds since the coordinator last looked; what happened in a longer absence of its
                own (a machine that slept) is nobody's fault.
        """
        now = time.monotonic()
        if blind > SILENT_SECONDS / 2:
            self.heard = self._busy = now
        computed = self._seconds_computed()
        if computed - self._computed >= IDLE_LEAST:
            self._computed, self._busy = computed, now
        quiet = now - self.heard
        return quiet >= DEAF_SECONDS or (quiet >= SILENT_SECONDS and now - self._busy >= IDLE_SECONDS)

    def kill(self) -> None:
        """End it at once, stopped or not; it writes nothing after this returns."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self.connection.close()

    def leave(self, seconds: float) -> None:
        """Let it quit by itself, and end it when it does not within ``seconds``."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(seconds, 0.0))
        self.kill()

    def death(self) -> str:
        """How a process that is no more ended, in words."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5.0)
        code = self._process.returncode
        if code is None:
            return "closed its connection"
        if code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def last_words(self, most: int = 1500) -> str:
        """Return the end of what it printed."""
        with suppress(OSError):
            return self.log.read_text(encoding="utf-8", errors="replace")[-most:].strip()
        return ""

    def _seconds_computed(self) -> float:
        with suppress(psutil.Error):
            times = self._watched.cpu_times()
            return float(times.user + times.system)
        return self._computed


def end_orphans(orphans: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """End the processes of an earlier coordinator that are still there.

    The journal may be old or a stranger's, and a number may have gone to another process since: only one
    that was started at that time, as a worker, for this folder is ended.

    Args:
        orphans: their lines of the journal: ``pid``, ``started``, ``host``.
        folder: where the workers of the job write their logs.
    """
    for line in orphans:
        if line["host"] != socket.gethostname() or line["pid"] < 2:
            continue
        with suppress(psutil.Error, OverflowError):
            process = psutil.Process(line["pid"])
            same_time = abs(process.create_time() - line["started"]) < 1.0
            if same_time and {_MODULE, str(folder.absolute())} <= set(process.cmdline()):
                process.kill()
                process.wait(10)
