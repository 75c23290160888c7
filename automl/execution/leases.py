"""The journal of a job's leases: who runs which task, since when, and how that ended.

A file of JSON lines, each written before the work it describes begins. After a crash, the next session
knows what was running, which processes may still exist, and how often a task has taken its worker down with
it. Lines lost in a power cut do no harm: the study has the results.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.files import append

BEAT_SECONDS = 10.0
"""A sign of life is written down so often; who watches the workers hears it more often."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to work on one task.

    Attributes:
        id: names it; never given twice in one job.
        number: the task's.
        worker: who holds it.
        attempt: how often the task had been handed out in vain before, plus 1.
    """

    id: str
    number: int
    worker: str
    attempt: int


class Leases:
    """The leases of one job, opened by the one coordinator that works on it.

    Leases that an earlier session left open ended with it. Those that ran inside the coordinator's own
    process count against their task: it may be what killed the process.

    Args:
        path: the journal; made when the first lease is granted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._granted = 0
        self._failures: dict[int, int] = {}
        self._written: dict[str, float] = {}
        self.orphans: tuple[Mapping[str, Any], ...] = ()
        self._recall()

    def failures(self, number: int) -> int:
        """How many workers in a row died of a task without saving anything of it."""
        return self._failures.get(number, 0)

    def grant(self, number: int, *, worker: str, pid: int | None = None, started: float = 0.0) -> Lease:
        """Give a worker the right to work on a task.

        Args:
            number: the task's.
            worker: names the worker.
            pid: its process, this one by default.
            started: when that process was started, in seconds since 1970, to know it again; 0: unknown.
        """
        self._granted += 1
        attempt = self.failures(number) + 1
        lease = Lease(id=f"{self._granted}-{os.getpid()}", number=number, worker=worker, attempt=attempt)
        self._write(
            "granted",
            lease,
            number=number,
            worker=worker,
            attempt=attempt,
            pid=os.getpid() if pid is None else pid,
            started=started,
            host=socket.gethostname(),
        )
        self._written[lease.id] = time.monotonic()
        return lease

    def beat(self, lease: Lease) -> None:
        """Note a sign of life."""
        now = time.monotonic()
        if now - self._written.get(lease.id, now) >= BEAT_SECONDS:
            self._written[lease.id] = now
            self._write("alive", lease)

    def saved(self, lease: Lease) -> None:
        """Note that the work so far is safe; the failures before it are forgiven."""
        if self._failures.pop(lease.number, 0):
            self._write("saved", lease)
        else:
            self.beat(lease)

    def end(self, lease: Lease, lost: str = "", *, counts: bool = False) -> None:
        """Take a lease back.

        Args:
            lease: which.
            lost: why the work is not done, or empty.
            counts: whether that is held against the task.
        """
        self._written.pop(lease.id, None)
        if counts:
            self._failures[lease.number] = self.failures(lease.number) + 1
        elif not lost:
            self._failures.pop(lease.number, None)
        self._write("lost" if lost else "done", lease, reason=lost, counts=counts)

    def _write(self, event: str, lease: Lease, **facts: Any) -> None:
        line = {"event": event, "lease": lease.id, "time": round(time.time(), 3), **facts}
        ending = _ending(self._path) if self._path.exists() else ""
        append(self._path, f"{ending}{json.dumps(line)}\n", sync=False)

    def _recall(self) -> None:
        """Read what earlier sessions did; leases that they left open are closed."""
        open_: dict[str, dict[str, Any]] = {}
        for line in _lines(self._path):
            event = line["event"]
            if event == "granted":
                self._granted += 1
                open_[line["lease"]] = line
            elif event == "saved" and line["lease"] in open_:
                self._failures.pop(open_[line["lease"]]["number"], None)
            elif event in ("done", "lost"):
                self._closed(open_.pop(line["lease"], None), line)
        for line in open_.values():
            lease = Lease(
                id=line["lease"], number=line["number"], worker=line["worker"], attempt=line["attempt"]
            )
            self.end(lease, "the coordinator died", counts=line["worker"] == "inline")
        self.orphans = tuple(line for line in open_.values() if line["worker"] != "inline")

    def _closed(self, granted: Mapping[str, Any] | None, line: Mapping[str, Any]) -> None:
        if granted is None:
            return
        number = granted["number"]
        if line.get("counts"):
            self._failures[number] = self.failures(number) + 1
        elif line["event"] == "done":
            self._failures.pop(number, None)


def _ending(path: Path) -> str:
    """A line end where a killed process left a line without one."""
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return ""
        file.seek(-1, os.SEEK_END)
        return "" if file.read(1) == b"\n" else "\n"


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        written = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    except OSError as error:
        raise ConfigError(f"The journal {path} cannot be read: {error.strerror}. Remove it.") from None
    found = []
    for text in written.splitlines():
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue  # half a line: its process was killed
        if isinstance(line, dict) and _understood(line):
            found.append(line)
    return found


_GRANTED: Mapping[str, Any] = {
    "number": int,
    "worker": str,
    "attempt": int,
    "pid": int,
    "started": (int, float),
    "host": str,
}


def _understood(line: Mapping[str, Any]) -> bool:
    """Whether a line is one of this journal's; a stranger may have written anything."""
    if not isinstance(line.get("event"), str) or not isinstance(line.get("lease"), str):
        return False
    kinds = _GRANTED if line["event"] == "granted" else {}
    return all(
        isinstance(line.get(name), kind) and not isinstance(line[name], bool)
        for name, kind in kinds.items()
    )
