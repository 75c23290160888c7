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

_BIRTH = 19
"""Place of the birth in ``/proc/PID/stat`` behind the name, which may hold spaces and brackets."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The process that a job folder names.

    Attributes:
        pid: its number.
        host: the machine that it runs on.
        started: when it took the folder, in seconds since 1970.
        birth: when it was born by a clock that nobody sets, see ``_birth_of``; empty where there is none.
    """

    pid: int
    host: str
    started: float
    birth: str = ""

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
            return process.status() != psutil.STATUS_ZOMBIE and self._matches(process)
        return False

    def _matches(self, process: psutil.Process) -> bool:
        """Whether a process of this number is the one that took the folder, not a later one."""
        birth = _birth_of(self.pid)
        if self.birth and birth:
            return birth == self.birth
        return bool(process.create_time() <= self.started + SLACK_SECONDS)

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
    pid = os.getpid()
    return Holder(pid=pid, host=socket.gethostname(), started=time.time(), birth=_birth_of(pid))


def holder_of(folder: JobFolder) -> Holder | None:
    """Return the process that works on a job, or did until it was killed; None where none does.

    A folder whose note on it cannot be read has none.
    """
    try:
        known = read_json(folder.coordinator)
        return Holder(
            pid=int(known["pid"]),
            host=str(known["host"]),
            started=float(known["started"]),
            birth=str(known.get("birth", "")),
        )
    except (ConfigError, KeyError, TypeError, ValueError):
        return None


def _birth_of(pid: int) -> str:
    """Return when a process was born, in ticks since which start of the system; empty where unknown.

    The time of birth that Linux gives in seconds since 1970 moves whenever the clock is set, as it is
    counted from now: after a leap of the clock a running job would be taken for a killed one.
    """
    with suppress(OSError, IndexError):
        system = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        facts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return f"{system} {facts.rpartition(')')[2].split()[_BIRTH]}"
    return ""


def _ignores(pid: int, number: int) -> bool:
    """Whether a process was started to ignore a signal; False where the system does not tell."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("SigIgn:"):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False
