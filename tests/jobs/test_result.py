"""What an opened job refuses, without a framework."""

from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest

import automl
from automl.core.errors import ConfigError, DataError
from automl.jobs.folder import JobFolder
from automl.jobs.result import Result
from automl.jobs.versions import write_versioned


@pytest.mark.parametrize(
    "schema",
    [
        {"modality": "series", "form": "forecast", "time": "day", "channels": ["load", "heat"]},
        {"modality": "tabular", "columns": [{"name": "load", "input": "load", "kind": "number"}]},
    ],
    ids=["forecast", "table"],
)
def test_a_word_among_numbers_is_refused_where_it_would_count_as_missing(tmp_path, schema):
    write_versioned(JobFolder(tmp_path).schema, schema)
    frame = pd.DataFrame({"day": ["2024-01-01", "2024-01-02"], "load": [None, "abc"]})

    with pytest.raises(DataError, match="Column 'load', row 2: expected a number, got 'abc'"):
        Result(tmp_path).refuse_unreadable(frame)
    Result(tmp_path).refuse_unreadable(frame.assign(load=[None, "7"]))


def test_the_folder_alone_goes_to_other_processes(tmp_path):
    result = Result(tmp_path)
    vars(result)["explainer"] = lambda: None  # opened, and holding what no pickle does

    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301  it is our own
    assert vars(copy.copy(result)) == {"folder": tmp_path}


def test_a_job_whose_data_was_in_memory_is_resumed_with_it(tmp_path):
    (tmp_path / "job.yaml").write_text("data: null\nseed: 0\n")

    with pytest.raises(ConfigError, match=r"was in memory: .*automl\.resume\('.*', data=\.\.\.\)"):
        automl.resume(tmp_path, verbose=0)
