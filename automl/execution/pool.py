"""Workers in processes of this machine, kept warm from one task to the next.

Workers are separate processes, so whatever a task does to its worker - a crash in native code, unbounded
memory, a step that never returns - ends only that worker. Nothing listens on a network: each
worker has one end of a socket pair.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from automl.core.errors import SearchError
from automl.execution.executor import Message, Work
from automl.execution.leases import Leases
from automl.execution.worker_line import WorkerLine
from automl.execution.worker_process import Place, WorkerProcess, end_orphans


class ProcessCrew:
    """Worker processes, started when the crew is made.

    Args:
        places: one worker each.
        folder: where their logs lie while it is open; kept when a worker was lost.
        leases: the journal of the job: processes that an earlier coordinator left are ended first.
        warm: modules that workers import before they are told their work.
        options: beside those of the work, for data in memory; may hold any objects.
    """

    waits_for_workers = False

    def __init__(
        self,
        places: Sequence[Place],
        *,
        folder: Path,
        leases: Leases,
        warm: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.slots = len(places)
        self._folder, self._warm, self._options = folder, warm, dict(options or {})
        self._work: Work | None = None
        folder.mkdir(parents=True, exist_ok=True)
        end_orphans(leases.orphans, folder)
        self.workers = [self._start(place) for place in places]

    def open(self, work: Work) -> None:
        """Tell the workers what they work on."""
        self._work = work
        for worker in self.workers:
            worker.send(_opening(work))

    def wait(self, seconds: float) -> list[WorkerProcess]:
        """Return the workers who have something to say."""
        heard = wait([worker.connection for worker in self.workers], timeout=seconds)
        return [worker for worker in self.workers if worker.connection in heard]

    def replace(self, worker: WorkerLine) -> None:
        """Start another process in the place of one that is gone."""
        index = next(at for at, item in enumerate(self.workers) if item is worker)
        self.workers[index] = self._start(self.workers[index].place)

    def refuse(self, worker: WorkerLine, reason: str) -> None:
        """End the search: all processes of this machine are alike."""
        raise SearchError(f"{worker.name} cannot work: {reason}")

    def close(self, lost: int) -> None:
        """Remove the logs unless a worker was lost."""
        if not lost:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, place: Place) -> WorkerProcess:
        log = self._folder / f"{place.name}.log"
        worker = WorkerProcess(place, options=self._options, warm=self._warm, log=log)
        if self._work is not None:
            worker.send(_opening(self._work))
        return worker


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
