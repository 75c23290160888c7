"""A worker as its coordinator sees it, independent of how they are connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from automl.execution.executor import Message, Task, Work
from automl.execution.leases import Lease


@dataclass(kw_only=True)
class Held:
    """A task that a worker works on.

    Attributes:
        task: which.
        lease: on it.
        stopped: the reason for which the worker was told to stop it, or empty.
    """

    task: Task[Any]
    lease: Lease
    stopped: str = ""


class WorkerLine(Protocol):
    """The line to one worker.

    Attributes:
        name: names it in messages and in the journal; a worker that comes back keeps it.
        pid: its process, 0 where that is another machine's.
        started: when that process was started, in seconds since 1970, or 0.
        ready: whether it knows its work.
        held: what it works on, by the names of the leases.
        tasks_done: by this incarnation of the worker.
        least_memory: bytes that it held after its first task, 0 before.
    """

    name: str
    pid: int
    started: float
    ready: bool
    held: dict[str, Held]
    tasks_done: int
    least_memory: int

    def send(self, message: Message) -> None:
        """Send a command; one that cannot be reached is found to be gone later."""
        ...

    def receive(self) -> Sequence[dict[str, Any]] | None:
        """Return what it has said since, in order; None when it is gone."""
        ...

    def memory(self) -> int:
        """Bytes of memory that it holds, 0 where that is not known."""
        ...

    def silent(self, blind: float) -> bool:
        """Whether it has shown no sign of life for too long.

        Args:
            blind: seconds in which the coordinator did not look: nobody's silence.
        """
        ...

    def kill(self) -> None:
        """End it, or shut it out: it writes nothing that counts after this returns."""
        ...

    def leave(self, seconds: float) -> None:
        """Let it quit by itself for so long, then end it."""
        ...

    def death(self) -> str:
        """How one that is gone ended, in words."""
        ...

    def last_words(self) -> str:
        """The end of what it printed, as far as it is known."""
        ...


class Crew(Protocol):
    """The workers of one job, and how they come and go."""

    @property
    def slots(self) -> int:
        """Tasks that can run at once."""
        ...

    @property
    def workers(self) -> Sequence[WorkerLine]:
        """Those who are there."""
        ...

    @property
    def waits_for_workers(self) -> bool:
        """Whether having none is no failure: others may join."""
        ...

    def open(self, work: Work) -> None:
        """Tell all workers, those to come too, what they work on."""
        ...

    def wait(self, seconds: float) -> Sequence[WorkerLine]:
        """Return the workers who have something to say, waiting for so long at most."""
        ...

    def replace(self, worker: WorkerLine) -> None:
        """Get another worker in the place of one that is gone, where that is in the crew's power."""
        ...

    def refuse(self, worker: WorkerLine, reason: str) -> None:
        """Do without a worker that has said why it cannot work.

        Raises:
            SearchError: another one would fare no better.
        """
        ...

    def close(self, lost: int) -> None:
        """Send all away; ``lost`` is how many were lost on the way."""
        ...
