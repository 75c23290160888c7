"""Folders that other versions have made; ``folder_of_version_1`` is from before they were marked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import automl
from automl.cli.app import run
from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.intake.warm_start import place_of
from automl.jobs.versions import read_versioned, refuse_other_versions, write_versioned
from automl.study.earlier.earlier import read_earlier

OLD = Path(__file__).parent / "folder_of_version_1"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the old folder, beside its data."""
    shutil.copytree(OLD, tmp_path / "job")
    (tmp_path / "job" / "towns.csv").rename(tmp_path / "towns.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "job"


@pytest.mark.parametrize(
    "command",
    [
        ("predict", "job", "towns.csv", "--output", "p.csv"),
        ("evaluate", "job", "towns.csv"),
        ("resume", "job", "--trials", "2"),
    ],
    ids=lambda command: command[0],
)
def test_a_folder_of_an_earlier_version_is_refused_in_one_sentence(command, old, capsys):
    before = {path: path.read_bytes() for path in old.iterdir()}

    code = run(list(command))

    said = capsys.readouterr().err.strip().splitlines()
    assert code == 2
    assert len(said) == 1
    assert "was made by an earlier version of automl" in said[0]
    assert "open it with that version, or run the search again" in said[0]
    assert {path: path.read_bytes() for path in old.iterdir()} == before


def test_what_does_not_depend_on_the_version_can_still_be_read(old, capsys):
    result = automl.load(old)

    assert result.best["family"] == "linear"
    with pytest.raises(ConfigError, match="made by an earlier version"):
        _ = result.members
    assert run(["leaderboard", str(old)]) == 0
    assert len(read_earlier(place_of(str(old))).results) == 1


def test_a_later_version_is_named(tmp_path):
    folder = JobFolder(tmp_path)
    write_versioned(folder.task, {"kind": "binary"})
    content = read_json(folder.task)
    folder.task.write_text(json.dumps({**content, "version": 99, "automl": "7.1.0"}))

    with pytest.raises(ConfigError, match=r"made by automl 7\.1\.0.*pip install automl-keras==7\.1\.0"):
        read_versioned(folder.task)


def test_what_was_written_comes_back_without_its_marks(tmp_path):
    folder = JobFolder(tmp_path)
    write_versioned(folder.schema, {"modality": "tabular"})

    assert read_versioned(folder.schema) == {"modality": "tabular"}
    refuse_other_versions(folder)


def test_a_job_that_has_not_got_so_far_is_of_no_version(tmp_path):
    refuse_other_versions(JobFolder(tmp_path))


def test_an_empty_object_is_damaged_and_not_of_an_earlier_version(tmp_path):
    folder = JobFolder(tmp_path)
    folder.schema.write_text("{}")

    with pytest.raises(ConfigError, match=r"schema\.json is damaged: it holds nothing"):
        read_versioned(folder.schema)
