"""A column that is empty in further data, and was not in training, is told of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.catalog import MODALITIES
from automl.data.cells import count_missing
from automl.data.emptied import Emptied, missing_shares
from automl.data.modality import ReadOptions
from automl.data.source import open_source

TABULAR = MODALITIES["tabular"]


@pytest.mark.parametrize(
    "cells",
    [
        [1.0, np.nan, 3.0, np.nan],
        ["a", "NA", "b", " "],
        pd.array(["a", None, "b", "n/a"], dtype="string"),
        pd.Categorical(["a", None, "b", "?"]),
        [1, "None", True, None],
        pd.to_datetime(["2020-01-01", None, "2020-01-02", None]),
    ],
)
def test_blanks_and_usual_markers_are_missing(cells):
    assert count_missing(pd.Series(cells)) == 2


def told(share: float, *parts: list[object]) -> tuple[str, ...]:
    emptied = Emptied({"missing": {"age": share}})
    for part in parts:
        emptied.hear(pd.DataFrame({"age": part}))
    return emptied.notes()


def test_a_column_that_was_filled_is_told_of_once_for_all_parts():
    (note,) = told(0.02, [None, None], [None, None])

    assert note.startswith("Column 'age' is empty in all 4 rows, and was in 2.0% of those")
    assert note.share == 1.0


@pytest.mark.parametrize("parts", [([None] * 3,), ([None, None], [None, 1.0]), ()])
def test_few_rows_and_columns_with_a_value_are_not(parts):
    assert told(0.0, *parts) == ()


def test_a_column_that_was_often_empty_needs_many_rows():
    assert told(0.9, [None] * 50) == ()
    assert told(0.9, [None] * 100)


def test_a_schema_without_shares_says_nothing():
    emptied = Emptied({})
    emptied.hear(pd.DataFrame({"age": [None] * 10}))

    assert emptied.notes() == ()


def test_a_further_table_is_compared_with_the_one_that_was_searched():
    table = pd.DataFrame({"age": [1.0, 2.0, None, 4.0] * 5, "word": ["a", "b"] * 10, "y": ["u", "v"] * 10})
    schema = TABULAR.read(open_source(table), ReadOptions(target=("y",))).schema
    assert schema["missing"] == {"age": 0.25, "word": 0.0}

    _, notes = TABULAR.read_again(open_source(table.assign(word=None)), schema, targets=False)

    assert [note for note in notes if "is empty in all 20 rows" in note and "'word'" in note]
    assert missing_shares(table, ["age"]) == {"age": 0.25}
