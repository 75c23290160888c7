"""Whatever program wrote a table: ``read_table`` gives what pandas gives with the right arguments."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings

from automl.data.preflight import check_table_header
from automl.data.source import open_source
from automl.data.tables import as_number, as_text, is_missing, read_table
from tests.properties.table_strategies import Written, tables

EXAMPLES = 150


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(written=tables())
def test_a_table_reads_as_pandas_reads_it_with_the_right_arguments(written: Written) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(written.content)
        read = read_table(open_source(path)).frame
        check_table_header(open_source(path), target=list(read.columns))
    expected = written.by_pandas().drop(columns="Unnamed: 0", errors="ignore")
    expected = expected[[name for name in expected.columns if not name.startswith("Unnamed: ")]]
    assert list(read.columns) == list(expected.columns)
    for name in read.columns:
        if name in written.numbers:
            numbers, odd = as_number(read[name])
            np.testing.assert_array_equal(numbers, written.numbers_by_pandas(name).to_numpy(float))
            assert odd == 0
        else:
            texts = [text.strip() for text in expected[name]]
            found = as_text(read[name]).tolist()
            assert [("" if is_missing(text) else text) for text in found] == [
                ("" if is_missing(text) else text) for text in texts
            ]
