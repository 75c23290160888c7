"""What an opened job refuses, without a framework."""

from __future__ import annotations

import pandas as pd
import pytest

from automl.core.errors import DataError
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
