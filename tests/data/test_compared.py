"""Columns by which results are compared: groups of texts and numbers, the same in later tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.compared import learn_compared, read_compared
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import ReadOptions
from automl.data.source import open_source

FRAME = pd.DataFrame(
    {"sex": ["f", "m", "", "m"] * 25, "age": np.arange(100.0), "y": ["no", "yes"] * 50, "x": range(100)}
)


def test_texts_are_groups_as_they_are_and_empty_cells_one_of_their_own():
    found = learn_compared(FRAME, ["sex"], "people.csv")

    assert found.groups["sex"][:3].tolist() == ["f", "m", "missing"]
    assert not found.notes


def test_many_numbers_are_cut_into_four_groups_which_is_told():
    found = learn_compared(FRAME, ["age"], "people.csv")
    names, counts = np.unique(found.groups["age"].astype(str), return_counts=True)

    assert sorted(names) == ["24.75 to below 49.5", "49.5 to below 74.25", "below 24.75", "from 74.25"]
    assert counts.tolist() == [25] * 4
    assert "'age' in 4 groups" in found.notes[0]


def test_later_tables_go_into_the_same_groups():
    schema = learn_compared(FRAME, ["age", "sex"], "people.csv").schema
    later = pd.DataFrame({"age": [-5, 24.75, 1000, None]})

    found = read_compared(later, schema)

    assert found["age"].tolist() == ["below 24.75", "24.75 to below 49.5", "from 74.25", "missing"]
    assert "sex" not in found


@pytest.mark.parametrize("values", [["a"] * 300, [f"id {row}" for row in range(300)]])
def test_a_column_without_groups_is_refused(values):
    with pytest.raises(DataError, match=r"'id' has .* expected 2 to 200 groups"):
        learn_compared(pd.DataFrame({"id": values}), ["id"], "people.csv")


def test_a_table_has_its_groups_beside_its_inputs():
    options = ReadOptions(target=("y",), compared=("sex",), hidden=("sex",))

    dataset = TABULAR.read(open_source(FRAME), options)
    again, notes = TABULAR.read_again(open_source(FRAME.head(3)), dataset.schema, targets=False)

    assert "sex" not in dataset.columns
    assert dataset.examples.take(np.array([1, 2])).compared["sex"].tolist() == ["m", "missing"]
    assert again.compared["sex"].tolist() == ["f", "m", "missing"]
    assert not notes


def test_groups_by_the_target_are_refused():
    with pytest.raises(DataError, match="'y' is the target"):
        TABULAR.read(open_source(FRAME), ReadOptions(target=("y",), compared=("y",)))
