"""Tasks in this process, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Generic

from automl.core.errors import DiskFullError
from automl.execution.executor import (
    INTERRUPTED,
    Draw,
    Ended,
    Hear,
    Message,
    Payload,
    Result,
    Runner,
    Task,
)
from automl.execution.leases import Leases


class Inline(Generic[Payload, Result]):
    """Runs each task where it stands.

    What it cannot do is end a task by force: a crash in native code ends this process. The leases tell a
    later session how often that happened to a task, and one that has had its attempts is not run again.

    Args:
        runner: does the work.
        leases: the journal of the job, or None to keep none.
        attempts: processes that may die of a task before it is given up.
    """

    slots = 1

    def __init__(self, runner: Runner, *, leases: Leases | None = None, attempts: int = 3) -> None:
        self._runner = runner
        self._leases = leases
        self._attempts = attempts

    def run(
        self, draw: Draw[Payload], hear: Hear[Payload], stopping: Callable[[], bool]
    ) -> Iterator[Ended[Payload, Result]]:
        """Yield what came of each task; the next are drawn only after that was taken."""
        while not stopping() and (task := draw()) is not None:
            yield from self._run(task.all, hear, stopping)

    def close(self) -> None:
        """Nothing runs between two tasks."""

    def _run(
        self, tasks: Sequence[Task[Payload]], hear: Hear[Payload], stopping: Callable[[], bool]
    ) -> Iterator[Ended[Payload, Result]]:
        leases = self._leases
        if leases is None:
            yield from self._ended(tasks, [_Line(task, hear, stopping, lambda: None) for task in tasks])
            return
        died = {task.number: leases.failures(task.number) for task in tasks}
        for task in tasks:
            if died[task.number] >= self._attempts:
                yield Ended(task=task, lost=f"the process died {died[task.number]} times while it ran")
        tasks = [task for task in tasks if died[task.number] < self._attempts]
        held = [leases.grant(task.number, worker="inline") for task in tasks]
        lines = [
            _Line(task, hear, stopping, partial(leases.saved, lease))
            for task, lease in zip(tasks, held, strict=True)
        ]
        try:
            found: list[Ended[Payload, Result]] = self._ended(tasks, lines)
        except BaseException:
            for lease in held:
                leases.end(lease, INTERRUPTED)
            raise
        for lease, ended in zip(held, found, strict=True):
            leases.end(lease, ended.lost)
        yield from found

    def _ended(
        self, tasks: Sequence[Task[Payload]], lines: Sequence[_Line[Payload]]
    ) -> list[Ended[Payload, Result]]:
        if not tasks:
            return []
        try:
            results = self._runner([task.payload for task in tasks], lines)
        except DiskFullError:
            raise  # says nothing of the tasks
        except Exception as error:
            return [Ended(task=task, lost=f"{type(error).__name__}: {error}") for task in tasks]
        return [
            Ended(task=task, result=result, lost=INTERRUPTED if result is None else "")
            for task, result in zip(tasks, results, strict=True)
        ]


class _Line(Generic[Payload]):
    """A channel without a wire: the coordinator hears at once and answers at once."""

    def __init__(
        self,
        task: Task[Payload],
        hear: Hear[Payload],
        stopping: Callable[[], bool],
        saved: Callable[[], Any],
    ) -> None:
        self.deadline = task.deadline
        self.saved = saved
        self._task, self._hear, self._stopping = task, hear, stopping

    def say(self, message: Message) -> str:
        """See ``Channel``."""
        reason, over = self._hear(self._task, message), self._stopping()
        return reason or (INTERRUPTED if over else "")
