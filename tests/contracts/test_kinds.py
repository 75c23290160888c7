"""Every kind of column keeps its contract: it wins its own cells and reads others as it has learned."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.data.catalog import KINDS
from automl.data.columns import learn_columns, read_columns, recognise
from automl.data.kinds.kind import Column, Facts, Place
from tests.contracts.kinds import SAMPLES, Sample

pytestmark = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)


def frame_of(sample: Sample, folder: Path) -> pd.DataFrame:
    return pd.DataFrame({"a/b": pd.Series(list(sample.cells(folder)), dtype=object)})


def columns_of(frame: pd.DataFrame) -> list[Column]:
    return recognise(frame, tuple(KINDS))[0]


def test_it_wins_the_cells_that_are_its_own(sample: Sample, tmp_path: Path) -> None:
    (column,) = columns_of(frame_of(sample, tmp_path))

    assert (column.kind, column.name, column.input) == (sample.kind, "a/b", "a_b")


def test_no_kind_bids_for_what_holds_nothing(sample: Sample, tmp_path: Path) -> None:
    facts = Facts(series=pd.Series(["", "", ""], dtype=object), name="x")

    assert 0 <= KINDS[sample.kind].bid(facts) <= 1
    assert recognise(pd.DataFrame({"x": facts.series}), tuple(KINDS))[0] == []


def test_raw_values_have_the_promised_type(sample: Sample, tmp_path: Path) -> None:
    frame = frame_of(sample, tmp_path)

    read = learn_columns(frame, columns_of(frame), Place(where="t", folder=tmp_path))

    assert read.inputs["a_b"].dtype == sample.dtype
    assert len(read.inputs["a_b"]) == len(read.kept) == len(frame)
    assert list(read.words) == ["a/b"]


def test_what_was_learned_survives_json_and_reads_the_same_again(sample: Sample, tmp_path: Path) -> None:
    frame, place = frame_of(sample, tmp_path), Place(where="t", folder=tmp_path)
    first = learn_columns(frame, columns_of(frame), place)
    restored = [Column(**json.loads(json.dumps(column.as_json()))) for column in first.columns]

    again = read_columns(frame, restored, place)

    np.testing.assert_array_equal(again.inputs["a_b"], first.inputs["a_b"])
    assert again.notes == ()


def test_other_cells_are_read_too(sample: Sample, tmp_path: Path) -> None:
    frame, place = frame_of(sample, tmp_path), Place(where="t", folder=tmp_path)
    columns = learn_columns(frame, columns_of(frame), place).columns
    other = pd.DataFrame({"a/b": pd.Series(list(sample.other), dtype=object)})

    values = read_columns(other, columns, place).inputs["a_b"]

    assert (len(values), values.dtype) == (len(sample.other), sample.dtype)
    assert KINDS[sample.kind].strict(other["a/b"], columns[0]) is None


def test_an_example_for_a_server_is_read_to_the_same_values(sample: Sample, tmp_path: Path) -> None:
    frame, place = frame_of(sample, tmp_path), Place(where="t", folder=tmp_path)
    read = learn_columns(frame, columns_of(frame), place)

    example = KINDS[sample.kind].example(frame["a/b"], read.columns[0], place)
    elsewhere = Place(where="server", folder=Path("/"))

    again = read_columns(pd.DataFrame({"a/b": example}), read.columns, elsewhere)
    np.testing.assert_array_equal(again.inputs["a_b"], read.inputs["a_b"])
