"""The worker's half of every executor with workers: makes a runner and runs what it is given.

How messages travel is up to the wire. If the coordinator is gone, or has shut this worker out, the wire
ends the process: a successor continues from what was saved so far.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from automl.core.errors import DiskFullError
from automl.execution.executor import INTERRUPTED, Message, Runner

BEAT_SECONDS = 1.0
"""Between two signs of life."""


class Wire(Protocol):
    """The worker's end of its line to the coordinator."""

    def send(self, message: Message) -> None:
        """Send a message; it ends the process when there is nobody to hear it."""
        ...

    def command(self) -> dict[str, Any]:
        """Return the next command, waiting for it."""
        ...

    def stop_of(self, lease: str) -> str:
        """Return why a lease is to end, or empty."""
        ...


def serve(wire: Wire, opened: Callable[[Mapping[str, Any]], Runner]) -> None:
    """Work until the coordinator says to quit.

    Args:
        wire: the line to the coordinator.
        opened: makes the runner, from the command that tells the work.
    """
    threading.Thread(target=_beat, args=(wire,), daemon=True).start()
    runner: Runner | None = None
    while (command := wire.command())["do"] != "quit":
        if command["do"] == "open":
            runner = _ready(wire, opened, command)
        elif runner is not None:
            _run(wire, runner, command["tasks"])


def _beat(wire: Wire) -> None:
    while True:
        wire.send({"is": "alive"})
        time.sleep(BEAT_SECONDS)


def _ready(wire: Wire, opened: Callable[[Mapping[str, Any]], Runner], command: Mapping[str, Any]) -> Runner:
    try:
        runner = opened(command)
    except BaseException as error:
        wire.send({"is": "broken", "reason": f"{type(error).__name__}: {error}"})
        raise
    gc.collect()
    gc.freeze()
    wire.send({"is": "ready"})
    return runner


def _run(wire: Wire, runner: Runner, tasks: Sequence[Mapping[str, Any]]) -> None:
    """Do the tasks of a command, and tell how each of them ended."""
    lines = [_Line(wire, task["lease"], task["seconds"]) for task in tasks]
    answers: list[dict[str, Any]]
    try:
        results = runner([task["payload"] for task in tasks], lines)
        answers = [{"result": item, "lost": "" if item is not None else INTERRUPTED} for item in results]
    except DiskFullError as error:
        answers = [{"result": None, "lost": str(error), "full": True}] * len(tasks)
    except Exception as error:
        answers = [{"result": None, "lost": f"{type(error).__name__}: {error}"}] * len(tasks)
    for task, answer in zip(tasks, answers, strict=True):
        wire.send({"is": "ended", "lease": task["lease"], **answer})


class _Line:
    """The channel of one lease."""

    def __init__(self, wire: Wire, lease: str, seconds: float | None) -> None:
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self._wire, self._lease = wire, lease

    def say(self, message: Message) -> str:
        """See ``Channel``; the answer is what has come so far, nobody waits for one."""
        self._wire.send({"is": "said", "lease": self._lease, "message": message})
        return self._wire.stop_of(self._lease)

    def saved(self) -> None:
        """See ``Channel``."""
        self._wire.send({"is": "saved", "lease": self._lease})
