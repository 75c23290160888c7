"""All rows part by part: what is read is what reading the file at once gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.data.catalog import MODALITIES
from automl.data.cells import as_number
from automl.data.large import parquet_file, text_file
from automl.data.large.parts import parts_of
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.data.large.files import frame, written

OPTIONS = ReadOptions(target=("target",))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK", 1 << 14)
    monkeypatch.setattr(parquet_file, "ROWS", 700)


@pytest.fixture(params=["t.csv", "t.parquet"])
def path(request, tmp_path):
    return written(frame(), tmp_path / request.param)


def read(path, without=()):
    """Examples of all parts, and those of the file at once."""
    tabular, source = MODALITIES["tabular"], open_source(path)
    whole = tabular.read(source, OPTIONS)
    places = np.array(without, np.int64)
    parts = list(
        parts_of(replace(source, kept=type(source.kept)()), header=True, known=None, without=places)
    )
    return [
        tabular.read_part(part, whole.schema, source, targets=True)[0] for part in parts
    ], whole.examples


def test_parts_give_the_examples_that_the_whole_gives(path):
    parts, whole = read(path)

    assert len(parts) > 3
    for name, values in whole.inputs.items():
        np.testing.assert_array_equal(np.concatenate([part.inputs[name] for part in parts]), values)
    found = np.concatenate([part.targets["target"] for part in parts])
    assert np.array_equal(found, whole.targets["target"])


def test_rows_are_left_out_by_their_place(path):
    gone = [0, 5, 1234, 2999]

    parts, whole = read(path, gone)

    kept = np.delete(np.arange(3000), gone)
    found = np.concatenate([part.inputs["count"] for part in parts])
    np.testing.assert_array_equal(found, whole.inputs["count"][kept])


def test_numbers_are_the_same_read_as_numbers_at_once(tmp_path):
    table = frame().assign(size=lambda rows: rows["amount"] * 1e-7)
    table["size"] = table["size"].astype(object)
    table.loc[[3, 2500], "size"] = ["n/a", "tiny"]
    source = open_source(written(table, tmp_path / "t.csv"))
    none = np.array([], np.int64)

    def values(numbers):
        parts = parts_of(source, header=True, known=None, without=none, numbers=numbers)
        return np.concatenate([as_number(part.frame["size"])[0] for part in parts])

    np.testing.assert_array_equal(values({"amount", "count", "size"}), values(()))
