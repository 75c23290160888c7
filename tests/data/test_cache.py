"""The cache of arrays: made once, whole or not at all, by any number of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.data.cache import ArrayCache, Draft, key_of

VALUES = np.arange(12.0).reshape(4, 3)


class Builder:
    """Writes ``VALUES`` and counts how often it was asked to."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, draft: Draft) -> None:
        self.calls += 1
        draft.put("values", VALUES)
        (draft.path / "words.txt").write_text("beside the arrays")


@pytest.fixture
def cache(tmp_path: Path) -> ArrayCache:
    return ArrayCache(tmp_path / "cache")


def test_an_entry_is_made_once_and_mapped_read_only(cache: ArrayCache) -> None:
    build = Builder()
    first, second = cache.entry("key", build), ArrayCache(cache.folder).entry("key", build)

    assert build.calls == 1
    for entry in (first, second):
        assert isinstance(entry.arrays["values"], np.memmap)
        assert not entry.arrays["values"].flags.writeable
        np.testing.assert_array_equal(entry.arrays["values"], VALUES)
    assert (second.path / "words.txt").read_text() == "beside the arrays"


@pytest.mark.parametrize("values", [np.zeros((0, 3)), np.array(["", "bad.png"]), np.array([1, 2], "int32")])
def test_arrays_of_any_plain_type_come_back(cache: ArrayCache, values: np.ndarray) -> None:
    array = cache.entry("key", lambda draft: draft.put("values", values)).arrays["values"]

    assert array.dtype == values.dtype
    np.testing.assert_array_equal(array, values)


def test_nothing_is_left_of_a_build_that_failed(cache: ArrayCache) -> None:
    def build(draft: Draft) -> None:
        draft.put("values", VALUES)
        raise DataError("no picture is readable")

    with pytest.raises(DataError, match="no picture"):
        cache.entry("key", build)
    assert list(cache.folder.iterdir()) == []


def cut_off(entry: Path) -> None:
    with (entry / "values.npy").open("rb+") as stream:
        stream.truncate(140)


def lose_a_file(entry: Path) -> None:
    (entry / "words.txt").unlink()


def garble_the_list(entry: Path) -> None:
    (entry / "entry.json").write_text("[1, 2]")


def become_a_file(entry: Path) -> None:
    entry.rename(entry.with_name("elsewhere"))
    entry.write_text("foreign")


@pytest.mark.parametrize("damage", [cut_off, lose_a_file, garble_the_list, become_a_file])
def test_a_damaged_entry_is_made_anew(cache: ArrayCache, damage: Callable[[Path], None]) -> None:
    build = Builder()
    damage(cache.entry("key", build).path)

    entry = cache.entry("key", build)

    assert build.calls == 2
    np.testing.assert_array_equal(entry.arrays["values"], VALUES)
    assert [file.name for file in cache.folder.iterdir() if file.name.startswith(".")] == []


def test_arrays_stay_good_when_the_cache_is_removed(cache: ArrayCache) -> None:
    values = cache.entry("key", Builder()).arrays["values"]

    cache.remove()

    assert not cache.folder.exists()
    np.testing.assert_array_equal(values, VALUES)


def build_slowly(folder: Path, number: int, barrier: object, answers: object) -> None:
    def build(draft: Draft) -> None:
        values = draft.empty("values", (1000, 50), np.float64)
        barrier.wait(20)  # type: ignore[attr-defined]
        for row in range(1000):
            values[row] = row
        draft.put("builder", np.array([number]))

    entry = ArrayCache(folder).entry("key", build)
    answers.put((float(entry.arrays["values"].sum()), int(entry.arrays["builder"][0])))  # type: ignore[attr-defined]


def test_two_processes_that_build_at_once_are_both_right(cache: ArrayCache) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=build_slowly, args=(cache.folder, number, barrier, answers))
        for number in range(2)
    ]
    for worker in workers:
        worker.start()
    given = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(20)

    assert [total for total, _ in given] == [50 * 999 * 500.0] * 2
    assert len({builder for _, builder in given}) == 1
    assert [file.name for file in cache.folder.iterdir()] == ["key"]


KILLED = """
import sys, time
from pathlib import Path
from automl.data.cache import ArrayCache

def build(draft):
    draft.put("values", __import__("numpy").zeros(9))
    print("half done", flush=True)
    time.sleep(60)

ArrayCache(Path(sys.argv[1])).entry("key", build)
"""


def test_a_killed_build_leaves_nothing_that_is_taken_for_an_entry(cache: ArrayCache) -> None:
    worker = subprocess.Popen([sys.executable, "-c", KILLED, cache.folder], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    with worker, worker.stdout:
        worker.stdout.readline()
        os.kill(worker.pid, signal.SIGKILL)

    assert not (cache.folder / "key").exists()
    np.testing.assert_array_equal(cache.entry("key", Builder()).arrays["values"], VALUES)


FULL = """
import resource, sys
from pathlib import Path
from automl.core.errors import DiskFullError
from automl.data.cache import ArrayCache

resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    ArrayCache(Path(sys.argv[1])).entry("key", lambda draft: draft.empty("values", (100_000,), "float64"))
except DiskFullError as error:
    print(error)
"""


def test_a_disk_without_room_gives_one_clear_error(cache: ArrayCache) -> None:
    run = subprocess.run([sys.executable, "-c", FULL, cache.folder], capture_output=True, text=True)

    assert run.stdout.startswith(f"Cannot write {cache.folder}")
    assert "are free on that disk" in run.stdout
    assert list(cache.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["a", "b"], ["ab", ""]),
        ([np.array(["a", "bc"], object)], [np.array(["ab", "c"], object)]),
        ([np.zeros(4)], [np.zeros((2, 2))]),
        ([np.zeros(4, "int32")], [np.zeros(4, "float32")]),
        ([1], ["1"]),
    ],
)
def test_keys_differ_where_content_or_form_differs(first: list[object], second: list[object]) -> None:
    assert key_of(*first) == key_of(*first)
    assert key_of(*first) != key_of(*second)


def test_the_key_of_a_large_array_counts_every_value() -> None:
    array = np.zeros((5_000_000, 2), "uint8")
    before = key_of(array)
    array[-1, -1] = 1
    begun = time.monotonic()

    assert key_of(array) != before
    assert time.monotonic() - begun < 5
