"""Inputs and targets of scikit-learn users in the forms that searches take."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from automl.core.errors import DataError
from automl.data.in_memory import as_inputs, as_numbers, as_pair, as_targets, class_names


@pytest.mark.parametrize(
    "given", [["a", None], ("a", np.nan), np.array(["a", ""]), pd.Series(["a", pd.NA], index=[7, 3])]
)
def test_texts_come_as_an_array_with_missing_ones_empty(given: object) -> None:
    texts = as_inputs(given)
    assert texts.dtype == object
    assert texts.tolist() == ["a", ""]


def test_frames_keep_their_columns_and_lose_their_index() -> None:
    frame = as_inputs(pd.DataFrame({0: [1.0, 2.0], "b": ["x", "y"]}, index=[9, 4]))
    assert frame.columns.tolist() == ["0", "b"]
    assert frame.index.tolist() == [0, 1]


def test_series_of_unequal_lengths_stay_series() -> None:
    assert [len(item) for item in as_inputs([np.zeros((3, 2)), np.zeros((5, 2))])] == [3, 5]


@pytest.mark.parametrize(
    ("given", "values", "rows"),
    [
        (pd.Series([1, None, 3], dtype="Int64", index=[2, 1, 0]), [1, 3], [0, 2]),
        (pd.Series(["a", None, " "], dtype="category"), ["a"], [0]),
        (np.array([[1.0], [np.nan]]), [1.0], [0]),
        (pd.DataFrame({"y": [True, False]}), [True, False], [0, 1]),
        ([[1.0, 2.0], [np.nan, 3.0]], [[1.0, 2.0]], [0]),
    ],
)
def test_targets_keep_their_type_and_leave_out_gaps(given: object, values: list, rows: list) -> None:
    targets = as_targets(given)
    assert targets.values.tolist() == values
    assert targets.rows.tolist() == rows


def test_targets_that_are_no_finite_numbers_are_refused_for_regressions() -> None:
    for values in (np.array(["a", "b"]), np.array([1.0, np.inf])):
        with pytest.raises(DataError, match=r"numbers"):
            as_numbers(values)


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        (np.array(["cat", "dog"]), ["cat", "dog"]),
        (np.array([2, 10]), ["2", "10"]),
        (np.array([False, True]), ["False", "True"]),
        (np.array([0.5, 2.0]), ["0", "1"]),
        (np.array(["NA", "x"]), ["0", "1"]),
        (np.array(["True", "no", "yes"]), ["0", "1", "2"]),
        (np.array(["a  b", "a b"]), ["0", "1"]),
    ],
)
def test_classes_are_named_by_their_texts_where_readers_leave_them(
    classes: np.ndarray, names: list[str]
) -> None:
    assert class_names(classes) == names


def test_frames_of_other_libraries_are_inputs_and_targets() -> None:
    table = pa.table({"a": [1, 2], "b": ["x", "y"]})
    records = np.array([(1, "x"), (2, "y")], dtype=[("a", "i8"), ("b", "U1")])
    for given in (table, pa.RecordBatchReader.from_batches(table.schema, table.to_batches()), records):
        frame = as_inputs(given)
        assert frame.columns.tolist() == ["a", "b"]
        assert frame["b"].tolist() == ["x", "y"]
    assert as_targets(table.column("b")).values.tolist() == ["x", "y"]
    assert as_pair(table, [0, 1])[1] == [0, 1]
