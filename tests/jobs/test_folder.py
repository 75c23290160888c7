"""Job folders: where they are made, what they refuse, how files are written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from automl.core.errors import ConfigError, DiskFullError
from automl.core.files import write_whole
from automl.jobs.folder import new_folder, open_folder, read_json, write_json
from automl.jobs.lock import locked


def test_without_out_a_folder_below_runs_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    first, second = new_folder(None, "wine"), new_folder(None, "wine")

    assert first.path.parent == tmp_path / "runs"
    assert first.path.name.startswith("wine-")
    assert first.path != second.path


def test_the_folder_of_another_job_is_refused(tmp_path):
    folder = new_folder(str(tmp_path / "a"), "a")
    folder.job.write_text("seed: 0\n")

    with pytest.raises(ConfigError, match="automl resume"):
        new_folder(str(tmp_path / "a"), "b")


@pytest.mark.parametrize("content", ["folder", "file"])
def test_a_taken_place_is_refused_and_left_alone(tmp_path, content):
    place = tmp_path / "taken"
    if content == "folder":
        place.mkdir()
        (place / "mine.txt").write_text("mine")
    else:
        place.write_text("mine")

    with pytest.raises(ConfigError, match="not an empty folder"):
        new_folder(str(place), "a")


def test_default_folders_of_the_same_second_never_collide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with ThreadPoolExecutor(8) as crowd:
        folders = list(crowd.map(lambda number: new_folder(None, "wine").path, range(16)))

    assert len(set(folders)) == 16


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("../../x", "x-"),
        ("/etc/x", "etc-x-"),
        ("-rf", "rf-"),
        ("a b\0c", "a-b-c-"),
        ("é" * 300, "é" * 75 + "-"),
        ("CON", "CON-job-"),
        ("..", "job-"),
    ],
)
def test_a_name_is_no_path(tmp_path, monkeypatch, name, part):
    monkeypatch.chdir(tmp_path)

    path = new_folder(None, name).path

    assert path.parent == tmp_path / "runs"
    assert path.name.startswith(part)


def test_what_a_command_left_that_was_killed_at_once_is_no_obstacle(tmp_path):
    place = tmp_path / "job"
    place.mkdir()
    for name in (".lock", ".coordinator.json", ".draft-1-job.yaml"):
        (place / name).write_text("")

    assert new_folder(str(place), "a").path == place
    with pytest.raises(ConfigError, match="Start it again with `automl search"):
        open_folder(place)


def test_an_unwritable_place_is_refused():
    with pytest.raises(ConfigError, match="Cannot write"):
        new_folder("/proc/nosuch/job", "a")


def test_a_folder_without_a_job_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"no job\.yaml"):
        open_folder(tmp_path)


def test_files_are_written_whole(tmp_path):
    path = tmp_path / "result.json"
    write_whole(path, "old")

    write_json(path, {"score": 1.0})

    assert read_json(path) == {"score": 1.0}
    assert [item.name for item in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b"\x80"])
@pytest.mark.parametrize(
    ("name", "advice"), [("result.json", "intact copy"), ("state.json", "or remove it")]
)
def test_broken_json_is_refused_with_what_to_do(tmp_path, content, name, advice):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=rf"{name}.*The file is damaged: .*{advice}"):
        read_json(path)


def test_whoever_takes_a_folder_removes_what_killed_writers_left(tmp_path):
    folder = new_folder(str(tmp_path / "a"), "a")
    (folder.path / "states").mkdir()
    for name in (".draft-1-state.json", "states/.draft-2-3.npz", "states/3.npz"):
        (folder.path / name).write_text("")

    with locked(folder):
        left = sorted(path.name for path in folder.path.rglob("*") if path.is_file())

    assert left == [".coordinator.json", ".lock", "3.npz"]


@pytest.mark.parametrize(
    "name",
    ["states", "state.json", "epochs.journal", "model.keras", "trained_rows.npy", ".seconds"],
)
def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path, name):
    folder = new_folder(str(tmp_path / "a"), "a")
    (folder.path / name).touch() if name == "states" else (folder.path / name).mkdir()

    with pytest.raises(ConfigError, match=f"{name} is no"), locked(folder):
        pass


def test_a_folder_in_the_place_of_the_coordinators_record_is_refused_and_stays(tmp_path):
    folder = new_folder(str(tmp_path / "a"), "a")
    folder.coordinator.mkdir()

    with pytest.raises(ConfigError, match=r"coordinator\.json is no file"), locked(folder):
        pass
    assert folder.coordinator.is_dir()


def test_a_folder_in_the_place_of_the_lock_is_refused(tmp_path):
    folder = new_folder(str(tmp_path / "a"), "a")
    folder.lock.mkdir()

    with (
        pytest.raises(ConfigError, match=r"Cannot lock the job folder .* needs a file \.lock: "),
        locked(folder),
    ):
        pass


@pytest.mark.parametrize("job", [True, False])
def test_a_full_disk_says_how_to_go_on_with_a_job_that_has_begun(tmp_path, job):
    folder = new_folder(str(tmp_path / "a"), "a")
    if job:
        folder.job.write_text("seed: 0\n")

    with pytest.raises(DiskFullError) as caught, locked(folder):
        raise DiskFullError("No room.")
    assert str(caught.value) == (
        f"No room. Then continue with `automl resume {folder.path}`." if job else "No room."
    )


@pytest.mark.parametrize("opened", [lambda path: new_folder(path, "a"), open_folder])
def test_a_folder_at_an_address_is_refused_with_what_to_do(opened):
    with pytest.raises(ConfigError, match=r"s3://bucket/job is an address.*copy it there and back"):
        opened("s3://bucket/job")
