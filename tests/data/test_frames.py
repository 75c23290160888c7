"""DataFrames and Parquet files of all storages are read like text tables."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from automl.core.errors import DataError
from automl.data.source import open_source
from automl.data.tables import as_number, as_text, read_table

DAY = datetime.date(2024, 1, 31)
LARGE = 2**60 + 1


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (pd.array([1, None, LARGE], dtype="Int64"), ["1", "", str(LARGE)]),
        (pd.array([1, None, LARGE], dtype=pd.ArrowDtype(pa.int64())), ["1", "", str(LARGE)]),
        (pd.array([True, None], dtype=pd.ArrowDtype(pa.bool_())), ["True", ""]),
        (pd.array([True, None], dtype="boolean"), ["True", ""]),
        ([Decimal("1.50"), None], ["1.50", ""]),
        (pd.array([Decimal("1.50")], dtype=pd.ArrowDtype(pa.decimal128(9, 2))), ["1.50"]),
        ([DAY, None], ["2024-01-31", ""]),
        (pd.array([DAY, None], dtype=pd.ArrowDtype(pa.date32())), ["2024-01-31", ""]),
        (pd.Categorical([3, None, 1]), ["3", "", "1"]),
        ([b"caf\xc3\xa9", None], ["café", ""]),
        (pd.arrays.SparseArray([1.0, np.nan]), ["1", ""]),
        (np.array([1, 2**64 - 1], dtype=np.uint64), ["1", str(2**64 - 1)]),
        (pd.to_timedelta(["1min", None]), ["60", ""]),
    ],
)
def test_cells_of_rare_storages_as_text(cells: object, texts: list[str]) -> None:
    frame = read_table(open_source(pd.DataFrame({"a": cells}))).frame
    assert as_text(frame["a"]).tolist() == texts


@pytest.mark.parametrize(
    "cells",
    [
        pd.array([pd.Timestamp(DAY), None], dtype=pd.ArrowDtype(pa.timestamp("us"))),
        pd.array([pd.Timestamp(DAY, tz="UTC")], dtype=pd.ArrowDtype(pa.timestamp("us", "UTC"))),
        pd.PeriodIndex(["2024-01-31", None], freq="D"),
        np.array([datetime.datetime(2024, 1, 31), None], dtype=object),
    ],
)
def test_times_of_rare_storages_are_times_of_pandas(cells: object) -> None:
    column = read_table(open_source(pd.DataFrame({"a": cells}))).frame["a"]
    assert pd.api.types.is_datetime64_any_dtype(column.dtype)
    assert column.dt.tz_localize(None)[0] == pd.Timestamp(DAY)


@pytest.mark.parametrize("kind", ["boolean", pd.ArrowDtype(pa.bool_()), bool])
def test_booleans_of_all_storages_are_numbers_where_asked(kind: object) -> None:
    frame = read_table(open_source(pd.DataFrame({"a": pd.Series([True, False], dtype=kind)}))).frame
    assert as_number(frame["a"])[0].tolist() == [1, 0]


def test_large_integers_beside_missing_cells_stay_whole_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": pd.array([1, None, LARGE], dtype="Int64"), "b": [1, 2, 3]}).to_parquet(path)
    frame = read_table(open_source(path)).frame
    assert as_text(frame["a"]).tolist() == ["1", "", str(LARGE)]
    assert str(frame["b"].dtype) == "int64"


def test_polars_frames_keep_large_integers_and_categories() -> None:
    polars = pytest.importorskip("polars")
    words = polars.Series(["x", "y", None], dtype=polars.Categorical)
    data = polars.DataFrame({"a": [1, None, LARGE], "b": words})
    for content in (data, data.lazy()):
        frame = read_table(open_source(content)).frame
        assert as_text(frame["a"]).tolist() == ["1", "", str(LARGE)]
        assert as_text(frame["b"]).tolist() == ["x", "y", ""]


def test_names_of_several_levels_are_refused_with_what_to_do() -> None:
    columns = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])
    with pytest.raises(DataError, match=r"2 levels, such as \('a', 'x'\).*Join them"):
        read_table(open_source(pd.DataFrame([[1, 2]], columns=columns)))


def test_the_frame_given_is_left_as_it_was() -> None:
    given = pd.DataFrame({" a": ["1,5", "2,5"], "t": pd.to_timedelta([1, 2])}, index=[7, 8])
    before = given.copy()
    read_table(open_source(given))
    pd.testing.assert_frame_equal(given, before)
