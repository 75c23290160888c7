"""A large further table in parts: its examples, row numbers and notes are those of reading it at once."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.data.catalog import MODALITIES
from automl.data.large import again, parquet_file, text_file
from automl.data.large.again import parts_again
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.data.large.files import frame, written

TABULAR = MODALITIES["tabular"]
SEARCHED = ReadOptions(target=("target",), id_column="count")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(again, "LARGE", 1 << 14)
    monkeypatch.setattr(text_file, "BLOCK", 1 << 14)
    monkeypatch.setattr(parquet_file, "ROWS", 700)


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    table = frame().assign(id=[f"r{row}" for row in range(3000)])
    path = written(table, tmp_path_factory.mktemp("searched") / "t.csv")
    return TABULAR.read(open_source(path), SEARCHED).schema


def in_parts(path, schema, targets=False):
    return parts_again(open_source(path), schema, TABULAR, targets=targets)


@pytest.mark.parametrize("name", ["new.csv", "new.parquet"])
def test_parts_are_what_reading_at_once_gives(tmp_path, schema, name):
    table = frame(seed=1).drop(columns="target").assign(more=1)
    table = table.assign(id=[f"new {row}" for row in table.index])
    table.loc[5::200, "word"] = "violet"
    path = written(table, tmp_path / name)
    whole, told = TABULAR.read_again(open_source(path), schema, targets=False)

    streamed = in_parts(path, schema)
    parts = list(streamed)

    assert len(parts) > 3
    assert list(whole.keys) == ["row", "count", "id"]
    for group in ("inputs", "keys"):
        for key, values in getattr(whole, group).items():
            found = np.concatenate([getattr(part, group)[key] for part in parts])
            np.testing.assert_array_equal(found, values)
    assert set(streamed.notes) == set(told)
    assert [note.share for note in streamed.notes if "violet" in note] == [pytest.approx(15 / 3000)]


@pytest.mark.parametrize("change", ["small", "packed", "latin-1", "open quote"])
def test_what_is_not_read_in_parts_is_read_at_once(tmp_path, schema, change, monkeypatch):
    table = frame(seed=1).drop(columns="target")
    path = written(table, tmp_path / "new.csv")
    if change == "small":
        monkeypatch.setattr(again, "LARGE", 1 << 26)
    if change == "packed":
        path = tmp_path / "new.csv.gz"
        table.to_csv(path, index=False)
    if change == "latin-1":
        path.write_bytes(path.read_bytes() + b"1,2,gr\xfcn,00001,2020-01-01\n")
    if change == "open quote":
        path.write_bytes(path.read_bytes() + b'1,2,"red,00001,2020-01-01\n')

    assert in_parts(path, schema) is None


def test_a_file_that_changes_how_it_writes_dates_is_refused(tmp_path, schema):
    table = frame(seed=1).drop(columns="target")
    late = np.arange(len(table)) > 2000
    table["day"] = table["day"].where(
        ~late, table["day"].str.replace(r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1", regex=True)
    )
    path = written(table, tmp_path / "new.csv")

    with pytest.raises(DataError, match="in another way than those above: Column 'day'"):
        list(in_parts(path, schema))


def test_a_file_that_changes_its_decimal_marks_is_refused(tmp_path, schema):
    table = frame(seed=1).drop(columns="target")
    amounts = [
        f"1.234,{place:02}" if place < 1500 else f"1,234.{place % 100:02}" for place in range(len(table))
    ]
    path = written(table.assign(amount=amounts), tmp_path / "new.csv")

    with pytest.raises(DataError, match=r"column 'amount' has numbers with '\.' before the fraction"):
        list(in_parts(path, schema))


def test_a_missing_column_is_refused_before_anything_is_given(tmp_path, schema):
    path = written(frame(seed=1).drop(columns=["target", "word"]), tmp_path / "new.csv")

    with pytest.raises(DataError, match="missing columns that the model was trained on: 'word'"):
        next(iter(in_parts(path, schema)))


def test_rows_without_a_target_are_left_out_part_by_part(tmp_path, schema):
    table = frame(seed=1)
    table.loc[500:1800, "target"] = None
    path = written(table, tmp_path / "new.csv")
    whole, told = TABULAR.read_again(open_source(path), schema, targets=True)

    streamed = in_parts(path, schema, targets=True)
    parts = list(streamed)

    assert min(map(len, parts)) == 0
    np.testing.assert_array_equal(
        np.concatenate([part.targets["target"] for part in parts]), whole.targets["target"]
    )
    assert set(streamed.notes) == set(told)


def test_a_column_that_is_empty_in_all_parts_is_told_of_once(tmp_path, schema):
    table = frame(seed=1).drop(columns="target").assign(id="new")
    table["word"] = None
    streamed = in_parts(written(table, tmp_path / "new.csv"), schema)

    assert len(list(streamed)) > 1
    assert len([note for note in streamed.notes if "'word' is empty in all 3,000 rows" in note]) == 1
