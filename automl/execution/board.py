"""Workers on any machine that sees the job folder: they join and leave a running search as they like.

They communicate through ``board/`` in the job folder::

    board/pulse                       the coordinator's sign of life, and which session it is
    board/<worker>.<id>/hello         a worker is there; the id is new each time it comes
    board/<worker>.<id>/to/  from/    messages, see ``mailbox``

The coordinator hands tasks to the workers that have joined, so workers never compete for one. It shuts a
worker out by removing its folder: a worker that was suspended and wakes up notices that first, and exits.
Everything is JSON; no file names code to run.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from automl._version import __version__
from automl.execution.executor import INTERRUPTED, Message, Work
from automl.execution.mailbox import Mailbox, Pulse, remove
from automl.execution.worker_line import Held, WorkerLine

LOST_SECONDS = 60.0
"""A worker that has shown no sign of life for so long is taken for lost: a shared file system may lag."""

LOOK_SECONDS = 0.2
"""Between two looks into the folder."""

PULSE_SECONDS = 1.0
"""Between two signs of life of the coordinator."""

OVER = "over"
"""What the coordinator's pulse says at the end."""


class BoardCrew:
    """Workers that join by themselves.

    Args:
        folder: ``board/`` of the job folder; emptied, as what lies there is an earlier session's.
        lost_seconds: see ``LOST_SECONDS``.
        note: tells the user of a worker that joined and cannot work.
    """

    waits_for_workers = True

    def __init__(
        self,
        folder: Path,
        *,
        lost_seconds: float = LOST_SECONDS,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._folder, self._lost_seconds, self._note = folder, lost_seconds, note
        self._work: Work | None = None
        self._session = f"{os.getpid()}-{time.time_ns()}"
        self._present: dict[str, FolderWorker] = {}
        self._refused: set[tuple[str, str]] = set()
        self._over = threading.Event()
        remove(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._pulse = Pulse(folder / "pulse")
        self._pulse.beat(self._session)
        self._heart = threading.Thread(target=self._beat, daemon=True)
        self._heart.start()

    @property
    def slots(self) -> int:
        """Tasks that can run at once: as many as there are workers, and one to hope for."""
        return max(len(self._present), 1)

    @property
    def workers(self) -> list[FolderWorker]:
        """Those who are there."""
        return list(self._present.values())

    def open(self, work: Work) -> None:
        """Tell the workers what they work on."""
        self._work = work
        for worker in self.workers:
            worker.send(_opening(work))

    def wait(self, seconds: float) -> list[WorkerLine]:
        """Look who has come and who has something to say."""
        until = time.monotonic() + seconds
        while True:
            self._welcome()
            heard: list[WorkerLine] = [worker for worker in self.workers if worker.look()]
            if heard or time.monotonic() >= until:
                return heard
            time.sleep(LOOK_SECONDS / 2)

    def replace(self, worker: WorkerLine) -> None:
        """Forget one that is gone; others join by themselves."""
        self._present = {key: item for key, item in self._present.items() if item is not worker}

    def refuse(self, worker: WorkerLine, reason: str) -> None:
        """Do without a worker that cannot work: what its machine lacks says nothing of the others."""
        self.replace(worker)
        if (worker.name, reason) not in self._refused:  # it may come again and again
            self._refused.add((worker.name, reason))
            self._note(f"{worker.name} has joined but cannot work: {reason}")

    def close(self, lost: int) -> None:
        """Say that the search is over, and clear the board."""
        self._over.set()
        self._heart.join()
        with suppress(OSError):
            self._pulse.beat(OVER)
        time.sleep(2 * LOOK_SECONDS)  # those who wait for a command are to see it
        remove(self._folder)

    def _beat(self) -> None:
        while not self._over.wait(PULSE_SECONDS):
            with suppress(OSError):  # a full disk or a file system that is away, for a time
                self._pulse.beat(self._session)

    def _welcome(self) -> None:
        """Take up those who have come; one that comes again under its name has lost what it held."""
        for hello in sorted(self._folder.glob("*/hello")):
            key = hello.parent.name
            if key in self._present or key.startswith("."):
                continue
            worker = FolderWorker(hello.parent, self._lost_seconds)
            for other in self.workers:
                if other.name == worker.name:
                    other.gone = "returned under the same name"
            self._present[key] = worker
            if self._work is not None:
                worker.send(_opening(self._work))


class FolderWorker:
    """The line to a worker on the board; see ``WorkerLine``.

    Args:
        folder: its own, which it made.
        lost_seconds: see ``LOST_SECONDS``.
    """

    pid = 0
    started = 0.0

    def __init__(self, folder: Path, lost_seconds: float) -> None:
        self.name = folder.name.rpartition(".")[0]
        self.ready = False
        self.held: dict[str, Held] = {}
        self.tasks_done = 0
        self.least_memory = 0
        self.gone = ""
        self._folder, self._lost_seconds = folder, lost_seconds
        self._to, self._from = Mailbox(folder / "to"), Mailbox(folder / "from")
        self._waiting: list[Message] = []
        self._came: list[dict[str, Any]] = []
        self._memory = 0
        self._heard = time.monotonic()

    def send(self, message: Message) -> None:
        """Send a command; while the file system does not answer it waits here."""
        self._waiting.append(message)
        self._post()

    def look(self) -> bool:
        """Whether it has said something since, or is gone."""
        self._post()
        if not self.gone:
            try:
                self._came += self._from.take()
            except FileNotFoundError:
                self.gone = "left"
            except OSError:
                pass  # a file system that is away, for a time
        return bool(self._came or self.gone)

    def receive(self) -> list[dict[str, Any]] | None:
        """Return what it has said, None when it is gone."""
        if not self._came:
            return None if self.gone else []
        came, self._came = self._came, []
        self._heard = time.monotonic()
        self._memory = max((item.get("memory", 0) for item in came), default=0) or self._memory
        if any(item["is"] == "left" for item in came):
            self.gone = self.gone or "left"
            came += self._handed_back()
        return [item for item in came if item["is"] != "left"]

    def memory(self) -> int:
        """Bytes that it last said it holds."""
        return self._memory

    def silent(self, blind: float) -> bool:
        """Whether it has shown no sign of life for too long."""
        if blind > self._lost_seconds / 2:
            self._heard = time.monotonic()
        return time.monotonic() - self._heard > self._lost_seconds

    def kill(self) -> None:
        """Shut it out; it ends itself when it finds that out."""
        remove(self._folder)

    def leave(self, seconds: float) -> None:
        """Shut it out once it has left, or when the time is over."""
        until = time.monotonic() + seconds
        while self._folder.exists() and not self._read_all() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS / 2)
        self.kill()

    def death(self) -> str:
        """How it went."""
        return self.gone or "was lost"

    def last_words(self) -> str:
        """What it printed stands on its own machine."""
        return ""

    def _post(self) -> None:
        try:
            if self._waiting and not self.gone:
                self._to.put(self._waiting)
        except FileNotFoundError:
            self.gone = "left"
        except OSError:
            return
        self._waiting = []

    def _handed_back(self) -> list[dict[str, Any]]:
        """Tasks that were on their way to it when it left were not begun."""
        return [{"is": "ended", "lease": lease, "result": None, "lost": INTERRUPTED} for lease in self.held]

    def _read_all(self) -> bool:
        """Whether it has taken every command, so that it knows that it may go."""
        with suppress(OSError):
            return not any(path.suffix == ".json" for path in (self._folder / "to").iterdir())
        return True


def _opening(work: Work) -> dict[str, Any]:
    """The work without its place: a worker brings its own code, which must be of the same version."""
    return {"do": "open", "version": __version__, "options": _plain(work.options)}


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(options)))
    return plain
