"""Workers that meet over a folder: they come, go, are killed and stopped, for real."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from automl.core.errors import ConfigError, DiskFullError
from automl.execution.board import FolderWorker
from automl.execution.board_worker import FolderWire, join
from automl.execution.dispatcher import Limits
from automl.execution.executor import INTERRUPTED, Task
from automl.execution.leases import Lease
from automl.execution.mailbox import Mailbox, remove
from automl.execution.worker_line import Held
from tests.execution.boards import ROOT, joined, opened_board, start_worker


def run(executor, payloads, hear=lambda task, message: "", deadline=None):
    waiting = [Task(number=payload["number"], payload=payload, deadline=deadline) for payload in payloads]
    return {
        item.task.number: item
        for item in executor.run(lambda: waiting.pop(0) if waiting else None, hear, lambda: False)
    }


def until(condition, seconds=30):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def steps_done(folder, number=0):
    path = folder / f"{number}.done"
    return int(path.read_text()) if path.exists() else 0


def beside(action):
    """Do something while the coordinator runs."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def test_workers_join_a_search_that_waits_for_them(tmp_path):
    late = []

    def come():
        time.sleep(0.5)
        late.append(start_worker(tmp_path, "late"))

    with opened_board(tmp_path) as executor:
        beside(come)
        ended = run(executor, [{"number": 0}])

    late[0].wait(timeout=30)
    assert ended[0].lost == ""
    assert late[0].returncode == 0
    assert not (tmp_path / "board").exists()


def test_the_task_of_a_killed_worker_goes_on_elsewhere_from_what_was_saved(tmp_path):
    payload = {"number": 0, "steps": 6, "seconds": 0.1, "harm": "kill", "at": 3}
    heard = []

    def hear(task, message):
        heard.append(message.get("step", message["event"]))
        return ""

    with (
        opened_board(tmp_path, lost_seconds=3.0) as executor,
        joined(tmp_path, "one"),
        joined(tmp_path, "two"),
    ):
        ended = run(executor, [payload], hear)

    assert (ended[0].result["steps"], heard.count("retry")) == (6, 1)
    assert [line.split()[1] for line in (tmp_path / "0.log").read_text().splitlines()] == ["0", "3"]


def test_a_worker_stopped_past_its_lease_writes_nothing_when_it_wakes_up(tmp_path):
    payload = {"number": 0, "steps": 6, "seconds": 0.2, "harm": "stop", "at": 2}

    with opened_board(tmp_path, lost_seconds=2.0) as executor, joined(tmp_path, "one") as stopped:
        ended = {}
        beside(lambda: ended.update(run(executor, [payload])))
        until(lambda: steps_done(tmp_path) == 2)
        until(lambda: not list((tmp_path / "board").glob("one.*")))
        before = steps_done(tmp_path)
        os.kill(stopped.pid, signal.SIGCONT)
        code = stopped.wait(timeout=30)
        after = steps_done(tmp_path)
        with joined(tmp_path, "two"):
            until(lambda: ended)

    assert (code, before, after) == (1, 2, 2)
    assert ended[0].result["steps"] == 6


def test_a_worker_that_comes_back_under_its_name_gets_its_task_back(tmp_path):
    payloads = [{"number": n, "steps": 60, "seconds": 0.1} for n in range(2)]

    with opened_board(tmp_path) as executor, joined(tmp_path, "one") as first:
        ended = {}
        beside(lambda: ended.update(run(executor, payloads)))
        until(lambda: steps_done(tmp_path, 0) >= 2)
        first.kill()
        with joined(tmp_path, "one"):
            until(lambda: len((tmp_path / "0.log").read_text().splitlines()) == 2, seconds=20)
            (tmp_path / "0.done").write_text("60")
            (tmp_path / "1.done").write_text("60")
            until(lambda: ended)

    assert ended[0].lost == ended[1].lost == ""


def test_a_worker_that_leaves_hands_its_task_back(tmp_path):
    payload = {"number": 0, "steps": 40, "seconds": 0.05}

    with (
        opened_board(tmp_path) as executor,
        joined(tmp_path, "one") as first,
        joined(tmp_path, "two") as second,
    ):
        ended = {}
        beside(lambda: ended.update(run(executor, [payload])))
        until(lambda: steps_done(tmp_path) >= 2)
        holder = int((tmp_path / "0.log").read_text().split()[2])
        leaver = first if first.pid == holder else second
        leaver.send_signal(signal.SIGTERM)
        code = leaver.wait(timeout=30)
        until(lambda: ended)

    assert (code, ended[0].result["steps"], ended[0].lost) == (0, 40, "")


def test_workers_end_when_their_coordinator_is_gone(tmp_path, monkeypatch):
    code = f"""
        from pathlib import Path
        from tests.execution.test_board import opened_board, run
        with opened_board(Path({str(tmp_path)!r})) as executor:
            run(executor, [{{"number": 0, "steps": 10000, "seconds": 0.05}}])
    """
    coordinator = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT)
    until(lambda: (tmp_path / "board" / "pulse").exists())
    with joined(tmp_path, "one") as worker:
        until(lambda: steps_done(tmp_path) >= 2)
        coordinator.kill()
        coordinator.wait()

        assert worker.wait(timeout=45) == 1


def test_a_second_coordinator_sends_the_workers_of_the_first_away(tmp_path):
    with opened_board(tmp_path), joined(tmp_path, "one") as worker:
        until(lambda: list((tmp_path / "board").glob("one.*/hello")))
        with opened_board(tmp_path):
            assert worker.wait(timeout=45) == 1


@pytest.mark.parametrize(
    ("facts", "reason"),
    [({"lacks": "no such data here"}, "no such data here"), ({"version": "0.0.1"}, "install the same")],
)
def test_a_worker_that_cannot_work_is_told_of_and_the_others_go_on(tmp_path, facts, reason):
    notes = []

    with (
        opened_board(tmp_path, note=notes.append) as executor,
        joined(tmp_path, "lacking", **facts) as lacking,
    ):
        ended = {}
        beside(lambda: ended.update(run(executor, [{"number": 0}])))
        code = lacking.wait(timeout=30)
        until(lambda: notes)
        with joined(tmp_path, "able"):
            until(lambda: ended)

    assert (code, ended[0].lost) == (2, "")
    assert notes[0].startswith("lacking has joined but cannot work: ConfigError: ")
    assert reason in notes[0]


def test_a_worker_starts_afresh_after_so_many_tasks_and_stays_with_the_search(tmp_path):
    with opened_board(tmp_path, limits=Limits(tasks=2)) as executor, joined(tmp_path, "one") as worker:
        ended = run(executor, [{"number": number} for number in range(5)])
        executor.close()
        code = worker.wait(timeout=30)

    assert len({item.result["life"] for item in ended.values()}) == 3
    assert {item.result["pid"] for item in ended.values()} == {worker.pid}
    assert code == 0


def test_a_worker_whose_native_code_lets_nobody_in_ends_by_itself(tmp_path):
    payload = {"number": 0, "steps": 3, "harm": "deaf", "at": 1}

    with (
        opened_board(tmp_path, lost_seconds=3.0) as executor,
        joined(tmp_path, "one", deaf=3.0) as deaf,
    ):
        ended = {}
        beside(lambda: ended.update(run(executor, [payload])))
        code = deaf.wait(timeout=60)
        with joined(tmp_path, "two"):
            until(lambda: ended)

    assert (code, ended[0].result["steps"]) == (1, 3)


def test_a_task_that_met_a_worker_on_its_way_out_is_not_held_against_it(tmp_path):
    folder = tmp_path / "one.1"
    (folder / "to").mkdir(parents=True)
    (folder / "from").mkdir()
    worker = FolderWorker(folder, 60.0)
    lease = Lease(id="7-1", number=3, worker="one", attempt=1)
    worker.held[lease.id] = Held(task=Task(number=3, payload={}), lease=lease)
    Mailbox(folder / "from").put([{"is": "left"}])

    worker.look()

    assert worker.receive() == [{"is": "ended", "lease": "7-1", "result": None, "lost": INTERRUPTED}]
    assert worker.receive() is None


def test_a_reason_to_stop_that_comes_together_with_its_task_is_heard(tmp_path):
    wire = FolderWire(tmp_path, "one", "1-1", lambda text: None)
    to = Mailbox(next(tmp_path.glob("one.*")) / "to")
    to.put([{"do": "run", "tasks": [{"lease": "5-1", "payload": {}, "seconds": None}]}])
    to.put([{"do": "stop", "lease": "5-1", "reason": "pruned"}])

    command = wire.command()

    assert (command["do"], wire.stop_of(command["tasks"][0]["lease"])) == ("run", "pruned")


def test_who_comes_after_the_end_leaves_no_board_behind(tmp_path):
    with pytest.raises(FileNotFoundError):
        FolderWire(tmp_path / "board", "late", "1-1", lambda text: None)

    assert not (tmp_path / "board").exists()


def test_a_folder_is_gone_at_once_for_who_writes_into_it(tmp_path):
    folder = tmp_path / "board"
    box = Mailbox(folder)
    folder.mkdir()
    box.put([{"a": 1}])

    remove(folder)

    with pytest.raises(FileNotFoundError):
        box.put([{"a": 2}])
    assert list(tmp_path.iterdir()) == []


def test_without_a_coordinator_one_is_told_how_to_start_it(tmp_path):
    (tmp_path / "board").mkdir()

    with pytest.raises(ConfigError, match="automl resume"):
        join(tmp_path / "board", "one", lambda options: None, patience=0.5)


def test_messages_arrive_whole_and_in_order(tmp_path):
    here, there = Mailbox(tmp_path), Mailbox(tmp_path)

    here.put([{"a": 1}, {"a": 2}])
    here.put([{"a": 3}])
    first = there.take()
    here.put([{"a": 4}])

    assert [item["a"] for item in first + there.take()] == [1, 2, 3, 4]
    assert there.take() == []
    assert list(tmp_path.iterdir()) == []


def test_a_message_that_overtook_another_waits(tmp_path):
    here, there = Mailbox(tmp_path), Mailbox(tmp_path)
    here.put([{"a": 1}])
    here.put([{"a": 2}])
    held_up = tmp_path / "000000001.json"
    text = held_up.read_text()
    held_up.unlink()

    early = there.take()
    held_up.write_text(text)

    assert (early, [item["a"] for item in there.take()]) == ([], [1, 2])


def test_what_found_no_room_leaves_no_gap(tmp_path):
    here, there = Mailbox(tmp_path), Mailbox(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(DiskFullError):
            here.put([{"a": "b" * 1000}])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    here.put([{"a": 1}])

    assert there.take() == [{"a": 1}]


def test_files_of_others_are_no_messages(tmp_path):
    here, there = Mailbox(tmp_path), Mailbox(tmp_path)
    (tmp_path / "._000000001.json").write_text("of a file manager")
    (tmp_path / "notes.json").write_text("{}")
    here.put([{"a": 1}])

    assert there.take() == [{"a": 1}]


def test_half_a_message_is_read_when_it_is_whole(tmp_path):
    here, there = Mailbox(tmp_path), Mailbox(tmp_path)
    here.put([{"a": 1}])
    here.put([{"a": 2}])
    second = tmp_path / "000000002.json"
    text = second.read_text()
    second.write_text(text[:5])

    early = there.take()
    second.write_text(text)

    assert (early, there.take()) == ([{"a": 1}], [{"a": 2}])


def test_a_line_that_was_cut_is_found_out(tmp_path):
    box = Mailbox(Path(tmp_path) / "gone")

    with pytest.raises(FileNotFoundError):
        box.put([{"a": 1}])
    with pytest.raises(FileNotFoundError):
        box.take()
