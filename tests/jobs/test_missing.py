"""A job folder that lacks a file says why, and what to do."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, write_json
from automl.jobs.holder import this_process
from automl.jobs.missing import read_made, refuse_missing


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    job = tmp_path / "my job"
    job.mkdir()
    return JobFolder(job)


def said(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        refuse_missing(path)
    return str(caught.value)


def test_a_job_that_stopped_is_gone_on_with(folder: JobFolder) -> None:
    told = said(folder.result)

    assert told.startswith(f"{folder.path} has no result.json: the job has not got that far.")
    assert told.endswith(f"Go on with `automl resume '{folder.path}'`.")


def test_a_job_that_runs_is_waited_for(folder: JobFolder) -> None:
    write_json(folder.coordinator, asdict(this_process()))

    told = said(folder.result)

    assert f"{this_process().words} is still at work on the job" in told
    assert f"`automl stop '{folder.path}'`" in told
    assert "resume" not in told


def test_a_killed_process_is_not_waited_for(folder: JobFolder) -> None:
    write_json(folder.coordinator, asdict(replace(this_process(), started=0.0, birth="")))

    assert "automl resume" in said(folder.result)


def test_a_file_that_a_finished_job_has_lost_is_not_promised(folder: JobFolder) -> None:
    write_json(folder.result, {"name": "wine"})

    assert "the file was lost" in said(folder.model)


def test_what_is_there_is_read(folder: JobFolder) -> None:
    write_json(folder.result, {"name": "wine"})

    assert read_made(folder.result) == {"name": "wine"}
