"""What an executor is: the place where trials run.

``study`` and ``execution`` do not know each other, so a piece of work is opaque here: an executor hands
tasks to a runner, wherever that is, carries messages both ways, and reports how each task ended. The
coordinator, which owns the study, creates tasks one at a time; workers only run them.

A worker holds a *lease* on its task. A worker that shows no sign of life loses it, and another one
continues the task from its last saved state, for a bounded number of attempts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

Payload = TypeVar("Payload")
Result = TypeVar("Result")
Message: TypeAlias = Mapping[str, Any]
"""Plain JSON from a runner to the coordinator."""

INTERRUPTED = "interrupted"
"""The coordinator's reason to stop that is no verdict: save what there is and hand the task back."""

GRACE_SECONDS = 5.0
"""Time that a worker has to end a task by itself after its deadline."""


@dataclass(frozen=True, kw_only=True)
class Task(Generic[Payload]):
    """One piece of work.

    Attributes:
        number: names it; a task that is handed out again, in this session or a later one, keeps it.
        payload: what the runner is given.
        deadline: ``time.monotonic()`` of the coordinator at which the runner is to end, or None.
        beside: tasks that are given to the same runner at the same time, as they take less time together.
            Each ends by itself, and one that is handed out again is handed out alone.
    """

    number: int
    payload: Payload
    deadline: float | None = None
    beside: tuple[Task[Payload], ...] = ()

    @property
    def all(self) -> tuple[Task[Payload], ...]:
        """This one and those beside it, each alone."""
        return (replace(self, beside=()), *self.beside)


@dataclass(frozen=True, kw_only=True)
class Ended(Generic[Payload, Result]):
    """What came of a task.

    Attributes:
        task: as it was drawn.
        result: the runner's, None when there is none.
        lost: why there is none: the last attempt's worker died, was ended at a limit, or the runner
            raised; ``INTERRUPTED`` when the task was stopped by the coordinator and is to be handed out
            again in a later session.
    """

    task: Task[Payload]
    result: Result | None = None
    lost: str = ""


class Channel(Protocol):
    """A runner's line to the coordinator."""

    @property
    def deadline(self) -> float | None:
        """``time.monotonic()`` of the runner's own process at which it is to end, or None."""
        ...

    def say(self, message: Message) -> str:
        """Tell the coordinator something; returns its reason to stop as far as it has come, or ""."""
        ...

    def saved(self) -> None:
        """Tell that all work so far is safe: whoever takes the task over goes on from here."""
        ...


class Alone:
    """A channel with nobody at its other end, for work that is run to its end."""

    deadline: float | None = None

    def say(self, message: Message) -> str:
        """Say it to nobody."""
        return ""

    def saved(self) -> None:
        """Tell nobody."""


Runner: TypeAlias = Callable[[Sequence[Any], Sequence[Channel]], Sequence[Any]]
"""From the payloads of tasks that were given together, each with its channel, to their results, None for
one that was ``INTERRUPTED``; a task stops soon after its ``Channel.say`` has given a reason. An exception
loses all of them; a ``DiskFullError`` is everybody's and ends the run."""


def one_by_one(run: Callable[[Any, Channel], Any]) -> Runner:
    """Return the runner that does tasks given together one after another."""
    return lambda payloads, channels: [run(*pair) for pair in zip(payloads, channels, strict=True)]


Draw: TypeAlias = Callable[[], Task[Payload] | None]
"""Gives the next task; None when there is none now, which is asked again when a running one has ended."""

Hear: TypeAlias = Callable[[Task[Payload], Message], str]
"""Is told what a runner said; returns a reason to stop it, or "". The executor itself says
``{"event": "retry", "reason": ...}`` when a task goes to another worker."""


class Executor(Protocol, Generic[Payload, Result]):
    """Runs tasks, up to ``slots`` at once, those beside another one not counted."""

    @property
    def slots(self) -> int:
        """Tasks that run at once."""
        ...

    def run(
        self, draw: Draw[Payload], hear: Hear[Payload], stopping: Callable[[], bool]
    ) -> Iterator[Ended[Payload, Result]]:
        """Yield what came of each task, as it ends.

        A task is drawn only when a slot is free and what ended before was taken, so that what is proposed
        can learn from what was told. It is over when nothing runs and nothing is drawn.

        Args:
            draw: gives tasks.
            hear: told what the runners say, in the order in which each said it.
            stopping: whether to end early: no task is drawn any more, and runners are told to stop as
                ``INTERRUPTED``. Asked again after what was heard at once, before a runner goes on that
                waits for an answer.
        """
        ...

    def close(self) -> None:
        """End everything that still runs, at once; calling it again changes nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Work:
    """A runner told in words, so that another process can make it.

    Attributes:
        place: ``"package.module:function"``; the function takes the options and returns a ``Runner``.
        options: plain values; between a coordinator and its own child processes data in memory, too.
    """

    place: str
    options: Mapping[str, Any]

    def open(self) -> Runner:
        """Make the runner."""
        from importlib import import_module

        module, _, name = self.place.partition(":")
        runner: Runner = getattr(import_module(module), name)(self.options)
        return runner
