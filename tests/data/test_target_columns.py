"""Target columns: one target, or several with tasks of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.core.targets import TARGET
from automl.data.target_columns import find_targets, targets_of
from automl.data.target_kinds.amount import KIND as AMOUNT
from automl.data.targets import checked_task

ROWS = 40
COLUMNS = {
    "price": np.linspace(1.5, 90.5, ROWS),
    "size": np.linspace(0.1, 7.3, ROWS),
    "sold": np.arange(ROWS) % 2,
    "new": ["yes", "no"] * (ROWS // 2),
    "colour": ["red", "green", "blue", "red"] * (ROWS // 4),
}


@pytest.mark.parametrize(
    ("names", "task", "parts"),
    [
        (["price"], "regression", {}),
        (["price", "size"], "regression", {}),
        (["sold", "new"], "multilabel", {}),
        (["price", "colour"], "joint", {"price": "regression", "colour": "multiclass"}),
        (["new", "price"], "joint", {"new": "binary", "price": "regression"}),
        (["price", "sold"], "joint", {"price": "regression", "sold": "binary"}),
        (["new", "colour"], "joint", {"new": "binary", "colour": "multiclass"}),
    ],
)
def test_targets_of_different_kinds_are_read_apart(names, task, parts):
    found = find_targets(pd.DataFrame(COLUMNS)[names], None, "t", "A table")

    assert (found.task, found.tasks, found.names) == (task, parts, tuple(names))
    assert list(found.parts) == (names if parts else [TARGET])


def test_a_joint_task_can_be_asked_for():
    found = find_targets(pd.DataFrame(COLUMNS)[["sold", "new"]], "joint", "t", "A table")

    assert found.tasks == {"sold": "binary", "new": "binary"}


def test_rows_need_every_target():
    frame = pd.DataFrame(COLUMNS)[["price", "colour"]]
    frame.loc[0, "price"], frame.loc[3, "colour"] = None, None

    targets, present = find_targets(frame, None, "t", "A table").read(frame, "t")

    assert np.flatnonzero(~present).tolist() == [0, 3]
    assert targets["price"].shape == (ROWS, 1)
    assert targets["colour"][1] == "green"


def test_other_tables_are_read_as_the_first():
    frame = pd.DataFrame(COLUMNS)[["new", "price"]]
    found = find_targets(frame, None, "t", "A table")

    again = targets_of(found.schema(frame, typed=True))

    assert again == found
    assert again.read(pd.DataFrame({"new": ["Y"], "price": [2]}), "u")[0]["new"].tolist() == ["yes"]


@pytest.mark.parametrize(
    ("names", "told"), [(["price"], "two or more"), (["price", "price"], "different target columns")]
)
def test_a_task_over_several_targets_needs_two(names, told):
    with pytest.raises(DataError, match=told):
        find_targets(pd.DataFrame(COLUMNS)[names], "joint", "t", "A table")


@pytest.mark.parametrize(
    ("names", "task", "told"),
    [
        (["sold", "new"], "joint", "t: pictures cannot be read for a joint task"),
        (["price", "colour"], "joint", "t: pictures cannot be read for a joint task"),
        (["price", "colour"], None, "got 'red' in column 'colour'"),
    ],
)
def test_data_of_one_task_names_what_reads_several(names, task, told):
    with pytest.raises(DataError, match=rf"{told}.*joint tasks are for tables.*--modality mixed"):
        checked_task(pd.DataFrame(COLUMNS)[names], task, "t", "t: pictures")


def test_numbers_are_one_target_where_there_are_no_joint_tasks():
    frame = pd.DataFrame(COLUMNS)[["price", "sold"]]

    assert checked_task(frame, None, "t", "t: pictures") == "regression"
    assert checked_task(frame, None, "t", "A table", several=True) == "joint"


def test_amounts_that_are_all_too_large_are_refused_with_that_reason():
    frame = pd.DataFrame({"size": [1e300, 2e300, 3.5e300]})

    with pytest.raises(DataError, match="all values of target 'size', from 1e\\+300 on, are too large"):
        AMOUNT.read(frame, "t.csv", None)
