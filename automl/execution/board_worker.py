"""A worker that joins a search over its job folder, from any machine that sees it."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from automl._version import __version__
from automl.core.children import ENDINGS
from automl.core.errors import ConfigError, DiskFullError
from automl.execution.board import LOOK_SECONDS, LOST_SECONDS, OVER, PULSE_SECONDS
from automl.execution.executor import INTERRUPTED, Message, Runner
from automl.execution.mailbox import Mailbox, Pulse
from automl.execution.serving import serve

ORPHANED_SECONDS = 30.0
"""A worker whose coordinator shows no sign of life for so long ends."""

DEAF_SECONDS = LOST_SECONDS
"""A worker that could give no sign of life for so long, as native code let no other thread in or as it was
stopped, ends: its coordinator has given it up, and its machine may start another."""

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)

SEND_SECONDS = 0.2
"""Messages of so long a time travel as one file."""


def join(
    folder: Path,
    name: str,
    opened: Callable[[Mapping[str, Any]], Runner],
    *,
    patience: float = 600.0,
    orphaned: float = ORPHANED_SECONDS,
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Work for the coordinator of a board until the search is over; this process ends with it.

    Args:
        folder: ``board/`` of the job folder.
        name: of this worker; one that comes back under its name gets its task back.
        opened: makes the runner from the options of the work.
        patience: seconds to wait for a coordinator.
        orphaned: seconds without its sign of life after which this worker ends.
        say: tells the user what happens.

    Raises:
        ConfigError: no coordinator came, or a name that is no file's.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"A worker's name has letters, digits, '-', '_' and '.', got {name!r}.")
    if not folder.parent.parent.is_dir():
        raise ConfigError(f"There is no folder {folder.parent.parent} on this machine.")
    wire = _met(folder, patience, lambda session: FolderWire(folder, name, session, say, orphaned))
    for number in (signal.SIGINT, *ENDINGS):
        signal.signal(number, wire.asked_to_leave)
    threading.Thread(target=_end_when_deaf, daemon=True).start()
    say(f"{name} has joined. Press Ctrl-C to leave.")
    serve(wire, lambda command: _opened(command, opened))
    wire.leave()


class FolderWire:
    """Implements ``Wire`` over two mailboxes.

    Args:
        board: the folder where all meet.
        name: of the worker.
        session: of the coordinator.
        say: tells the user what happens.
        orphaned: seconds without the coordinator's sign of life after which this worker ends.

    Raises:
        FileNotFoundError: the board is gone.
    """

    def __init__(
        self,
        board: Path,
        name: str,
        session: str,
        say: Callable[[str], None],
        orphaned: float = ORPHANED_SECONDS,
    ) -> None:
        self._say, self._session, self._orphaned = say, session, orphaned
        self._folder = _own_folder(board, name)
        self._to, self._from = Mailbox(self._folder / "to"), Mailbox(self._folder / "from")
        self._pulse, self._seen, self._since = Pulse(board / "pulse"), "", time.monotonic()
        self._sending = threading.RLock()
        self._queue: list[Message] = []
        self._sent = self._looked = 0.0
        self._stops: dict[str, str] = {}
        self._commands: deque[dict[str, Any]] = deque()
        self._leaving = self._dismissed = self._afresh = self._broken = False
        self._process = psutil.Process()
        (self._folder / "hello").touch()

    def send(self, message: Message) -> None:
        """Send a message; one soon after another waits for the next.

        Raises:
            DiskFullError: the disk is full, and it is more than a sign of life.
        """
        with self._sending:
            if self._broken:
                return  # all is said, and the error is to end this process
            self._broken = message["is"] == "broken"
            if message["is"] == "alive":
                facts = {"memory": self._process.memory_info().rss}
                self._queue = self._queue or [{**message, **facts}]
                with suppress(DiskFullError):  # there may be room when something is to be said
                    self._flush()
                return
            self._queue.append(message)
            if message["is"] != "said" or time.monotonic() - self._sent >= SEND_SECONDS:
                self._flush()

    def command(self) -> dict[str, Any]:
        """Return the next command; there are none after a wish to leave."""
        while True:
            self._look()
            self._take()
            if self._commands:
                command = self._commands.popleft()
                self._dismissed, self._afresh = command["do"] == "quit", command.get("again", False)
                return command
            if self._leaving:
                return {"do": "quit"}
            time.sleep(LOOK_SECONDS)

    def stop_of(self, lease: str) -> str:
        """Return why a lease is to end, or empty."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
            self._take()
        return INTERRUPTED if self._leaving else self._stops.get(lease, "")

    def asked_to_leave(self, number: int, frame: FrameType | None) -> None:
        """Hear Ctrl-C or SIGTERM: once, and the epoch is finished and saved; twice, and it ends now."""
        if self._leaving:
            os._exit(1)
        self._leaving = True

    def leave(self) -> None:
        """Say good-bye and end the process, or start it afresh if the coordinator wishes so."""
        self.send({"is": "left"})
        self._go()

    def _take(self) -> None:
        """Take what has come; reasons to stop may come together with the task that they stop."""
        try:
            for command in self._to.take():
                if command["do"] == "stop":
                    self._stops[command["lease"]] = command["reason"]
                else:
                    self._commands.append(command)
        except FileNotFoundError:
            self._cut()
        except OSError:
            pass  # a file system that is away, for a time

    def _flush(self) -> None:
        try:
            self._from.put(self._queue)
        except FileNotFoundError:
            self._cut()
        except OSError:
            return  # the next message tries again
        self._queue, self._sent = [], time.monotonic()

    def _cut(self) -> None:
        """End this process, whose folder is gone: with the search, or because it was given up."""
        if self._dismissed or self._is_over():
            self._go()
        self._end("the coordinator has shut this worker out", 1)

    def _is_over(self) -> bool:
        """Whether the whole board is gone, and not only this worker's folder or for another coordinator."""
        if self._pulse.seen() == "":
            time.sleep(PULSE_SECONDS)
        return self._pulse.seen().partition(" ")[2] in ("", OVER)

    def _go(self) -> None:
        if self._afresh and not self._leaving:
            self._say("Restarts, because its memory has grown or it has run many trials.")
            os.execv(sys.executable, sys.orig_argv)  # noqa: S606  its own command line
        self._end("as asked" if self._leaving else "the search has ended", 0)

    def _look(self) -> None:
        """See whether the coordinator is there."""
        seen, now = self._pulse.seen(), time.monotonic()
        self._looked = now
        if seen != self._seen:
            self._seen, self._since = seen, now
        word = seen.partition(" ")[2]
        if word == OVER:
            self._end("the search has ended", 0)
        if word not in ("", self._session):
            self._end("another coordinator has taken over", 1)
        if now - self._since > self._orphaned:
            self._end("the coordinator is gone", 1)

    def _end(self, why: str, code: int) -> None:
        self._say(f"Left: {why}.")
        os._exit(code)


def _met(folder: Path, patience: float, wire: Callable[[str], FolderWire]) -> FolderWire:
    """Wait for a coordinator, and make a line to its session."""
    until = time.monotonic() + patience
    while True:
        session = _session(folder, until, patience)
        with suppress(FileNotFoundError):  # its search is over by now
            return wire(session)


def _session(folder: Path, until: float, patience: float) -> str:
    """Wait for a coordinator whose pulse beats; returns its session."""
    pulse, first = Pulse(folder / "pulse"), None
    while time.monotonic() < until:
        seen = pulse.seen()
        word = seen.partition(" ")[2]
        if first is not None and seen not in ("", first) and word != OVER:
            return word
        first = seen if first is None or not first else first
        time.sleep(LOOK_SECONDS)
    raise ConfigError(
        f"No coordinator appeared in {folder.parent} within {patience:.0f} s. Start it there with "
        "`automl search ... --executor folder --out DIR`, or continue with `automl resume DIR`."
    )


def _own_folder(board: Path, name: str) -> Path:
    """Make this worker's folder, which no other one under its name ever had."""
    folder = board / f"{name}.{uuid.uuid4().hex[:12]}"
    folder.mkdir()  # never the board, which would outlive its search
    for part in ("to", "from"):
        (folder / part).mkdir()
    return folder


def _opened(command: Mapping[str, Any], opened: Callable[[Mapping[str, Any]], Runner]) -> Runner:
    """Make the runner; another version of this package might not be understood, nor understand."""
    if command["version"] != __version__:
        raise ConfigError(
            f"automl {__version__} is installed here, and the coordinator's is {command['version']}: "
            "install the same version."
        )
    return opened(command["options"])


def _end_when_deaf() -> None:
    """Let a clock outside of Python end this process when no thread of it has run for too long."""
    while True:
        faulthandler.dump_traceback_later(DEAF_SECONDS, exit=True)
        time.sleep(1.0)
