"""Tracking URIs: the default, what is refused and how, and what is never shown."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from automl.core.errors import ConfigError
from automl.tracking import location
from automl.tracking.location import (
    artifact_root,
    check_answer,
    default_tracking_uri,
    prepare,
    resolve,
    settle,
)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE", raising=False)


def test_the_default_is_a_database_in_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "mlruns" / "0").mkdir(parents=True)
    (tmp_path / "mlruns" / "0" / "meta.yaml").write_text("experiment_id: 0")

    assert resolve(None) == default_tracking_uri() == f"sqlite:///{tmp_path}/mlflow.db"


def test_the_environment_names_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking.example:5000/")

    assert resolve(None) == "http://tracking.example:5000"


def test_a_relative_database_becomes_absolute(tmp_path: Path) -> None:
    assert resolve("sqlite:///runs.db") == f"sqlite:///{tmp_path}/runs.db"


def _journal_mode(database: Path) -> str:
    with closing(sqlite3.connect(database)) as opened:
        (mode,) = opened.execute("PRAGMA journal_mode").fetchone()
    return str(mode)


def test_a_new_database_lets_people_read_while_a_search_writes(tmp_path: Path) -> None:
    prepare(f"sqlite:///{tmp_path}/new.db")

    assert _journal_mode(tmp_path / "new.db") == "wal"


def test_a_settled_database_can_be_copied_while_others_have_it_open(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/new.db"
    prepare(uri)
    with closing(sqlite3.connect(tmp_path / "new.db")) as opened:
        opened.execute("CREATE TABLE runs (id)")
        opened.commit()

        settle(uri)

        shutil.copy(tmp_path / "new.db", tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT name FROM sqlite_master").fetchall() == [("runs",)]
    settle(f"sqlite:///{tmp_path}/nowhere.db")
    assert not (tmp_path / "nowhere.db").exists()


def test_a_database_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as opened:
        opened.execute("CREATE TABLE runs (id)")

    prepare(f"sqlite:///{tmp_path}/old.db")

    assert _journal_mode(tmp_path / "old.db") == "delete"


def test_a_disk_that_other_machines_see_gets_no_log_that_they_could_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = [("/", "ext4"), (str(tmp_path), "nfs4"), (f"{tmp_path}/elsewhere", "ext4")]
    found = [SimpleNamespace(mountpoint=place, fstype=kind) for place, kind in mounts]
    monkeypatch.setattr(location.psutil, "disk_partitions", lambda **_: found)

    prepare(f"sqlite:///{tmp_path}/new.db")

    assert not (tmp_path / "new.db").exists()


def test_artifacts_stand_beside_a_database_and_are_a_servers_own_matter(tmp_path: Path) -> None:
    assert artifact_root(resolve("sqlite:///runs.db")) == (tmp_path / "mlartifacts").as_uri()
    assert artifact_root("http://tracking.example") is None


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("ftp://host/runs", "Expected sqlite:///FILE"),
        ("sqlite://", "Expected a database file"),
        ("sqlite:///:memory:", "Expected a database file"),
        ("sqlite:///no/such/folder/mlflow.db", "does not exist"),
        ("./mlruns", "MLFLOW_ALLOW_FILE_STORE"),
        ("file:///tmp/mlruns", "migrate-filestore"),
    ],
)
def test_a_place_that_cannot_work_is_refused(uri: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolve(uri)


def test_a_server_that_does_not_answer_is_refused_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://user:secret@127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(ConfigError, match="--no-tracking") as refusal:
            check_answer(address)
    assert "secret" not in str(refusal.value)
