"""Which process works on a job, and whether it still does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, replace

import pytest

from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, write_json
from automl.jobs.holder import Holder, holder_of, this_process

SLEEPER = "import signal, time, sys; {}; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def sleeper():
    """Starts Python processes that sleep; ``code`` runs first."""
    started = []

    def start(code: str = "pass") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SLEEPER.format(code)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        started.append(process)
        assert process.stdout.readline() == "up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def holder(pid: int, **changes) -> Holder:
    return Holder(**{"pid": pid, "host": socket.gethostname(), "started": time.time(), **changes})


def test_a_process_lives_until_it_ends(sleeper):
    process = sleeper()
    assert holder(process.pid).is_alive

    process.kill()
    process.wait()

    assert not holder(process.pid).is_alive


def test_a_younger_process_of_the_same_number_is_another_one():
    assert not holder(os.getpid(), started=1e9).is_alive


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="told by Linux alone")
def test_a_process_lives_on_when_the_clock_is_set(tmp_path, monkeypatch):
    write_json(JobFolder(tmp_path).coordinator, asdict(this_process()))
    # Linux counts the birth of a process from now
    monkeypatch.setattr("psutil.Process.create_time", lambda process: time.time() + 3600)

    assert holder_of(JobFolder(tmp_path)).is_alive


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="told by Linux alone")
def test_a_later_process_of_the_same_number_is_another_one_whatever_the_clock_says():
    assert not replace(this_process(), birth="the-same-start-of-the-system 12").is_alive


def test_a_process_of_another_machine_is_believed_and_not_touched():
    there = holder(1, host="elsewhere")

    assert there.is_alive
    assert there.words == "process 1 on elsewhere"
    with pytest.raises(ConfigError, match="run `automl stop` on elsewhere"):
        there.interrupt()


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="told by Linux alone")
@pytest.mark.parametrize(
    ("code", "number"),
    [("pass", signal.SIGINT), ("signal.signal(signal.SIGINT, signal.SIG_IGN)", signal.SIGTERM)],
)
def test_it_is_ended_as_by_ctrl_c_or_by_sigterm_where_it_ignores_that(sleeper, code, number):
    process = sleeper(code)

    holder(process.pid).interrupt()

    assert process.wait(20) == -number


@pytest.mark.parametrize("content", [{}, {"pid": "x", "host": "h", "started": 0}, None])
def test_a_folder_without_a_note_has_none(tmp_path, content):
    folder = JobFolder(tmp_path)
    if content is not None:
        write_json(folder.coordinator, content)

    assert holder_of(folder) is None
