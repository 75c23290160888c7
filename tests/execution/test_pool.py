"""Worker processes that are killed, stopped, hang, crash in native code or take too much: for real."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from automl.core.errors import SearchError
from automl.execution.dispatcher import Dispatcher, Limits
from automl.execution.executor import Task, Work
from automl.execution.leases import Leases
from automl.execution.pool import ProcessCrew, places
from automl.execution.worker_process import end_orphans
from tests.execution.toys import left_workers


@contextmanager
def opened(folder, workers=2, limits=None, **options):
    leases = Leases(folder / "leases.journal")
    pool = Dispatcher(
        ProcessCrew(places(workers), folder=folder / "logs", leases=leases),
        leases=leases,
        encode=lambda payload: payload,
        decode=lambda payload, result: result,
        limits=limits,
    )
    try:
        pool.open(Work(place="automl.testing.runners:open_toy", options={"folder": str(folder), **options}))
        yield pool
    finally:
        pool.close()


def run(pool, payloads, hear=lambda task, message: "", deadline=None, together=False):
    waiting = [Task(number=payload["number"], payload=payload, deadline=deadline) for payload in payloads]
    if together:
        waiting = [replace(waiting[0], beside=tuple(waiting[1:]))]
    return {
        item.task.number: item
        for item in pool.run(lambda: waiting.pop(0) if waiting else None, hear, lambda: False)
    }


@pytest.mark.parametrize("harm", ["kill", "segfault", "stop"])
def test_a_task_goes_on_elsewhere_when_its_worker_is_lost(tmp_path, harm):
    payload = {"number": 0, "steps": 4, "harm": harm, "at": 2}
    heard = []

    def hear(task, message):
        heard.append(message.get("step", message["event"]))
        return ""

    with opened(tmp_path) as pool:
        ended = run(pool, [payload, {"number": 1}], hear)

    assert (ended[0].result["steps"], ended[1].result["steps"]) == (4, 1)
    assert heard.count("retry") == 1
    begun = [line.split() for line in (tmp_path / "0.log").read_text().splitlines()]
    assert [line[1] for line in begun] == ["0", "2"]
    assert begun[0][2] != begun[1][2]


def test_a_task_that_kills_every_worker_is_given_up_with_the_reason(tmp_path):
    payload = {"number": 0, "harm": "segfault", "times": 99}

    with opened(tmp_path) as pool:
        ended = run(pool, [payload, {"number": 1}])

    assert ended[0].result is None
    assert ended[0].lost.endswith("was killed by SIGSEGV; given up after 3 attempts")
    assert ended[1].result["steps"] == 1


def test_tasks_given_together_go_on_alone_when_their_worker_is_lost(tmp_path):
    guilty = {"number": 1, "harm": "segfault", "times": 99}

    with opened(tmp_path) as pool:
        ended = run(pool, [{"number": 0, "steps": 2}, guilty, {"number": 2}], together=True)

    assert ended[1].lost.endswith("given up after 3 attempts")
    assert [ended[number].result["steps"] for number in (0, 2)] == [2, 1]


def test_tasks_that_take_too_much_memory_together_are_done_alone(tmp_path):
    with opened(tmp_path, limits=Limits(memory_bytes=400 * 2**20)) as pool:
        ended = run(pool, [{"number": 0, "harm": "hog"}, {"number": 1}], together=True)

    assert [ended[number].result["steps"] for number in (0, 1)] == [1, 1]


def test_a_task_that_gets_on_between_the_deaths_of_its_workers_is_not_given_up(tmp_path):
    payload = {"number": 0, "steps": 8, "seconds": 0.3}

    with opened(tmp_path, workers=1) as pool:
        killer = threading.Thread(target=kill_after_steps, args=(tmp_path, [2, 4, 6]), daemon=True)
        killer.start()
        ended = run(pool, [payload])

    assert ended[0].result["steps"] == 8


def kill_after_steps(folder, steps):
    for step in steps:
        while not (folder / "0.done").exists() or int((folder / "0.done").read_text()) < step:
            time.sleep(0.02)
        os.kill(int((folder / "0.log").read_text().splitlines()[-1].split()[2]), signal.SIGKILL)


def test_a_worker_above_the_memory_limit_is_ended_and_its_task_not_tried_again(tmp_path):
    limits = Limits(memory_bytes=400 * 2**20)

    with opened(tmp_path, limits=limits) as pool:
        ended = run(pool, [{"number": 0, "harm": "hog", "times": 99}, {"number": 1}])

    assert ended[0].lost.startswith("out of memory: its worker held")
    assert ended[1].result["steps"] == 1
    assert (tmp_path / "0.harms").read_text() == "1"


def test_a_step_that_never_returns_is_ended_after_the_deadline(tmp_path):
    with opened(tmp_path) as pool:
        ended = run(pool, [{"number": 0, "harm": "hang", "times": 99}], deadline=time.monotonic() + 1)

    assert ended[0].lost.startswith("deadline")


def test_workers_are_replaced_after_so_many_tasks(tmp_path):
    with opened(tmp_path, workers=1, limits=Limits(tasks=3)) as pool:
        ended = run(pool, [{"number": number} for number in range(7)])

    assert len({item.result["pid"] for item in ended.values()}) == 3


def test_work_that_cannot_be_opened_is_told_as_it_is(tmp_path):
    with opened(tmp_path, broken=True) as pool, pytest.raises(SearchError, match="no data there"):
        run(pool, [{"number": 0}])


def test_workers_end_with_their_coordinator_and_the_next_one_goes_on(tmp_path):
    code = f"""
        from pathlib import Path
        from tests.execution.test_pool import opened, run
        with opened(Path({str(tmp_path)!r})) as pool:
            run(pool, [{{"number": 0, "steps": 400, "seconds": 0.05}}])
    """
    coordinator = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=Path(__file__).parents[2]
    )
    while not (tmp_path / "0.done").exists():
        time.sleep(0.05)
    worker = psutil.Process(int((tmp_path / "0.log").read_text().split()[2]))
    coordinator.kill()
    coordinator.wait()

    worker.wait(timeout=30)
    with opened(tmp_path) as pool:
        ended = run(pool, [{"number": 0, "steps": int((tmp_path / "0.done").read_text()) + 3}])

    assert ended[0].lost == ""
    assert Leases(tmp_path / "leases.journal").failures(0) == 0


def test_a_stopped_worker_of_a_dead_coordinator_is_ended_before_another_goes_on(tmp_path):
    code = f"""
        from pathlib import Path
        from tests.execution.test_pool import opened, run
        with opened(Path({str(tmp_path)!r})) as pool:
            run(pool, [{{"number": 0, "steps": 400, "seconds": 0.05}}])
    """
    coordinator = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=Path(__file__).parents[2]
    )
    while not (tmp_path / "0.done").exists():
        time.sleep(0.05)
    worker = psutil.Process(int((tmp_path / "0.log").read_text().split()[2]))
    worker.suspend()
    coordinator.kill()
    coordinator.wait()

    with opened(tmp_path) as pool:
        assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
        ended = run(pool, [{"number": 0, "steps": 1}])

    assert ended[0].lost == ""


@pytest.mark.parametrize("seed", [0])
def test_under_random_kills_every_task_ends_once_and_nothing_is_left_behind(tmp_path, seed):
    kill_at_random(tmp_path, seed, tasks=40, workers=4, pause=(0.2, 0.8))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_under_many_random_kills(tmp_path, seed):
    kill_at_random(tmp_path, seed, tasks=200, workers=4, pause=(1.0, 3.0))


def kill_at_random(folder, seed, *, tasks, workers, pause):
    dice = random.Random(seed)
    payloads = [{"number": number, "steps": dice.randint(1, 6), "seconds": 0.1} for number in range(tasks)]
    steps = {number: [] for number in range(tasks)}

    def hear(task, message):
        if message["event"] == "step":
            steps[task.number].append(message["step"])
        return ""

    ends = []
    over = threading.Event()
    with opened(folder, workers=workers) as pool:
        kills = []

        def killer():
            while not over.wait(dice.uniform(*pause)):
                with suppress(ProcessLookupError):  # the tasks are done and the worker has gone
                    pid = dice.choice(pool.crew.workers).pid
                    os.kill(pid, dice.choice([signal.SIGKILL, signal.SIGSEGV]))
                    kills.append(pid)

        thread = threading.Thread(target=killer)
        thread.start()
        waiting = [Task(number=payload["number"], payload=payload) for payload in payloads]
        for item in pool.run(lambda: waiting.pop(0) if waiting else None, hear, lambda: False):
            ends.append(item)
        over.set()
        thread.join()

    assert sorted(item.task.number for item in ends) == list(range(tasks))
    assert all(item.result is not None or "given up" in item.lost for item in ends)
    redone = sum(len(told) - len(set(told)) for told in steps.values())
    assert redone <= len(kills)
    lines = [json.loads(line) for line in (folder / "leases.journal").read_text().splitlines()]
    granted = {line["lease"] for line in lines if line["event"] == "granted"}
    ended = [line["lease"] for line in lines if line["event"] in ("done", "lost")]
    assert sorted(granted) == sorted(ended)
    assert not left_workers()
    assert not [path for path in folder.glob("*.part") if int(path.stem.split(".")[1]) not in kills]


def test_workers_share_the_cores_evenly(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))

    assert [place.cores for place in places(3)] == [(0, 1), (2, 3), (4, 5)]
    assert [place.cores for place in places(3, cores=4)] == [(0, 1, 2, 3), (4, 5, 6, 7), (0, 1, 2, 3)]
    assert {place.cores for place in places(16)} == {(core,) for core in range(8)}
    assert places(2, [{"A": "1"}, {"A": "2"}])[1].environment == {"A": "2"}


def test_workers_that_are_killed_while_they_start_do_not_end_a_search_that_had_begun(tmp_path):
    with opened(tmp_path, workers=1) as pool:
        first = run(pool, [{"number": 0}])
        for _ in range(4):
            pool.crew.workers[0].kill()
            pool.crew.replace(pool.crew.workers[0])
            pool._check_starts(pool.crew.workers[0], "killed")
        second = run(pool, [{"number": 1}])

    assert first[0].lost == second[1].lost == ""


def test_workers_that_never_start_end_the_search_with_what_they_said(tmp_path):
    folder = tmp_path / "logs"
    leases = Leases(tmp_path / "leases.journal")
    crew = ProcessCrew(places(1), folder=folder, leases=leases, warm=("no_such_module",))
    pool = Dispatcher(
        crew,
        leases=leases,
        encode=lambda payload: payload,
        decode=lambda payload, result: result,
    )
    try:
        with pytest.raises(SearchError, match="no_such_module"):
            run(pool, [{"number": 0}])
    finally:
        pool.close()


@pytest.mark.parametrize("ours", [True, False])
def test_only_a_worker_of_this_folder_is_taken_for_an_orphan(tmp_path, ours):
    folder = tmp_path / "logs"
    place = folder if ours else tmp_path / "other"
    code = "import sys, time; print(flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code, "automl.execution.worker", str(place)], stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        started = psutil.Process(process.pid).create_time()
        host = socket.gethostname()
        end_orphans([{"pid": process.pid, "started": started, "host": host}], folder)
        ended = process.poll() is not None
        process.kill()

    assert ended == ours


def test_lines_of_a_stranger_are_no_leases(tmp_path):
    path = tmp_path / "leases.journal"
    line = {"event": "granted", "lease": "1-1", "number": 0, "worker": "a", "attempt": 1, "host": "b"}
    bad = [{**line, "pid": pid, "started": 0.0} for pid in ("1", None, True, [1])]
    path.write_text("\n".join([*map(json.dumps, bad), '{"event": "done"}', "[" * 9999, "\0"]))

    assert Leases(path).orphans == ()
