"""Rows as examples: targets in memory, roles, and what a further table lacks or has too much of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.modality import Dataset, ReadOptions
from automl.data.rows import (
    Features,
    dataset_of_rows,
    examples_of_rows,
    open_rows,
    refuse_missing,
    with_targets,
)
from automl.data.source import open_source
from automl.data.tables import read_table

FRAME = pd.DataFrame(
    {
        "a": range(6),
        "b": list("uvuvuv"),
        "when": [3, 1, 2, 6, 5, 4],
        "who": list("xxyyzz"),
        "label": list("nynyn "),
    }
)


def read(**options: object) -> Dataset:
    asked = ReadOptions(**{"target": ("label",), **options})  # type: ignore[arg-type]
    source = open_source(FRAME)
    rows = open_rows(source, read_table(source), asked, what="A table")
    features = Features(
        inputs={name: rows.features[name].to_numpy() for name in rows.features.columns},
        schema={"columns": list(rows.features.columns)},
        kinds=dict.fromkeys(rows.features.columns, "things"),
    )
    return dataset_of_rows(rows, features, source, asked)


def test_rows_without_a_target_are_left_out_and_told() -> None:
    dataset = read()

    assert dataset.columns == ("a", "b", "when", "who")
    assert dataset.examples.inputs["a"].tolist() == [0, 1, 2, 3, 4]
    assert dataset.notes == ("1 of 6 rows have no target in 'label' and are dropped.",)


def test_roles_are_no_features_unless_they_are_kept() -> None:
    dataset = read(group_column="who", time_column="when", id_column="a", keep=("a",), drop=("b",))

    assert dataset.columns == ("a", "when")
    assert dataset.examples.groups is not None
    assert dataset.examples.groups.tolist() == list("xxyyz")
    assert list(dataset.examples.keys) == ["row", "a"]
    assert dataset.schema["unused"] == ["b", "who", "label"]


def test_columns_that_tell_rows_apart_and_are_no_features_name_the_rows() -> None:
    ids = {"id": [f"k{row}" for row in range(40)], "Unnamed: 9": [""] * 40, "key": [7] * 40}
    frame = pd.DataFrame({**ids, "counter": range(1, 41), "name": ids["id"], "label": list("ny") * 20})
    source = open_source(frame)
    asked = ReadOptions(target=("label",), id_column="counter")
    rows = open_rows(source, read_table(source), asked, what="A table")
    dataset = dataset_of_rows(rows, Features(inputs={}, schema={}, kinds={}), source, asked)

    again, _ = examples_of_rows(
        read_table(open_source(frame[3:5].drop(columns="counter"))),
        Features(inputs={}, schema={}, kinds={}),
        dataset.schema,
        targets=False,
    )

    assert list(dataset.examples.keys) == ["row", "counter", "id"]
    found = {name: values.tolist() for name, values in again.keys.items()}
    assert found == {"row": [0, 1], "id": ["k3", "k4"]}


def test_a_task_that_rows_cannot_pose_is_refused() -> None:
    with pytest.raises(DataError, match="A table cannot be read for forecasting"):
        read(task="forecasting")


def test_a_further_table_may_lack_targets_only_where_none_are_needed() -> None:
    schema = read().schema
    table = read_table(open_source(FRAME.drop(columns="label").assign(more=1)))

    refuse_missing(table, ["a", "b"], schema, targets=False)
    with pytest.raises(DataError, match="is missing columns that the model was trained on: 'label'"):
        refuse_missing(table, ["a"], schema, targets=True)


def test_rows_of_a_further_table_keep_their_places() -> None:
    schema = read().schema
    table = read_table(open_source(FRAME.assign(more=1)))
    features = Features(inputs={"a": np.arange(6)}, schema={}, kinds=dict.fromkeys("ab", "things"))

    examples, notes = examples_of_rows(table, features, schema, targets=True)

    assert examples.rows is not None
    assert examples.rows.tolist() == [0, 1, 2, 3, 4]
    assert any("'more'" in note for note in notes)


@pytest.mark.parametrize(
    ("targets", "names"), [(np.zeros(2), ["target_"]), (np.zeros((2, 2)), ["target_0", "target_1"])]
)
def test_targets_in_memory_take_names_that_no_feature_has(targets: np.ndarray, names: list[str]) -> None:
    table = with_targets(pd.DataFrame({"target": [1, 2]}), targets, (), "arrays")

    assert list(table.frame.columns) == ["target", *names]


def test_as_many_targets_as_rows_are_expected() -> None:
    with pytest.raises(DataError, match="2 rows and targets 3"):
        with_targets(pd.DataFrame({"a": [1, 2]}), np.zeros(3), (), "arrays")
