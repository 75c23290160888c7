"""What every executor promises, for the one who writes an executor.

class TestMine(ExecutorContract):
@pytest.fixture
def executor(self, folder):
return ...  # of two slots at least; its runners are those of ``automl.testing.runners:open_toy``
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from automl.core.errors import DiskFullError
from automl.execution.executor import INTERRUPTED, Executor, Task

Runs: TypeAlias = Executor[Any, Any]


class ExecutorContract:
    """Subclass it and give the fixture ``executor``."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where the runners are told to keep what they do."""
        return tmp_path

    @pytest.fixture
    def executor(self, folder: Path) -> Runs:
        """The executor under test, open; payloads and results are plain dictionaries."""
        raise NotImplementedError("give the fixture `executor`")

    def test_every_task_ends_once_with_its_result(self, executor: Runs) -> None:
        payloads = [{"number": number, "steps": 1 + number % 3} for number in range(7)]

        ended = list(executor.run(drawn(payloads), ignore, never))

        assert sorted(item.task.number for item in ended) == list(range(7))
        assert all(item.result["steps"] == item.task.payload["steps"] and not item.lost for item in ended)

    def test_what_a_runner_says_is_heard_in_order_and_before_its_end(self, executor: Runs) -> None:
        heard: dict[int, list[int]] = defaultdict(list)

        def hear(task: Task[Any], message: Mapping[str, Any]) -> str:
            heard[task.number].append(message["step"])
            return ""

        for item in executor.run(drawn([{"number": n, "steps": 4} for n in range(3)]), hear, never):
            assert heard[item.task.number] == [0, 1, 2, 3]

    def test_clocks_that_jump_change_nothing(self, executor: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
        real = time.time
        monkeypatch.setattr(time, "time", real)  # whatever the task does to it in this process is undone
        payloads = [{"number": n, "steps": 4, "seconds": 0.05, "harm": "clock", "at": 1} for n in range(3)]

        def hear(task: Task[Any], message: Mapping[str, Any]) -> str:
            if message["step"] == 2:
                monkeypatch.setattr(time, "time", lambda: real() - 86_400)
            return ""

        ended = list(executor.run(drawn(payloads, deadline=time.monotonic() + 60), hear, never))

        assert sorted(item.task.number for item in ended) == [0, 1, 2]
        assert all(item.result["steps"] == 4 and not item.result["stopped"] for item in ended)

    def test_a_reason_stops_the_task_it_is_given_to_and_no_other(self, executor: Runs) -> None:
        payloads = [{"number": number, "steps": 40, "seconds": 0.02} for number in range(2)]

        def hear(task: Task[Any], message: Mapping[str, Any]) -> str:
            return "pruned" if task.number == 0 and message["step"] >= 1 else ""

        results = {item.task.number: item.result for item in executor.run(drawn(payloads), hear, never)}

        assert results[0]["stopped"] == "pruned"
        assert results[0]["steps"] < 40
        assert (results[1]["steps"], results[1]["stopped"]) == (40, "")

    def test_a_runner_that_raises_loses_its_task_alone(self, executor: Runs) -> None:
        payloads: list[dict[str, Any]] = [{"number": 0, "harm": "raise"}, {"number": 1}]

        ended = {item.task.number: item for item in executor.run(drawn(payloads), ignore, never)}

        assert (ended[0].result, ended[0].lost) == (None, "RuntimeError: as it was told")
        assert ended[1].result["steps"] == 1

    def test_a_full_disk_ends_the_run_with_the_runners_error(self, executor: Runs) -> None:
        payloads: list[dict[str, Any]] = [{"number": 0, "harm": "full"}, {"number": 1}]

        with pytest.raises(DiskFullError, match=r"^Cannot write it\.$"):
            list(executor.run(drawn(payloads), ignore, never))
        executor.close()

    def test_when_it_is_to_stop_tasks_are_handed_back_saved_and_none_is_drawn(
        self, executor: Runs, folder: Path
    ) -> None:
        payloads = [{"number": number, "steps": 300, "seconds": 0.02} for number in range(4)]
        steps: list[int] = []

        def hear(task: Task[Any], message: Mapping[str, Any]) -> str:
            steps.append(message["step"])
            return ""

        ended = list(executor.run(drawn(payloads), hear, lambda: len(steps) > 4))

        assert {item.lost for item in ended} == {INTERRUPTED}
        assert 1 <= len(ended) <= executor.slots
        for item in ended:
            assert 1 <= int((folder / f"{item.task.number}.done").read_text()) < 300

    def test_a_task_that_was_handed_back_goes_on_from_what_was_saved(
        self, executor: Runs, folder: Path
    ) -> None:
        payload = {"number": 5, "steps": 60, "seconds": 0.02}
        steps: list[int] = []

        def hear(task: Task[Any], message: Mapping[str, Any]) -> str:
            steps.append(message["step"])
            return ""

        list(executor.run(drawn([payload]), hear, lambda: len(steps) > 4))
        again = list(executor.run(drawn([payload]), hear, never))

        assert again[0].result["steps"] == 60
        assert steps == list(range(60))

    def test_the_deadline_reaches_the_runner(self, executor: Runs) -> None:
        payloads = [{"number": 0, "steps": 1000, "seconds": 0.05}]

        def draw() -> Task[Any] | None:  # the time counts from here, when there is a worker
            return drawn([payloads.pop()], deadline=time.monotonic() + 0.5)() if payloads else None

        ended = list(executor.run(draw, ignore, never))

        assert ended[0].result["stopped"] == "deadline"

    def test_what_is_drawn_may_depend_on_what_ended(self, executor: Runs) -> None:
        ended: list[int] = []

        def draw() -> Task[Any] | None:
            if len(ended) == 0 and not draws:
                draws.append(0)
                return Task(number=0, payload={"number": 0, "seconds": 0.1})
            if len(ended) == 1 and len(draws) == 1:
                draws.append(1)
                return Task(number=1, payload={"number": 1})
            return None

        draws: list[int] = []
        for item in executor.run(draw, ignore, never):
            ended.append(item.task.number)

        assert ended == [0, 1]

    def test_tasks_given_together_end_each_by_itself(self, executor: Runs) -> None:
        payloads = [{"number": number, "steps": 2 + 28 * number, "seconds": 0.02} for number in range(2)]
        payloads.append({"number": 2})

        def hear(task: Task[Any], message: Mapping[str, Any]) -> str:
            return "pruned" if task.number == 1 and message["step"] >= 1 else ""

        ended = {item.task.number: item for item in executor.run(together(payloads), hear, never)}

        assert sorted(ended) == [0, 1, 2]
        assert [ended[number].result["stopped"] for number in range(3)] == ["", "pruned", ""]
        assert [ended[number].task.beside for number in range(3)] == [(), (), ()]

    def test_closing_twice_changes_nothing(self, executor: Runs) -> None:
        list(executor.run(drawn([{"number": 0}]), ignore, never))

        executor.close()
        executor.close()


def drawn(payloads: Iterable[dict[str, Any]], **facts: Any) -> Callable[[], Task[Any] | None]:
    """What gives a task for each payload, one after another."""
    waiting = [Task(number=payload["number"], payload=payload, **facts) for payload in payloads]
    return lambda: waiting.pop(0) if waiting else None


def together(payloads: Iterable[dict[str, Any]]) -> Callable[[], Task[Any] | None]:
    """What gives one task, the others beside it."""
    first, *others = [Task(number=payload["number"], payload=payload) for payload in payloads]
    waiting = [replace(first, beside=tuple(others))]
    return lambda: waiting.pop() if waiting else None


def never() -> bool:
    """Do not stop."""
    return False


def ignore(task: Task[Any], message: Mapping[str, Any]) -> str:
    """Hear and say nothing."""
    return ""
