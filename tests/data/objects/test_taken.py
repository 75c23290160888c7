"""Objects of other libraries are read as the frames and arrays that they stand for."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as arrow_dataset
import pytest

from automl.core.errors import DataError
from automl.data.objects.taken import taken
from automl.data.source import digest, open_source, refuse_parts
from automl.data.tables import as_text, read_table

LARGE = 2**60 + 1
TABLE = pa.table({"a": [1, None, LARGE], "b": ["x", "y", None]})


def texts_of(data: object) -> dict[str, list[str]]:
    frame = read_table(open_source(data)).frame
    return {name: as_text(frame[name]).tolist() for name in frame.columns}


class Streams:
    """What another library gives: a stream of Arrow's, and methods that mean something else there."""

    columns = ("a", "b")

    def to_table(self, name: str) -> None:
        raise AssertionError("it would write")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return TABLE.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "data",
    [
        TABLE,
        TABLE.to_batches()[0],
        Streams(),
        arrow_dataset.dataset(TABLE),
        pl.from_arrow(TABLE),
        pl.from_arrow(TABLE).lazy(),
    ],
    ids=["table", "batch", "stream", "dataset", "polars", "lazy"],
)
def test_arrow_and_polars_are_read_as_a_table(data):
    assert texts_of(data) == {"a": ["1", "", str(LARGE)], "b": ["x", "y", ""]}


def test_a_reader_of_batches_is_read_once_for_all(tmp_path):
    source = open_source(pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches()))
    assert digest(source) == digest(open_source(TABLE))
    assert len(read_table(source).frame) == len(read_table(source).frame) == 3


def test_columns_of_lists_are_left_out_and_told():
    source = open_source(TABLE.append_column("lists", [[[1], [2], None]]))
    assert "'lists'" in source.notes[0]
    assert list(read_table(source).frame.columns) == ["a", "b"]


def test_a_single_column_of_arrow_is_refused():
    with pytest.raises(DataError, match=r"Expected an Arrow table, .* got ChunkedArray"):
        open_source(TABLE.column("a"))


def test_structured_arrays_have_a_column_for_each_field():
    kind = [("age", ">i4"), ("name", "S3"), ("place", "f4", (2,))]
    array = np.array([(1, b"Zo\xc3", (0.5, 1)), (2, b"b", (2, 3))], dtype=kind)
    array["name"][0] = "Zé".encode()
    assert texts_of(array) == {
        "age": ["1", "2"],
        "name": ["Zé", "b"],
        "place_0": ["0.5", "2"],
        "place_1": ["1", "3"],
    }


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((2, 2), dtype=[("a", "f4")]), r"shape \(n,\)"),
        (np.zeros(2, dtype=[("a", "f4", (2, 2))]), "Field 'a'.*X, y"),
        (np.zeros(2, dtype=[("a", "f4", (2,)), ("a_0", "f4")]), "same name"),
        (np.array([(b"\xff",)], dtype=[("a", "S1")]), "UTF-8"),
    ],
)
def test_structured_arrays_that_are_no_tables_are_refused(array, words):
    with pytest.raises(DataError, match=words):
        open_source(array)


def test_inputs_and_targets_may_each_be_of_another_library():
    inputs = np.array([(1, 2.0), (3, 4.0)], dtype=[("a", "i4"), ("b", "f4")])
    source = open_source((inputs, np.array([0, 1])))
    assert source.kind == "arrays"
    assert list(source.content[0].columns) == ["a", "b"]


@pytest.mark.parametrize("data", [pd.DataFrame({"a": [1]}), pd.Series([1]), np.zeros(2), "a.csv", None, 3])
def test_what_is_read_as_it_is_stays(data):
    assert taken(data) is None


def test_a_source_in_memory_goes_to_other_processes_without_what_was_read():
    source = open_source(TABLE)
    read_table(source)
    sent = pickle.loads(pickle.dumps(source))  # noqa: S301  our own
    assert sent.content.equals(source.content)
    assert sent.in_memory
    refuse_parts(sent)
