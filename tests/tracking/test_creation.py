"""A new database of runs is made whole: MLflow cannot mend one that was cut off while it was made."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from automl.core.files import DRAFT
from automl.tracking import creation
from automl.tracking.creation import create
from automl.tracking.delivery import Delivery


def test_a_database_is_there_when_it_is_whole(tmp_path):
    stale = tmp_path / f"{DRAFT}0123-mlflow.db"
    stale.write_text("of a process that was killed")
    os.utime(stale, (0, 0))

    Delivery(f"sqlite:///{tmp_path / 'mlflow.db'}").open_experiment("a")

    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        assert database.execute("SELECT count(*) FROM experiments WHERE name = 'a'").fetchone() == (1,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert [path for path in tmp_path.iterdir() if path.name.startswith(DRAFT)] == []


def test_one_that_is_cut_off_leaves_none(tmp_path, monkeypatch):
    def cut_off(place):
        (place / "new.db").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(creation, "_made_in", cut_off)

    with pytest.raises(KeyboardInterrupt):
        create(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_make_it_at_once_the_first_one_counts(tmp_path, monkeypatch):
    def made_late(place):
        (tmp_path / "mlflow.db").write_text("the other's")
        with closing(sqlite3.connect(place / "new.db")) as database:
            database.execute("CREATE TABLE known (a)")
        return place / "new.db"

    monkeypatch.setattr(creation, "_made_in", made_late)

    create(f"sqlite:///{tmp_path / 'mlflow.db'}")

    assert (tmp_path / "mlflow.db").read_text() == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]
