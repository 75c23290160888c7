"""Tasks in worker processes of this machine, kept warm from one task to the next.

Workers are processes of their own, so whatever a task does to its worker - a crash in native code, memory
without end, a step that never returns - ends that worker and no other. The coordinator hears signs of life,
measures memory, ends by force what is past its deadline, and starts another worker in the place of each
that is gone. Nothing listens on a network: each worker has one end of a socket pair.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Generic

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
from automl.execution.worker_process import Held, Place, WorkerProcess, end_orphans

LOOK_SECONDS = 0.25
"""Between two looks at the memory and the clocks of the workers."""

LEAVE_SECONDS = 5.0
"""Time that a worker has to quit by itself."""

STARTS = 3
"""Workers that may die in a row before one has become ready."""


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


class Pool(Generic[Payload, Result]):
    """Worker processes, started when the pool is made.

    Args:
        places: one worker each.
        folder: where their logs lie while it is open; kept when a worker was lost.
        leases: the journal of the job.
        warm: modules that workers import before they are told their work.
        options: beside those of the work, for data in memory; may hold any objects.
        encode: from a payload to plain JSON.
        decode: from a runner's plain JSON to a result.
        limits: of workers and tasks.
    """

    # long for its arguments
    def __init__(
        self,
        places: Sequence[Place],
        *,
        folder: Path,
        leases: Leases,
        encode: Callable[[Payload], Message],
        decode: Callable[[Payload, Message], Result],
        warm: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.slots = len(places)
        self._folder, self._leases = folder, leases
        self._encode, self._decode = encode, decode
        self._warm, self._options = warm, dict(options or {})
        self._limits = limits or Limits()
        self._work: Work | None = None
        self._again: deque[Task[Payload]] = deque()
        self._failed_starts = self._lost = 0
        self._looked = time.monotonic()
        self._closed = False
        folder.mkdir(parents=True, exist_ok=True)
        end_orphans(leases.orphans)
        self._workers = [self._start(place) for place in places]

    def open(self, work: Work) -> None:
        """Tell the workers what they work on."""
        self._work = work
        for worker in self._workers:
            worker.send(_opening(work))

    def run(
        self, draw: Draw[Payload], hear: Hear[Payload], stopping: Callable[[], bool]
    ) -> Iterator[Ended[Payload, Result]]:
        """Yield what came of each task, as it ends.

        Raises:
            SearchError: no worker can be started.
        """
        self._looked = time.monotonic()
        while True:
            over = self._told_to_stop() if stopping() else self._hand_out(draw)
            yield from self._given_back(stopping)
            if over and not self._busy():
                return
            yield from self._events(hear)

    def close(self) -> None:
        """End all workers, those in the middle of a task at once."""
        if self._closed:
            return
        self._closed = True
        for worker in self._workers:
            if worker.held is not None:
                self._leases.end(worker.held.lease, INTERRUPTED)
                worker.kill()
            else:
                worker.send({"do": "quit"})
        until = time.monotonic() + LEAVE_SECONDS
        for worker in self._workers:
            worker.leave(until - time.monotonic())
        if not self._lost:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, place: Place) -> WorkerProcess:
        worker = WorkerProcess(
            place, options=self._options, warm=self._warm, log=self._folder / f"{place.name}.log"
        )
        if self._work is not None:
            worker.send(_opening(self._work))
        return worker

    def _busy(self) -> bool:
        return any(worker.held is not None for worker in self._workers)

    def _hand_out(self, draw: Draw[Payload]) -> bool:
        """Give each idle worker a task; return whether there was one that found none."""
        for worker in self._workers:
            if worker.ready and worker.held is None:
                task = self._again.popleft() if self._again else draw()
                if task is None:
                    return True
                self._give(worker, task)
        return False

    def _give(self, worker: WorkerProcess, task: Task[Payload]) -> None:
        lease = self._leases.grant(
            task.number, worker=worker.place.name, pid=worker.pid, started=worker.started
        )
        worker.held, worker.stopped = Held(task=task, lease=lease), ""
        seconds = None if task.deadline is None else task.deadline - time.monotonic()
        payload = self._encode(task.payload)
        worker.send({"do": "run", "lease": lease.id, "payload": payload, "seconds": seconds})

    def _told_to_stop(self) -> bool:
        for worker in self._workers:
            self._stop(worker, INTERRUPTED)
        return True

    def _stop(self, worker: WorkerProcess, reason: str) -> None:
        if worker.held is not None and not worker.stopped:
            worker.stopped = reason
            worker.send({"do": "stop", "lease": worker.held.lease.id, "reason": reason})

    def _given_back(self, stopping: Callable[[], bool]) -> Iterator[Ended[Payload, Result]]:
        """Tasks that wait for another worker when there is to be none."""
        while self._again and stopping():
            yield Ended(task=self._again.popleft(), lost=INTERRUPTED)

    def _events(self, hear: Hear[Payload]) -> Iterator[Ended[Payload, Result]]:
        """Hear all that has come, wait a little for it, and look after the workers."""
        by_line = {worker.connection: worker for worker in self._workers}
        for line in wait(list(by_line), timeout=LOOK_SECONDS):
            yield from self._heard(by_line[line], hear)  # type: ignore[index]
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            blind, self._looked = now - self._looked - LOOK_SECONDS, now
            for worker in list(self._workers):
                yield from self._looked_at(worker, hear, blind)

    def _heard(self, worker: WorkerProcess, hear: Hear[Payload]) -> Iterator[Ended[Payload, Result]]:
        message = worker.receive()
        if message is None:
            yield from self._died(worker, hear, f"{worker.place.name} {worker.death()}")
            return
        kind, held = message["is"], worker.held
        if kind == "ready":
            worker.ready, self._failed_starts = True, 0
        elif kind == "broken":
            self._workers.remove(worker)
            worker.kill()
            raise SearchError(f"{worker.place.name} cannot work: {message['reason']}")
        if held is None:
            return
        if kind == "alive":
            self._leases.beat(held.lease)
        elif kind == "saved":
            self._leases.saved(held.lease)
        elif kind == "said":
            if reason := hear(held.task, message["message"]):
                self._stop(worker, reason)
        elif kind == "ended":
            yield self._ended(worker, held, message)

    def _ended(self, worker: WorkerProcess, held: Held, message: Message) -> Ended[Payload, Result]:
        self._leases.end(held.lease, message["lost"])
        worker.held = None
        if message.get("full"):
            raise DiskFullError(message["lost"])
        worker.tasks_done += 1
        if self._worn(worker):
            worker.send({"do": "quit"})
            worker.leave(LEAVE_SECONDS)
            self._replace(worker)
        result = message["result"]
        decoded = None if result is None else self._decode(held.task.payload, result)
        return Ended(task=held.task, result=decoded, lost=message["lost"])

    def _worn(self, worker: WorkerProcess) -> bool:
        memory, limits = worker.memory(), self._limits
        worker.least_memory = worker.least_memory or memory
        grown = memory - worker.least_memory
        much = grown > limits.growth_bytes and grown > limits.growth * worker.least_memory
        return much or worker.tasks_done >= limits.tasks

    def _looked_at(
        self, worker: WorkerProcess, hear: Hear[Payload], blind: float
    ) -> Iterator[Ended[Payload, Result]]:
        if worker.silent(blind):
            yield from self._died(worker, hear, f"{worker.place.name} showed no sign of life")
            return
        held = worker.held
        if held is None:
            return
        deadline, limit = held.task.deadline, self._limits.memory_bytes
        if deadline is not None and time.monotonic() > deadline + GRACE_SECONDS:
            yield self._cut(worker, held, "deadline: a step took too long, so its worker was ended")
        elif limit is not None and (memory := worker.memory()) > limit:
            reason = f"out of memory: its worker held {_gib(memory)}, the limit is {_gib(limit)}"
            yield self._cut(worker, held, reason)

    def _cut(self, worker: WorkerProcess, held: Held, reason: str) -> Ended[Payload, Result]:
        """End a worker that takes more than its task may take; another one would take as much."""
        worker.kill()
        self._leases.end(held.lease, reason)
        self._replace(worker)
        return Ended(task=held.task, lost=reason)

    def _died(
        self, worker: WorkerProcess, hear: Hear[Payload], reason: str
    ) -> Iterator[Ended[Payload, Result]]:
        worker.kill()
        self._lost += 1
        if not worker.ready:
            self._failed_starts += 1
        if self._failed_starts >= STARTS:
            self._workers.remove(worker)
            raise SearchError(
                f"{STARTS} workers in a row died before they could work; the last one {reason}. "
                f"It said: {worker.last_words() or 'nothing'}"
            )
        self._replace(worker)
        if (held := worker.held) is None:
            return
        stopped = worker.stopped == INTERRUPTED
        self._leases.end(held.lease, reason, counts=not stopped)
        if stopped:
            yield Ended(task=held.task, lost=INTERRUPTED)
        elif self._leases.failures(held.task.number) >= self._limits.attempts:
            yield Ended(task=held.task, lost=f"{reason}; given up after {self._limits.attempts} attempts")
        else:
            hear(held.task, {"event": "retry", "reason": reason})
            self._again.append(held.task)

    def _replace(self, worker: WorkerProcess) -> None:
        if not self._closed:
            self._workers[self._workers.index(worker)] = self._start(worker.place)


def places(
    workers: int, environments: Sequence[Mapping[str, str]] = (), *, cores: int | None = None
) -> list[Place]:
    """Return where each of so many workers runs.

    Args:
        workers: how many.
        environments: variables of each, such as which GPU it sees; none by default.
        cores: CPU cores of each; an equal share by default. Where there are too few, some are shared.
    """
    there = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    size = cores or max(len(there) // workers, 1)
    found = []
    for index in range(workers):
        environment = environments[index] if environments else {}
        own = {there[(index * size + place) % len(there)] for place in range(size)} if there else set()
        found.append(Place(name=f"worker-{index + 1}", cores=tuple(sorted(own)), environment=environment))
    return found


def _opening(work: Work) -> Message:
    return {"do": "open", "place": work.place, "options": dict(work.options)}


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
