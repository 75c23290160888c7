"""Tasks in this process: what only this executor does; the rest is in the contract suite."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from automl.execution.executor import Task, one_by_one
from automl.execution.inline import Inline
from automl.execution.leases import Leases


def run(executor, numbers):
    waiting = [Task(number=number, payload=number) for number in numbers]
    return list(
        executor.run(lambda: waiting.pop(0) if waiting else None, lambda task, message: "", lambda: False)
    )


def test_the_next_task_is_drawn_when_the_last_was_taken():
    story = []

    def draw():
        story.append("draw")
        return Task(number=0, payload="run") if story.count("draw") < 3 else None

    executor = Inline(one_by_one(lambda payload, channel: story.append(payload) or payload))
    for _ in executor.run(draw, lambda task, message: "", lambda: False):
        story.append("taken")

    assert story == ["draw", "run", "taken", "draw", "run", "taken", "draw"]


def test_an_interruption_in_the_middle_of_a_task_is_the_callers():
    def runner(payload, channel):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Inline(one_by_one(runner)), [0])


def test_a_task_that_killed_its_process_again_and_again_is_not_run_again(tmp_path):
    journal = tmp_path / "leases.journal"
    code = f"""
        import os, signal
        from pathlib import Path
        from automl.execution.leases import Leases
        from tests.execution.test_inline import Inline, run
        crash = lambda payloads, channels: os.kill(os.getpid(), signal.SIGKILL)
        run(Inline(crash, leases=Leases(Path({str(journal)!r}))), [7])
    """
    for _ in range(3):
        subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=Path(__file__).parents[2])

    executor = Inline(one_by_one(lambda payload, channel: os.getpid()), leases=Leases(journal))

    ended = run(executor, [7, 8])

    assert (ended[0].result, ended[0].lost) == (None, "the process died 3 times while it ran")
    assert ended[1].result == os.getpid()
