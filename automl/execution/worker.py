"""A worker process: makes a runner, runs tasks, shows signs of life, and ends with its coordinator.

Started by ``automl.execution.pool`` as ``python -m automl.execution.worker FD`` with one end of a socket
pair, which nobody else can reach. The first message is pickled, by the coordinator, which is this process'
own parent; all others are JSON.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import queue
import signal
import sys
import threading
import time
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from automl.core.errors import DiskFullError
from automl.execution.executor import INTERRUPTED, Message, Runner, Work

BEAT_SECONDS = 1.0
"""Between two signs of life."""


def main(descriptor: int) -> None:
    """Work until the coordinator says to quit, or is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # terminals and batch systems send them to the whole group; the coordinator says what is to be done
        signal.signal(number, signal.SIG_IGN)
    faulthandler.enable()
    os.set_inheritable(descriptor, False)
    wire = _Wire(Connection(descriptor))
    opening = wire.first()
    sys.path[:] = opening["path"]
    if opening["cores"]:
        os.sched_setaffinity(0, opening["cores"])
    wire.start()
    for name in opening["warm"]:
        import_module(name)
    _serve(wire)
    wire.say_last()


def _serve(wire: _Wire) -> None:
    runner: Runner | None = None
    while (message := wire.commands.get())["do"] != "quit":
        if message["do"] == "open":
            runner = _opened(wire, message)
        elif runner is not None:
            _run(wire, runner, message)


def _opened(wire: _Wire, message: Message) -> Runner:
    try:
        runner = Work(place=message["place"], options=wire.options | message["options"]).open()
    except BaseException as error:
        wire.send({"is": "broken", "reason": f"{type(error).__name__}: {error}"})
        raise
    gc.collect()
    gc.freeze()
    wire.send({"is": "ready"})
    return runner


def _run(wire: _Wire, runner: Runner, message: Message) -> None:
    line = _Line(wire, message["lease"], message["seconds"])
    answer: dict[str, Any] = {"is": "ended", "lease": message["lease"]}
    try:
        answer["result"] = runner(message["payload"], line)
        answer["lost"] = "" if answer["result"] is not None else INTERRUPTED
    except DiskFullError as error:
        answer |= {"result": None, "lost": str(error), "full": True}
    except Exception as error:
        answer |= {"result": None, "lost": f"{type(error).__name__}: {error}"}
    wire.send(answer)


class _Wire:
    """Messages both ways: commands are heard at any time; the coordinator's end is this process' end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._stops: dict[str, str] = {}
        self.commands: queue.Queue[dict[str, Any]] = queue.Queue()
        self.options: dict[str, Any] = {}

    def first(self) -> dict[str, Any]:
        """Receive the opening message."""
        opening: dict[str, Any] = self._connection.recv()
        self.options = opening["options"]
        return opening

    def start(self) -> None:
        """Begin to listen and to show signs of life."""
        for work in (self._listen, self._beat):
            threading.Thread(target=work, daemon=True).start()

    def send(self, message: Message) -> None:
        """Send a message."""
        text = json.dumps(message).encode()
        with self._sending:
            try:
                self._connection.send_bytes(text)
            except OSError:
                os._exit(1)  # the coordinator is gone

    def stop_of(self, lease: str) -> str:
        """Return why a lease is to end, or empty."""
        return self._stops.get(lease, "")

    def say_last(self) -> None:
        """Leave without waiting for threads of libraries."""
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    def _listen(self) -> None:
        while True:
            try:
                message = json.loads(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(1)  # what was saved so far is all that a successor may rely on
            if message["do"] == "stop":
                self._stops[message["lease"]] = message["reason"]
            else:
                self.commands.put(message)

    def _beat(self) -> None:
        while True:
            self.send({"is": "alive"})
            time.sleep(BEAT_SECONDS)


class _Line:
    """The channel of one lease."""

    def __init__(self, wire: _Wire, lease: str, seconds: float | None) -> None:
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self._wire, self._lease = wire, lease

    def say(self, message: Message) -> str:
        """See ``Channel``; the answer is what has come so far, nobody waits for one."""
        self._wire.send({"is": "said", "lease": self._lease, "message": message})
        return self._wire.stop_of(self._lease)

    def saved(self) -> None:
        """See ``Channel``."""
        self._wire.send({"is": "saved", "lease": self._lease})


if __name__ == "__main__":
    main(int(sys.argv[1]))
