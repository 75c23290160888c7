"""Jobs on data from elsewhere: read once, gone on with from what was read, described without secrets."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import automl
from automl.cli.app import run
from automl.core.errors import ConfigError, DataError
from automl.data.source import open_source
from automl.jobs.config import JobConfig, read_config
from automl.jobs.fetched import fetched, keep, read_job, with_addresses
from automl.jobs.folder import JobFolder
from automl.jobs.intake.kept_options import kept_config

QUERY = "sqlite:///{}?query=SELECT * FROM people"


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE people (age REAL, income TEXT)")
        database.executemany(
            "INSERT INTO people VALUES (?, ?)", [(age / 7, "ab"[age % 2]) for age in range(60)]
        )
    return path


@pytest.fixture(scope="module")
def job(database, tmp_path_factory):
    """A finished job on the rows of a query."""
    address = QUERY.format(database)
    folder = tmp_path_factory.mktemp("job") / "job"
    options = {"trials": 1, "epochs": 1, "folds": 1, "family": "linear", "tracking": False, "verbose": 0}
    return automl.search(address, target="income", out=folder, **options)


def test_a_job_is_named_by_the_table_and_told_by_its_address(job, database):
    assert job.summary["name"] == "people"
    assert read_config(job.folder / "job.yaml")["data"] == QUERY.format(database)


def test_rows_are_kept_with_the_job_for_its_workers_and_for_later(job):
    config = read_job(JobFolder(job.folder))
    assert config.data == str(job.folder / "fetched" / "data" / "people.parquet")
    assert job.trials()[0].model() is not None


def test_rows_of_a_query_are_predicted_by_the_command(job, database, tmp_path, capsys):
    output = tmp_path / "out.csv"
    assert (
        run(["predict", str(job.folder), f"{QUERY.format(database)} LIMIT 7", "--output", str(output)]) == 0
    )
    assert len(output.read_text().splitlines()) == 8
    assert "Read 7 rows" in capsys.readouterr().err


def test_a_copied_job_needs_no_database(job, tmp_path):
    moved = automl.load(job.save(tmp_path / "copy"))
    assert (
        Path(str(read_job(JobFolder(moved.folder)).data)).parent == tmp_path / "copy" / "fetched" / "data"
    )


def test_secrets_are_in_no_file_of_the_job(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    for address in (
        "postgresql://me:swordfish1@127.0.0.1:1/db?query=SELECT 1",
        "http://me:swordfish1@127.0.0.1:1/a.csv?token=swordfish2",
    ):
        assert run(["search", address, "--target", "x", "--out", "job"]) == 2
        assert "***@127.0.0.1:1" in capfd.readouterr().err
    written = b"".join(item.read_bytes() for item in tmp_path.rglob("*") if item.is_file())
    assert b"swordfish" not in written


def test_addresses_stand_in_the_file_and_paths_are_read(tmp_path, database):
    config = JobConfig(data=QUERY.format(database), validation=QUERY.format(database), target=("income",))
    folder = JobFolder(tmp_path)
    found = fetched(config)
    local, source = keep(found, folder, found.config, open_source(found.config.data))
    assert source.path == tmp_path / "fetched" / "data" / "people.parquet"
    assert with_addresses(local, folder) == config
    assert kept_config(config).validation == QUERY.format(database)


def test_a_job_folder_at_an_address_is_refused_ahead_of_fetching():
    with pytest.raises(ConfigError, match="is an address, and a job folder"):
        fetched(JobConfig(data="http://127.0.0.1:1/a.csv", out="s3://bucket/job"))


def test_a_copy_that_is_gone_is_fetched_again(tmp_path, database):
    config = JobConfig(data=QUERY.format(database), target=("income",))
    folder = JobFolder(tmp_path)
    found = fetched(config)
    keep(found, folder, found.config, open_source(found.config.data))
    folder.job.write_text(f'data: "{config.data}"\n')
    (tmp_path / "fetched" / "data" / "people.parquet").unlink()
    assert read_job(folder).data == config.data
    with pytest.raises(DataError, match="not kept"):
        fetched(replace(config, data="postgresql://***@host/db?query=SELECT 1"))
