"""Rows to compare on: those of the job, as far as they are there."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.data.modality import Examples
from automl.jobs.config import JobConfig, dump_config
from automl.jobs.exporting.rows import ROWS, sampled
from automl.jobs.folder import JobFolder


def job(folder, data):
    (folder / "job.yaml").write_text(dump_config(JobConfig(data=data)))
    return JobFolder(folder)


def reader(rows, *, targets=True):
    def read(data, wanted):
        if wanted and not targets:
            raise DataError("no column y")
        return Examples(inputs={"x": np.arange(rows), "data": np.array([data] * rows, object)}), ("told",)

    return read


def test_rows_are_spread_over_the_data_of_the_job(tmp_path):
    found, notes = sampled(job(tmp_path, "rows.csv"), None, reader(1000))

    assert len(found) == ROWS
    assert (found.inputs["x"][0], found.inputs["x"][-1]) == (0, 999)
    assert set(found.inputs["data"]) == {str(tmp_path / "rows.csv")}
    assert notes == ("told",)


def test_rows_that_are_given_need_no_targets(tmp_path):
    found, _ = sampled(job(tmp_path, None), "new.csv", reader(3, targets=False))

    assert set(found.inputs["data"]) == {"new.csv"}


def test_data_that_was_in_memory_is_asked_for(tmp_path):
    with pytest.raises(ConfigError, match=r"was in memory.*--data FILE"):
        sampled(job(tmp_path, None), None, reader(3))


def test_data_without_rows_is_refused(tmp_path):
    with pytest.raises(DataError, match="no rows"):
        sampled(job(tmp_path, "rows.csv"), None, reader(0))


def test_data_that_has_gone_is_told_to_be_the_jobs(tmp_path):
    def read(data, wanted):
        raise DataError(f"No such file or folder: {data}.")

    with pytest.raises(DataError, match="data of the job; name other rows with --data"):
        sampled(job(tmp_path, "gone.csv"), None, read)
