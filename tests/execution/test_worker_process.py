"""When a worker process is taken for gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automl.execution.worker_process import DEAF_SECONDS, SILENT_SECONDS, Place, WorkerProcess


class Observed(WorkerProcess):
    """A worker whose clock and processor time the test sets."""

    computed = 0.0

    def _seconds_computed(self) -> float:
        return self.computed


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Observed]:
    found = Observed(Place(name="worker"), options={}, warm=(), log=tmp_path / "log")
    yield found
    found.kill()


@pytest.fixture
def clock(worker: Observed, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [worker.heard]
    monkeypatch.setattr("automl.execution.worker_process.time.monotonic", lambda: now[0])
    return now


def looks(worker: Observed, clock: list[float], seconds: float, share: float) -> bool:
    """Look four times a second, the worker having a share of a core: whether it was taken for gone."""
    gone = False
    for _ in range(int(seconds / 0.25)):
        clock[0] += 0.25
        worker.computed += 0.25 * share
        gone = gone or worker.silent(0.0)
    return gone


def test_one_that_computes_nothing_is_gone_after_its_silence(worker, clock):
    assert not looks(worker, clock, SILENT_SECONDS - 0.5, share=0.0)
    assert looks(worker, clock, 1.0, share=0.0)


def test_one_that_gets_little_of_a_busy_machine_is_waited_for(worker, clock):
    assert not looks(worker, clock, DEAF_SECONDS - 1.0, share=0.05)
    assert looks(worker, clock, 2.0, share=0.05)


def test_one_that_stops_in_the_middle_of_its_work_is_gone_soon(worker, clock):
    assert not looks(worker, clock, 5.0, share=1.0)
    assert looks(worker, clock, SILENT_SECONDS, share=0.0)


def test_a_look_after_a_long_absence_blames_nobody(worker, clock):
    clock[0] += 100.0

    assert not worker.silent(100.0)
