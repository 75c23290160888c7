"""A worker that joins a search over its job folder, from any machine that sees it."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from automl.core.errors import ConfigError
from automl.execution.board import LOOK_SECONDS, OVER
from automl.execution.executor import INTERRUPTED, Message, Runner
from automl.execution.mailbox import Mailbox, Pulse
from automl.execution.serving import serve

ORPHANED_SECONDS = 30.0
"""A worker whose coordinator shows no sign of life for so long ends."""

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
    session = _session(folder, patience)
    wire = FolderWire(folder, name, session, say, orphaned)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, wire.asked_to_leave)
    say(f"{name} has joined; Ctrl-C leaves.")
    serve(wire, lambda command: opened(command["options"]))
    wire.leave()


class FolderWire:
    """Implements ``Wire`` over two mailboxes.

    Args:
        board: the folder where all meet.
        name: of the worker.
        session: of the coordinator.
        say: tells the user what happens.
        orphaned: seconds without the coordinator's sign of life after which this worker ends.
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
        self._leaving = False
        self._process = psutil.Process()
        (self._folder / "hello").touch()

    def send(self, message: Message) -> None:
        """Send a message; one soon after another waits for the next."""
        facts = {"memory": self._process.memory_info().rss} if message["is"] == "alive" else {}
        with self._sending:
            self._queue.append({**message, **facts})
            if message["is"] != "said" or time.monotonic() - self._sent >= SEND_SECONDS:
                self._flush()

    def command(self) -> dict[str, Any]:
        """Return the next command; there are none after a wish to leave."""
        while True:
            self._look()
            for command in self._taken():
                if command["do"] != "stop":
                    return command
                self._stops[command["lease"]] = command["reason"]
            if self._leaving:
                return {"do": "quit"}
            time.sleep(LOOK_SECONDS)

    def stop_of(self, lease: str) -> str:
        """Return why a lease is to end, or empty."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
            for command in self._taken():
                self._stops[command["lease"]] = command["reason"]
        return INTERRUPTED if self._leaving else self._stops.get(lease, "")

    def asked_to_leave(self, number: int, frame: FrameType | None) -> None:
        """Hear Ctrl-C or SIGTERM: once, and the epoch is finished and saved; twice, and it ends now."""
        if self._leaving:
            os._exit(1)
        self._leaving = True

    def leave(self) -> None:
        """Say good-bye and end the process."""
        self.send({"is": "left"})
        self._end("as asked" if self._leaving else "the search is over", 0)

    def _taken(self) -> list[dict[str, Any]]:
        try:
            return self._to.take()
        except FileNotFoundError:
            self._end("the coordinator has shut this worker out", 1)
            return []

    def _flush(self) -> None:
        waiting, self._queue, self._sent = self._queue, [], time.monotonic()
        try:
            self._from.put(waiting)
        except FileNotFoundError:
            self._end("the coordinator has shut this worker out", 1)

    def _look(self) -> None:
        """See whether the coordinator is there."""
        seen, now = self._pulse.seen(), time.monotonic()
        self._looked = now
        if seen != self._seen:
            self._seen, self._since = seen, now
        word = seen.partition(" ")[2]
        if word == OVER:
            self._end("the search is over", 0)
        if word not in ("", self._session):
            self._end("another coordinator has come", 1)
        if now - self._since > self._orphaned:
            self._end("the coordinator is gone", 1)

    def _end(self, why: str, code: int) -> None:
        self._say(f"Left: {why}.")
        os._exit(code)


def _session(folder: Path, patience: float) -> str:
    """Wait for a coordinator whose pulse beats; returns its session."""
    pulse, until, first = Pulse(folder / "pulse"), time.monotonic() + patience, None
    while time.monotonic() < until:
        seen = pulse.seen()
        word = seen.partition(" ")[2]
        if first is not None and seen not in ("", first) and word != OVER:
            return word
        first = seen if first is None or not first else first
        time.sleep(LOOK_SECONDS)
    raise ConfigError(
        f"No coordinator has come to {folder.parent} within {patience:.0f} s. Start it there with "
        "`automl search ... --executor folder --out DIR`, or go on with `automl resume DIR`."
    )


def _own_folder(board: Path, name: str) -> Path:
    """Make this worker's folder, which no other one under its name ever had."""
    folder = board / f"{name}.{uuid.uuid4().hex[:12]}"
    for part in ("to", "from"):
        (folder / part).mkdir(parents=True)
    return folder
