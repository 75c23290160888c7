"""The outbox: in order, never waiting for a store that is away, nothing lost, nothing in the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from automl.tracking import outbox as outbox_module
from automl.tracking.operation import Operation, merge
from automl.tracking.outbox import Outbox
from automl.tracking.spool import Spool


class Store:
    """A store that can be away, refuse, or hang."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.error: Exception | None = None
        self.broken = ""

    def __call__(self, operation: Operation) -> None:
        if self.error:
            raise self.error
        if operation.run == self.broken:
            raise OSError("always fails")
        self.seen.append(operation.run)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "RETRY_SECONDS", (0.05, 0.1))
    monkeypatch.setattr(outbox_module, "PERIOD_SECONDS", 0.05)


def _outbox(store: Callable[[Operation], None], folder: Path) -> Outbox:
    outbox = Outbox(
        lambda operations: map(store, operations),
        temporary=lambda error: isinstance(error, OSError),
        answers=lambda: True,
        spool=Spool(folder),
    )
    outbox.start()
    return outbox


def _operation(run: object) -> Operation:
    return Operation(kind="end", run=str(run))


def test_operations_arrive_in_order(tmp_path: Path) -> None:
    store = Store()
    outbox = _outbox(store, tmp_path)
    for number in range(50):
        outbox.put(_operation(number), urgent=number % 7 == 0)

    assert outbox.close(5) == 0
    assert store.seen == [str(number) for number in range(50)]


def test_what_a_store_misses_waits_in_a_file_and_arrives_later_in_order(tmp_path: Path) -> None:
    store = Store()
    outbox = _outbox(store, tmp_path)
    store.error = ConnectionRefusedError("away")
    assert not outbox.put(_operation(0), wait=5)
    for number in range(1, 4):
        outbox.put(_operation(number))
    assert outbox.away
    store.error = None

    assert outbox.flush(5)
    assert store.seen == ["0", "1", "2", "3"]
    assert not outbox.spool
    outbox.close(5)


def test_nobody_waits_for_a_store_that_is_away(tmp_path: Path) -> None:
    store = Store()
    store.error = ConnectionRefusedError("away")
    outbox = _outbox(store, tmp_path)
    outbox.put(_operation(0), wait=5)

    start = time.monotonic()
    outbox.put(_operation(1), wait=5)
    assert time.monotonic() - start < 0.5
    assert outbox.close(5) == 2


def test_a_later_session_sends_what_was_left(tmp_path: Path) -> None:
    store = Store()
    store.error = ConnectionRefusedError("away")
    first = _outbox(store, tmp_path)
    first.put(_operation("early"))
    first.close(5)
    store.error = None

    second = _outbox(store, tmp_path)
    second.put(_operation("late"))
    assert second.close(5) == 0
    assert store.seen == ["early", "late"]


def test_a_request_that_hangs_holds_up_neither_the_end_nor_the_records(tmp_path: Path) -> None:
    outbox = _outbox(lambda operation: time.sleep(3), tmp_path)
    assert not outbox.put(_operation("stuck"), wait=0.1)
    outbox.put(_operation("behind"))

    assert outbox.close(0.2) == 2
    assert [item.run for item in Spool(tmp_path).read()] == ["stuck", "behind"]


def test_a_spool_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "job").write_text("a file where the folder should be")
    store = Store()
    store.error = ConnectionRefusedError("away")
    outbox = _outbox(store, tmp_path / "job")
    outbox.put(_operation(0), wait=5)
    outbox.put(_operation(1))

    assert outbox.close(0.3) == 2
    assert outbox.refused[0].startswith("spool: ")


def test_what_is_refused_for_good_is_told_and_not_in_the_way(tmp_path: Path) -> None:
    store = Store()
    store.error = ValueError("no such run")
    outbox = _outbox(store, tmp_path)
    outbox.put(_operation("bad"), wait=5)
    store.error = None
    outbox.put(_operation("good"), wait=5)

    assert outbox.close(5) == 0
    assert (store.seen, outbox.refused) == (["good"], ["end: no such run"])


def test_one_record_that_always_fails_is_given_up_when_the_store_answers(tmp_path: Path) -> None:
    store = Store()
    store.broken = "bad"
    outbox = _outbox(store, tmp_path)
    outbox.put(_operation("bad"))
    outbox.put(_operation("good"))
    end = time.monotonic() + 10
    while "good" not in store.seen and time.monotonic() < end:
        time.sleep(0.02)

    assert outbox.close(5) == 0
    assert (store.seen, outbox.refused) == (["good"], ["end: always fails"])


def test_a_line_cut_off_by_a_crash_costs_only_itself(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([_operation("whole")])
    with spool.path.open("a") as stream:
        stream.write('{"kind": "end", "run": "cut')
    spool.append([_operation("after")])

    assert [item.run for item in spool.read()] == ["whole", "after"]


def test_neighbouring_batches_of_a_run_become_one() -> None:
    batches = [Operation(kind="batch", run=run, content={"metrics": [run]}) for run in "aab"]

    assert [item.content["metrics"] for item in merge(batches)] == [["a", "a"], ["b"]]


def test_tags_of_a_run_that_is_still_to_be_created_are_given_to_it_then() -> None:
    create = Operation(kind="create", run="a", content={"name": "trial 0", "tags": {"state": "running"}})
    batch = Operation(kind="batch", run="a", content={"params": [("p", "1")], "tags": [("x", "1")]})
    end = Operation(kind="batch", run="a", content={"tags": [("state", "complete")]})
    other = Operation(kind="batch", run="b", content={"tags": [("state", "running")]})

    created, told, untouched = merge([create, batch, other, end])

    assert created.content["tags"] == {"state": "complete", "x": "1"}
    assert told.content == {"params": [("p", "1")]}
    assert untouched == other


@pytest.mark.parametrize(
    "left", [b'{"a": {}}\n', b"[1]\n", b"\xff\xfe}}\n", b"[" * 99_999, b'{"kind": "end", "ru']
)
def test_what_a_stranger_wrote_into_the_spool_is_left_out(tmp_path: Path, left: bytes) -> None:
    spool = Spool(tmp_path)
    kept = Operation(kind="end", run="a")
    spool.append([kept])
    with spool.path.open("ab") as file:
        file.write(left)

    assert spool.read() == [kept]
