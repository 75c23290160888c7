"""The coordinator's half of every executor with workers: who gets which task, and how it ended.

Starting and reaching workers is up to the ``Crew``; this module has leases, retries, limits and verdicts.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic

from automl.core.errors import DiskFullError, SearchError
from automl.execution.executor import (
    GRACE_SECONDS,
    INTERRUPTED,
    Draw,
    Ended,
    Hear,
    Message,
    Payload,
    Result,
    Task,
    Work,
)
from automl.execution.leases import Leases
from automl.execution.worker_line import Crew, Held, WorkerLine

LOOK_SECONDS = 0.25
"""Between two looks at the memory and the clocks of the workers."""

LEAVE_SECONDS = 5.0
"""Time that a worker has to quit by itself."""

STARTS, LATER_STARTS = 3, 20
"""Workers that may die in a row before they are ready: while none ever was, which is the job's own fault,
and after that, when it is more likely something from outside that kills them."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What workers and tasks may take.

    Attributes:
        memory_bytes: of one worker; a task above it is ended as out of memory. None for no limit.
        attempts: workers that may die of a task in a row before it is given up.
        tasks: after so many a worker is replaced by a fresh one.
        growth: a worker is replaced, too, when its memory has grown by this share since its first task...
        growth_bytes: ...and by so many bytes.
    """

    memory_bytes: int | None = None
    attempts: int = 3
    tasks: int = 500
    growth: float = 1.0
    growth_bytes: int = 500 * 2**20


class Dispatcher(Generic[Payload, Result]):
    """An executor whose tasks run in the workers of a crew.

    Args:
        crew: the workers.
        leases: the journal of the job.
        encode: from a payload to plain JSON.
        decode: from a runner's plain JSON to a result.
        limits: of workers and tasks.
    """

    def __init__(
        self,
        crew: Crew,
        *,
        leases: Leases,
        encode: Callable[[Payload], Message],
        decode: Callable[[Payload, Message], Result],
        limits: Limits | None = None,
    ) -> None:
        self.crew = crew
        self._leases = leases
        self._encode, self._decode = encode, decode
        self._limits = limits or Limits()
        self._again: deque[Task[Payload]] = deque()
        self._owed: dict[str, int] = {}
        self._failed_starts = self._lost = 0
        self._worked = False
        self._looked = time.monotonic()
        self._closed = False

    @property
    def slots(self) -> int:
        """Tasks that run at once."""
        return self.crew.slots

    def open(self, work: Work) -> None:
        """Tell the workers what they work on."""
        self.crew.open(work)

    def run(
        self, draw: Draw[Payload], hear: Hear[Payload], stopping: Callable[[], bool]
    ) -> Iterator[Ended[Payload, Result]]:
        """Yield what came of each task, as it ends.

        Raises:
            SearchError: no worker can be started, or none can work.
        """
        self._looked = time.monotonic()
        while True:
            over = self._told_to_stop() if stopping() else self._hand_out(draw)
            yield from self._given_back(stopping)
            if over and not self._busy() and not self._again:
                return
            yield from self._events(hear)

    def close(self) -> None:
        """End all workers, those in the middle of a task at once."""
        if self._closed:
            return
        self._closed = True
        for worker in self.crew.workers:
            for held in worker.held.values():
                self._leases.end(held.lease, INTERRUPTED)
            if worker.held:
                worker.kill()
            else:
                worker.send({"do": "quit"})
        until = time.monotonic() + LEAVE_SECONDS
        for worker in self.crew.workers:
            worker.leave(until - time.monotonic())
        self.crew.close(self._lost)

    def _busy(self) -> bool:
        return any(worker.held for worker in self.crew.workers)

    def _hand_out(self, draw: Draw[Payload]) -> bool:
        """Give each idle worker a task; return whether there was one that found none."""
        for worker in self.crew.workers:
            if worker.ready and not worker.held:
                task = self._waiting_for(worker) or draw()
                if task is None:
                    return True
                self._give(worker, task)
        return False

    def _waiting_for(self, worker: WorkerLine) -> Task[Payload] | None:
        """A task whose worker was lost: one's own first, so that a worker that came back has it again."""
        own = self._owed.pop(worker.name, None)
        task = next((task for task in self._again if task.number == own), None)
        if task is not None:
            self._again.remove(task)
            return task
        return self._again.popleft() if self._again else None

    def _give(self, worker: WorkerLine, task: Task[Payload]) -> None:
        told = []
        for item in task.all:
            lease = self._leases.grant(
                item.number, worker=worker.name, pid=worker.pid, started=worker.started
            )
            worker.held[lease.id] = Held(task=item, lease=lease)
            seconds = None if item.deadline is None else item.deadline - time.monotonic()
            told.append({"lease": lease.id, "payload": self._encode(item.payload), "seconds": seconds})
        worker.send({"do": "run", "tasks": told})

    def _told_to_stop(self) -> bool:
        for worker in self.crew.workers:
            for held in worker.held.values():
                self._stop(worker, held, INTERRUPTED)
        return True

    def _stop(self, worker: WorkerLine, held: Held, reason: str) -> None:
        if not held.stopped:
            held.stopped = reason
            worker.send({"do": "stop", "lease": held.lease.id, "reason": reason})

    def _given_back(self, stopping: Callable[[], bool]) -> Iterator[Ended[Payload, Result]]:
        """Tasks that wait for another worker when there is to be none."""
        while self._again and stopping():
            yield Ended(task=self._again.popleft(), lost=INTERRUPTED)

    def _events(self, hear: Hear[Payload]) -> Iterator[Ended[Payload, Result]]:
        """Hear all that has come, wait a little for it, and look after the workers."""
        for worker in self.crew.wait(LOOK_SECONDS):
            messages = worker.receive()
            if messages is None:
                yield from self._died(worker, hear, f"{worker.name} {worker.death()}")
            for message in messages or ():
                yield from self._heard(worker, message, hear)
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            blind, self._looked = now - self._looked - LOOK_SECONDS, now
            for worker in list(self.crew.workers):
                yield from self._looked_at(worker, hear, blind)

    def _heard(
        self, worker: WorkerLine, message: Message, hear: Hear[Payload]
    ) -> Iterator[Ended[Payload, Result]]:
        kind = message["is"]
        if kind == "ready":
            worker.ready, self._worked, self._failed_starts = True, True, 0
        elif kind == "broken":
            worker.kill()
            self.crew.refuse(worker, message["reason"])
        if kind == "alive":
            for each in worker.held.values():
                self._leases.beat(each.lease)
        if (held := worker.held.get(message.get("lease", ""))) is None:
            return  # of a lease that it no longer has
        if kind == "saved":
            self._leases.saved(held.lease)
        elif kind == "said":
            if reason := hear(held.task, message["message"]):
                self._stop(worker, held, reason)
        elif kind == "ended":
            yield from self._ended(worker, held, message, hear)

    def _ended(
        self, worker: WorkerLine, held: Held, message: Message, hear: Hear[Payload]
    ) -> Iterator[Ended[Payload, Result]]:
        self._leases.end(held.lease, message["lost"])
        del worker.held[held.lease.id]
        if message.get("full"):
            raise DiskFullError(message["lost"])
        worker.tasks_done += 1
        if not worker.held and self._worn(worker):
            worker.send({"do": "quit", "again": True})
            worker.leave(LEAVE_SECONDS)
            self._replace(worker)
        if message["lost"] == INTERRUPTED and held.stopped != INTERRUPTED:
            self._hand_out_again(held.task, hear, f"{worker.name} leaves")
            return
        result = message["result"]
        decoded = None if result is None else self._decode(held.task.payload, result)
        yield Ended(task=held.task, result=decoded, lost=message["lost"])

    def _worn(self, worker: WorkerLine) -> bool:
        memory, limits = worker.memory(), self._limits
        worker.least_memory = worker.least_memory or memory
        grown = memory - worker.least_memory
        much = grown > limits.growth_bytes and grown > limits.growth * worker.least_memory
        return much or worker.tasks_done >= limits.tasks

    def _looked_at(
        self, worker: WorkerLine, hear: Hear[Payload], blind: float
    ) -> Iterator[Ended[Payload, Result]]:
        if worker.silent(blind):
            yield from self._died(worker, hear, f"{worker.name} showed no sign of life")
            return
        if not worker.held:
            return
        deadlines = [held.task.deadline for held in worker.held.values() if held.task.deadline is not None]
        limit = self._limits.memory_bytes
        if deadlines and time.monotonic() > max(deadlines) + GRACE_SECONDS:
            yield from self._cut(worker, "deadline: a step took too long, so its worker was ended")
        elif limit is not None and (memory := worker.memory()) > limit:
            reason = f"out of memory: its worker held {_gib(memory)}, the limit is {_gib(limit)}"
            if len(worker.held) > 1:
                self._part(worker, hear, reason)
            else:
                yield from self._cut(worker, reason)

    def _cut(self, worker: WorkerLine, reason: str) -> Iterator[Ended[Payload, Result]]:
        """End a worker that takes more than its task may take; another one would take as much."""
        worker.kill()
        for held in worker.held.values():
            self._leases.end(held.lease, reason)
        self._replace(worker)
        for held in worker.held.values():
            yield Ended(task=held.task, lost=reason)

    def _part(self, worker: WorkerLine, hear: Hear[Payload], reason: str) -> None:
        """End a worker whose tasks take too much together, and hand each of them out alone."""
        worker.kill()
        self._replace(worker)
        for held in worker.held.values():
            self._leases.end(held.lease, reason)
            self._hand_out_again(held.task, hear, reason)

    def _hand_out_again(self, task: Task[Payload], hear: Hear[Payload], reason: str) -> None:
        hear(task, {"event": "retry", "reason": reason})
        self._again.append(task)

    def _died(
        self, worker: WorkerLine, hear: Hear[Payload], reason: str
    ) -> Iterator[Ended[Payload, Result]]:
        worker.kill()
        self._lost += 1
        self._check_starts(worker, reason)
        self._replace(worker)
        for held in worker.held.values():
            stopped = held.stopped == INTERRUPTED
            self._leases.end(held.lease, reason, counts=not stopped)
            if stopped:
                yield Ended(task=held.task, lost=INTERRUPTED)
            elif self._leases.failures(held.task.number) >= self._limits.attempts:
                yield Ended(
                    task=held.task, lost=f"{reason}; given up after {self._limits.attempts} attempts"
                )
            else:
                self._hand_out_again(held.task, hear, reason)
                self._owed[worker.name] = held.task.number

    def _check_starts(self, worker: WorkerLine, reason: str) -> None:
        self._failed_starts += not worker.ready
        most = LATER_STARTS if self._worked else STARTS
        if self._failed_starts >= most and not self.crew.waits_for_workers:
            raise SearchError(
                f"{most} workers in a row died before they could start; the last one: {reason}. "
                f"Its output: {worker.last_words() or 'nothing'}"
            )

    def _replace(self, worker: WorkerLine) -> None:
        if not self._closed:
            self.crew.replace(worker)


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
