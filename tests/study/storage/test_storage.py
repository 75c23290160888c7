from __future__ import annotations

import subprocess
import sys

import optuna
import pytest

from automl.core.errors import ConfigError, MissingDependencyError
from automl.study.storage.storage import JOURNAL, open_storage


def test_without_an_address_the_study_is_a_journal_in_the_job_folder(tmp_path):
    open_storage(tmp_path / "job", None)
    assert (tmp_path / "job" / JOURNAL).is_file()


def test_a_path_names_a_journal(tmp_path):
    open_storage(tmp_path / "job", str(tmp_path / "shared" / "team.journal"))
    assert (tmp_path / "shared" / "team.journal").is_file()


def test_a_line_that_a_killed_process_left_half_written_is_cut_off(tmp_path):
    storage = open_storage(tmp_path, None)
    storage.create_new_study([1], "one")
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"op_code": 0, "worker')
    open_storage(tmp_path, None).create_new_study([1], "two")
    names = [study.study_name for study in open_storage(tmp_path, None).get_all_studies()]
    assert names == ["one", "two"]


FULL = """
import resource, sys
from pathlib import Path
import optuna
from automl.core.errors import DiskFullError
from automl.study.storage.storage import open_storage

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(storage=open_storage(Path(sys.argv[1]), None), study_name="s")
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    while True:
        study.tell(study.ask(), 1.0)
except DiskFullError as error:
    print(error)
# what was told is still known, and the file can still be read
print(len(study.get_trials()))
"""


def test_a_study_that_finds_no_room_says_so_and_stays_readable(tmp_path):
    run = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    study = optuna.load_study(storage=open_storage(tmp_path, None), study_name="s")
    known = len(study.trials)
    study.tell(study.ask(), 2.0)

    message, told = run.stdout.splitlines()
    assert message.startswith(f"Cannot write {tmp_path / JOURNAL}")
    assert int(told) == known > 2
    assert len(study.trials) == known + 1


def test_a_file_that_is_no_journal_is_refused(tmp_path):
    (tmp_path / JOURNAL).write_text("hello\nworld\n")
    with pytest.raises(ConfigError, match="not an Optuna journal"):
        open_storage(tmp_path, None)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be opened"):
        open_storage(tmp_path / "file" / "job", None)


@pytest.mark.parametrize("url", ["nosuch://user:secret@host/study", "sqlite:////no/such/folder/study.db"])
def test_an_address_that_cannot_be_opened_is_refused_without_its_password(tmp_path, url):
    with pytest.raises(ConfigError, match="cannot be opened") as refusal:
        open_storage(tmp_path, url)
    assert "secret" not in str(refusal.value)


def test_a_missing_driver_is_explained_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(MissingDependencyError, match=r"automl-keras\[postgres\]"):
        open_storage(tmp_path, "postgresql://user:secret@host/study")
