"""Files below a folder, behind links to folders as well."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from automl.core.errors import DataError
from automl.core.folders import files_below


def test_files_come_in_order_and_folders_do_not(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "empty").mkdir()

    assert files_below(tmp_path) == tuple(tmp_path / name for name in ("a.txt", "b/1.txt", "b/2.txt"))


def test_links_to_folders_are_followed_but_never_in_a_circle(tmp_path: Path) -> None:
    kept, data = tmp_path / "kept", tmp_path / "data"
    (kept / "cats").mkdir(parents=True)
    (kept / "cats" / "1.png").write_text("")
    data.mkdir()
    (data / "cats").symlink_to(kept / "cats", target_is_directory=True)
    (data / "twice").symlink_to(kept / "cats", target_is_directory=True)
    (kept / "cats" / "circle").symlink_to(data, target_is_directory=True)

    found = [file.relative_to(data).as_posix() for file in files_below(data)]

    assert {"cats/1.png", "twice/1.png"} <= set(found)
    assert all(name.count("circle") <= 1 for name in found)


def test_a_name_that_no_table_could_hold_is_refused(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.png")).write_text("")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")

    with pytest.raises(DataError, match=r"caf\\xe9.png is not UTF-8. Rename it"):
        files_below(tmp_path)


@pytest.mark.parametrize("what", ["gone.png", "itself"])
def test_links_to_nothing_are_no_files(tmp_path: Path, what: str) -> None:
    (tmp_path / what).symlink_to(tmp_path / what if what == "itself" else tmp_path / "nowhere")

    assert files_below(tmp_path) == ()
