"""Files are there whole or not at all: after an exception, a kill, and on a full disk."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from automl.core.errors import DiskFullError
from automl.core.files import (
    Journal,
    append,
    discard_drafts,
    replace_soon,
    whole,
    whole_folder,
    write_whole,
)
from automl.core.sizes import size_text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "best.weights.h5"
    file.write_text("old")
    return file


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def test_the_draft_has_the_suffixes_of_the_file_and_takes_its_place(path: Path) -> None:
    with whole(path) as draft:
        assert draft.name.endswith("-best.weights.h5")
        draft.write_text("new")
        assert path.read_text() == "old"

    assert path.read_text() == "new"
    assert names(path.parent) == [path.name]


def test_two_writers_of_one_file_do_not_meet(path: Path) -> None:
    with whole(path) as first, whole(path) as second:
        first.write_text("first")
        second.write_text("second")

    assert path.read_text() == "first"
    assert names(path.parent) == [path.name]


def write_half(path: Path, error: BaseException) -> None:
    with whole(path) as draft:
        draft.write_text("ne")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_exception_the_old_file_is_left_and_no_part(
    path: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        write_half(path, error())

    assert path.read_text() == "old"
    assert names(path.parent) == [path.name]


def test_bytes_then_name_then_folder_go_to_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, fsync, replace = [], os.fsync, os.replace

    def synced(descriptor: int) -> None:
        steps.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name.rpartition("-")[2])
        fsync(descriptor)

    def replaced(*paths: object) -> None:
        steps.append("rename")
        replace(*paths)  # type: ignore[arg-type]

    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr("os.replace", replaced)
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not tell which file a descriptor is of")
    folder = path.parent.name.rpartition("-")[2]
    with whole(path) as draft:
        draft.write_text("new")

    assert steps == [path.name, "rename", folder]


KILLED = """
import sys, time
from pathlib import Path
from automl.core.files import whole

with whole(Path(sys.argv[1])) as draft:
    draft.write_text("ne")
    print("half done", flush=True)
    time.sleep(60)
"""


def test_what_need_not_be_durable_does_not_wait_for_the_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: pytest.fail("waited for the disk"))

    with whole(path, durable=False) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"

    assert path.read_text() == "new"


def test_a_killed_writer_leaves_the_old_file_and_a_draft_that_the_next_owner_removes(path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer, writer.stdout:
        writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)

    assert path.read_text() == "old"
    assert len(names(path.parent)) == 2
    discard_drafts(path.parent)
    assert names(path.parent) == [path.name]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EFBIG, "File too large"),
        RuntimeError("Can't decrement id ref count (file write failed: errno = 28, error message = 'No s'"),
    ],
    ids=["disk", "quota", "file", "hdf5"],
)
def test_without_room_one_clear_error_says_what_where_and_what_to_do(path: Path, error: Exception) -> None:
    with pytest.raises(DiskFullError) as caught:
        write_half(path, error)

    message = str(caught.value)
    assert message.startswith(f"Cannot write {path}: ")
    assert " are free on that disk. " in message
    assert message.endswith("; files written earlier are intact.")
    assert caught.value.exit_code == 1
    assert path.read_text() == "old"
    assert names(path.parent) == [path.name]


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "Permission denied"), RuntimeError("of the model")]
)
def test_other_errors_pass(path: Path, error: Exception) -> None:
    with pytest.raises(type(error), match=str(error.args[-1])), whole(path):
        raise error


LIMITED = """
import resource, sys
from pathlib import Path
from automl.core.errors import DiskFullError
from automl.core.files import Journal, append, write_whole

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for write in (write_whole, append):
    try:
        write(Path(sys.argv[1]), "x" * 2000)
    except DiskFullError as error:
        print(error)
"""


def test_a_file_that_may_not_grow_is_left_as_it_was(path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True)

    assert [line.partition(":")[0] for line in run.stdout.splitlines()] == [f"Cannot write {path}"] * 2
    assert "ulimit -f" in run.stdout
    assert path.read_text() == "old"
    assert names(path.parent) == [path.name]


@pytest.mark.parametrize("sync", [True, False])
def test_text_is_added_at_the_end(tmp_path: Path, sync: bool) -> None:
    append(tmp_path / "journal", "one\n", sync=sync)
    append(tmp_path / "journal", "zwölf\n", sync=sync)

    assert (tmp_path / "journal").read_text(encoding="utf-8") == "one\nzwölf\n"


def test_a_journal_is_held_open_and_opened_again_after_it_was_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert not (tmp_path / "journal").exists()
    journal.add("one\n")
    journal.add("zwölf\n")
    assert (tmp_path / "journal").read_text(encoding="utf-8") == "one\nzwölf\n"
    journal.close()
    journal.close()
    journal.add("three\n")
    journal.close()
    assert (tmp_path / "journal").read_text(encoding="utf-8") == "one\nzwölf\nthree\n"


def test_a_journal_keeps_no_part_of_what_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, write = Journal(tmp_path / "journal"), os.write
    journal.add("one\n")

    def full(descriptor: int, content: memoryview) -> int:
        if len(content) > 2:
            return write(descriptor, content[:2])
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFullError):
        journal.add("two\n")
    monkeypatch.undo()
    journal.add("three\n")
    journal.close()
    assert (tmp_path / "journal").read_text() == "one\nthree\n"


def test_a_folder_takes_the_place_of_another_one(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with whole_folder(tmp_path / "model") as draft:
            (draft / "data").mkdir(parents=True)
            write_whole(draft / "data" / content, content)

    assert names(tmp_path) == ["model"]
    assert names(tmp_path / "model" / "data") == ["new"]


def test_a_folder_that_could_not_be_filled_leaves_the_other_one(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()

    with pytest.raises(DiskFullError), whole_folder(tmp_path / "model"):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert names(tmp_path) == ["model"]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12.34e9, "12.3 GB"),
        (999_960, "1.0 MB"),
        (4e18, "4000.0 PB"),
    ],
)
def test_sizes_are_told_in_the_unit_that_fits(size: float, text: str) -> None:
    assert size_text(size) == text


def fill_folder(path: Path) -> None:
    with whole_folder(path) as draft:
        draft.mkdir()


@pytest.mark.parametrize(
    "write", [lambda path: write_whole(path, "text"), lambda path: replace_soon(path, "text"), fill_folder]
)
def test_what_cannot_be_written_is_named_as_the_user_knows_it(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "absent" / "report.html"

    with pytest.raises(FileNotFoundError) as caught:
        write(path)

    assert caught.value.filename == str(path)
    assert ".draft-" not in str(caught.value)


def test_a_name_that_is_taken_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.mkdir()

    with pytest.raises(IsADirectoryError, match=r"report\.html'$") as caught:
        write_whole(path, "text")

    assert str(caught.value).count("report.html") == 1


def test_words_of_a_library_name_the_file_as_the_user_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "best.weights.h5"

    with pytest.raises(PermissionError, match=r"name = '[^']*/best\.weights\.h5'"), whole(path) as draft:
        raise PermissionError(errno.EACCES, f"Unable to create file (name = '{draft}')")
