"""Which process works on a job, and whether it still does."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, read_json

SLACK_SECONDS = 5.0
"""That the clocks of a process' start and of its note may differ by."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The process that a job folder names.

    Attributes:
        pid: its number.
        host: the machine that it runs on.
        started: when it took the folder, in seconds since 1970.
    """

    pid: int
    host: str
    started: float

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that one can look at it."""
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether it runs, as far as that can be seen: of another machine what its folder says.

        A killed process leaves its name behind, and its number goes to another one by and by.
        """
        if not self.is_here:
            return True
        with suppress(psutil.Error, OSError):
            process = psutil.Process(self.pid)
            born = process.create_time()
            return bool(process.status() != psutil.STATUS_ZOMBIE and born <= self.started + SLACK_SECONDS)
        return False

    @property
    def words(self) -> str:
        """For messages: ``process 123``, of another machine with its name."""
        return f"process {self.pid}" + ("" if self.is_here else f" on {self.host}")

    def interrupt(self) -> None:
        """End it as Ctrl-C does; by SIGTERM where it ignores that, as what a script has left behind does.

        Raises:
            ConfigError: it is not this user's, or of another machine.
        """
        if not self.is_here:
            raise ConfigError(
                f"{self.words} cannot be reached from here: run `automl stop` on {self.host}."
            )
        number = signal.SIGTERM if _ignores(self.pid, signal.SIGINT) else signal.SIGINT
        with suppress(psutil.NoSuchProcess):
            try:
                psutil.Process(self.pid).send_signal(number)
            except psutil.AccessDenied:
                raise ConfigError(f"{self.words} belongs to another user.") from None


def this_process() -> Holder:
    """Return this process, as one that takes a folder now."""
    return Holder(pid=os.getpid(), host=socket.gethostname(), started=time.time())


def holder_of(folder: JobFolder) -> Holder | None:
    """Return the process that works on a job, or did until it was killed; None where none does.

    A folder whose note on it cannot be read has none.
    """
    try:
        known = read_json(folder.coordinator)
        return Holder(pid=int(known["pid"]), host=str(known["host"]), started=float(known["started"]))
    except (ConfigError, KeyError, TypeError, ValueError):
        return None


def _ignores(pid: int, number: int) -> bool:
    """Whether a process was started to ignore a signal; False where the system does not tell."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("SigIgn:"):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False
