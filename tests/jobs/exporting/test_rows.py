"""Rows to compare on: those of the job, as far as they are there."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.data.modality import Examples
from automl.jobs.config import JobConfig, dump_config
from automl.jobs.exporting.rows import ROWS, sampled
from automl.jobs.folder import JobFolder


@pytest.fixture
def job(tmp_path):
    """Opens a job whose data has so many rows, and perhaps targets and parts."""
    (tmp_path / "rows.csv").touch()

    def opened(rows, *, data="rows.csv", targets=True, parts=None):
        (tmp_path / "job.yaml").write_text(dump_config(JobConfig(data=data)))

        def read(source, wanted):
            if wanted and not targets:
                raise DataError("no column y")
            return examples(rows, source.name), ("told",)

        files = JobFolder(tmp_path)
        return SimpleNamespace(files=files, read_named=read, parts=lambda source, targets: parts)

    return opened


def examples(rows, name):
    return Examples(inputs={"x": np.arange(rows), "data": np.array([name] * rows, object)})


def test_rows_are_spread_over_the_data_of_the_job(job):
    found, notes = sampled(job(1000), None)

    assert len(found) == ROWS
    assert (found.inputs["x"][0], found.inputs["x"][-1]) == (0, 999)
    assert set(found.inputs["data"]) == {"rows"}
    assert notes == ("told",)


def test_rows_that_are_given_need_no_targets(job, tmp_path):
    (tmp_path / "new.csv").touch()

    found, _ = sampled(job(3, data=None, targets=False), tmp_path / "new.csv")

    assert set(found.inputs["data"]) == {"new"}


def test_of_a_large_table_the_first_part_is_read(job):
    found, _ = sampled(job(1000, parts=[examples(5, "first"), examples(5, "second")]), None)

    assert set(found.inputs["data"]) == {"first"}


def test_data_that_was_in_memory_is_asked_for(job):
    with pytest.raises(ConfigError, match=r"was in memory.*--data FILE"):
        sampled(job(3, data=None), None)


def test_data_without_rows_is_refused(job):
    with pytest.raises(DataError, match="no rows"):
        sampled(job(0), None)


def test_data_that_has_gone_is_told_to_be_the_jobs(job):
    with pytest.raises(DataError, match=r"No such file.*data of the job; name other rows with --data"):
        sampled(job(3, data="gone.csv"), None)
