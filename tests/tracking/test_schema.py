"""Stores whose tables another MLflow made: changed only where they are our own, after a copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from automl.core.errors import ConfigError
from automl.tracking import schema
from automl.tracking.answering import check_store
from automl.tracking.creation import create
from automl.tracking.schema import check_schema


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database of the MLflow that is installed, made by this package."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    create(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(made, tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_bytes(made.read_bytes())
    return path


def change(path, command, *values):
    with closing(sqlite3.connect(path)) as database:
        database.execute(command, values)
        database.commit()


def test_the_versions_that_scripts_tell_are_those_that_alembic_finds():
    from importlib.util import find_spec

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    place = find_spec("mlflow.store.db_migrations").submodule_search_locations[0]
    config.set_main_option("script_location", place.replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)

    found = schema._revisions()

    assert found[0] == scripts.get_current_head()
    assert sorted(found) == sorted(script.revision for script in scripts.walk_revisions())


VERSION = "UPDATE alembic_version SET version_num = ?"


def test_a_store_of_the_installed_mlflow_is_left_alone(store):
    before = store.read_bytes()

    check_schema(f"sqlite:///{store}")

    assert store.read_bytes() == before


@pytest.mark.parametrize("check", [check_schema, check_store])
@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("451aebb31d03", r"older MLflow.*left unchanged.*mlflow db upgrade sqlite:///"),
        ("v3.2.0.a", r"newer MLflow than .*, or by another program"),
    ],
)
def test_a_store_of_another_mlflow_is_refused_and_not_touched(store, revision, message, check):
    change(store, VERSION, revision)
    change(store, "PRAGMA application_id=0")
    before = store.read_bytes()

    with pytest.raises(ConfigError, match=message):
        check(f"sqlite:///{store}")
    assert store.read_bytes() == before


def test_a_store_of_our_own_is_brought_up_to_date_after_a_copy(store):
    head, previous = schema._revisions()[:2]
    change(store, VERSION, previous)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema.subprocess, "run", upgraded(store, head))
        check_schema(f"sqlite:///{store}")

    assert schema._revision(f"sqlite:///{store}") == head
    assert schema._revision_of_file(store.with_name(f"mlflow.db.{previous}")) == previous


def upgraded(store, head):
    def run(command, **_):
        assert command[-3:-1] == ["db", "upgrade"]
        change(store, VERSION, head)
        return schema.subprocess.CompletedProcess(command, 0, "", "")

    return run


def test_what_has_no_tables_yet_is_new(tmp_path):
    check_schema(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []
