"""The sample of a Parquet file."""

from __future__ import annotations

import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.frames import frame_of
from automl.data.large import parquet_file
from automl.data.large.parquet_file import cell_bytes, draw_parquet, table_of
from automl.data.source import Sampling
from tests.data.large.files import frame, written


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(parquet_file, "ROWS", 256)


def test_the_rows_of_the_sample_are_those_of_the_file(tmp_path):
    table = frame()
    path = written(table, tmp_path / "t.parquet")

    drawn = draw_parquet(path, Sampling(rows=300))

    assert 220 < len(drawn.rows) < 380
    assert drawn.total == 3000
    pd.testing.assert_frame_equal(frame_of(table_of(drawn)), table.iloc[drawn.rows].reset_index(drop=True))


def test_every_class_is_in_the_sample_however_rare(tmp_path):
    table = frame()
    table.loc[[5, 2999], "target"] = ["first", "last"]

    drawn = draw_parquet(written(table, tmp_path / "t.parquet"), Sampling(rows=50, watched=("target",)))

    assert {5, 2999} <= {*drawn.rows.tolist()}


def test_whole_numbers_beside_missing_ones_stay_whole(tmp_path):
    table = pd.DataFrame({"x": pd.array([2**60 + 1, None] * 600, "Int64"), "y": 1.0})
    path = written(table, tmp_path / "t.parquet")

    read = frame_of(table_of(draw_parquet(path, Sampling(rows=10_000))))

    assert read["x"][0] == 2**60 + 1


def test_the_size_is_that_of_the_cells(tmp_path):
    assert cell_bytes(written(frame(500), tmp_path / "t.parquet")) == 500 * 6 * 8


def test_what_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no")

    with pytest.raises(DataError, match="as Parquet"):
        draw_parquet(tmp_path / "t.parquet", Sampling(rows=10))
