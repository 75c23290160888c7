"""What every kind of target promises, and how columns find their kind."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.extensions import TASK_GROUP
from automl.data.catalog import MODALITIES
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from automl.data.splits import make_folds
from automl.data.target_kinds.catalog import TARGET_KINDS
from automl.data.targets import check_variety, checked_task, column_targets, infer_task, label_type
from automl.jobs.intake.story import story_of
from automl.tasks.catalog import TASKS, declarations, task_of
from automl.tasks.objectives import default_objective

COLUMNS = {
    "binary": pd.DataFrame({"y": ["no", "yes", "Yes", ""] * 5}),
    "multiclass": pd.DataFrame({"y": ["a", "b", "c", "a"] * 5}),
    "multilabel": pd.DataFrame({"y": [0, 1] * 10, "z": ["yes", "no", "no", ""] * 5}),
    "regression": pd.DataFrame({"y": np.arange(20) / 7, "z": [1.5, 2.5, np.nan, 4.0] * 5}),
}


@pytest.mark.parametrize("task", COLUMNS)
def test_columns_ask_for_their_task(task: str) -> None:
    assert infer_task(COLUMNS[task], "here") == task
    assert task_of(column_targets(task).facts(COLUMNS[task])) == task


@pytest.mark.parametrize("task", COLUMNS)
def test_rows_without_a_target_are_marked(task: str) -> None:
    kind = column_targets(task)

    values, present = kind.read(COLUMNS[task], "here", kind.flags(COLUMNS[task]))

    assert len(values) == len(present) == 20
    assert present.sum() == (20 if task == "multiclass" else 15)
    check_variety(values[present], task, list(COLUMNS[task].columns), "here")


@pytest.mark.parametrize("task", COLUMNS)
def test_the_type_of_labels_is_plain_data(task: str) -> None:
    found = label_type(COLUMNS[task], task)

    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ("binary", ", 2 classes: yes (66.7%), no (33.3%)"),
        ("multiclass", ", 3 classes: a (50%), b (25%), c (25%)"),
        ("multilabel", ""),
        ("regression", ", from 0 to 4"),
    ],
)
def test_values_are_told_in_words(task: str, told: str) -> None:
    kind = column_targets(task)
    values, present = kind.read(COLUMNS[task], "here", kind.flags(COLUMNS[task]))

    assert kind.words(values[present]) == told


def test_of_many_classes_the_largest_are_told() -> None:
    names = np.array([f"c{place}" for place in range(9)] * 2, object)

    assert column_targets("multiclass").words(names).endswith("c5 (11.1%) and 3 more")


@pytest.mark.parametrize("task", COLUMNS)
def test_targets_that_are_all_the_same_are_refused(task: str) -> None:
    kind = column_targets(task)
    values, present = kind.read(COLUMNS[task], "here", None)
    first = np.repeat(values[present][:1], 9, axis=0)

    with pytest.raises(DataError, match=r"here: target 'y' has only one"):
        kind.check(first, TASKS[task], list(COLUMNS[task].columns), "here")


def test_every_task_has_a_kind_of_target() -> None:
    assert all(task.targets in TARGET_KINDS for task in declarations())


def test_what_the_source_says_of_its_labels_counts() -> None:
    numbers = pd.DataFrame({"y": np.arange(30)})

    assert infer_task(numbers, "here", said="label") == "multiclass"
    assert infer_task(pd.DataFrame({"y": [0, 1] * 9}), "here", said="amount") == "regression"


def test_a_task_without_columns_and_several_columns_of_classes_are_refused() -> None:
    with pytest.raises(DataError, match="A table cannot be read for forecasting; expected one of 'binary'"):
        checked_task(COLUMNS["binary"], "forecasting", "here", "A table")
    with pytest.raises(DataError, match="binary takes one target, got 'y', 'z'"):
        checked_task(COLUMNS["multilabel"], "binary", "here", "A table")


TOY = """
import numpy as np

from automl.metrics.metric import Metric
from automl.tasks.declaration import TargetFacts, TaskDeclaration

class Boxes:
    in_columns = True
    single = True

    def recognises(self, frame, where, *, numbered):
        return all(str(cell).startswith("[[") for cell in frame.iloc[:, 0])

    def facts(self, frame):
        return TargetFacts(kind="toy_boxes:KIND")

    def flags(self, frame):
        return None

    def notes(self, frame):
        return ()

    def check(self, targets, task, names, where):
        pass

    def label_type(self, frame, *, typed):
        return "boxes"

    def words(self, targets):
        return f", {sum(map(len, targets))} boxes"

    def read(self, frame, where, flags):
        cells = [np.array(eval(cell)) for cell in frame.iloc[:, 0]]
        values = np.empty(len(cells), object)
        values[:] = cells
        return values, np.ones(len(cells), bool)

KIND = Boxes()
TASK = TaskDeclaration(
    name="boxing",
    words="boxing",
    module="toy_boxes",
    metrics=(Metric(name="overlap", direction="maximize"),),
    targets="toy_boxes:KIND",
)
"""


def test_a_task_of_another_package_brings_a_kind_of_ragged_targets(install) -> None:
    install("automl-toy", {TASK_GROUP: {"boxing": "toy_boxes:TASK"}}, {"toy_boxes.py": TOY})
    frame = pd.DataFrame({"y": ["[[1, 2]]", "[[1, 2], [3, 4]]"]})

    task = infer_task(frame, "here")
    values, _ = column_targets(task).read(frame, "here", None)

    assert task == "boxing"
    assert [len(boxes) for boxes in values] == [1, 2]
    assert infer_task(COLUMNS["binary"], "here") == "binary"


def test_a_kind_that_cannot_be_loaded_harms_no_other(install) -> None:
    broken = TOY.replace('targets="toy_boxes:KIND"', 'targets="toy_boxes:ABSENT"')
    install("automl-toy", {TASK_GROUP: {"boxing": "toy_boxes:TASK"}}, {"toy_boxes.py": broken})

    assert infer_task(COLUMNS["binary"], "here") == "binary"
    with pytest.raises(ConfigError, match="targets of the task 'boxing'"):
        column_targets("boxing")


def test_a_table_is_read_for_a_task_of_another_package(install) -> None:
    install("automl-toy", {TASK_GROUP: {"boxing": "toy_boxes:TASK"}}, {"toy_boxes.py": TOY})
    cells = ["[[1, 2]]", "[[1, 2], [3, 4]]", "[[5, 6]]"] * 8
    frame = pd.DataFrame({"x": np.arange(24) % 7 / 3, "word": ["a", "b"] * 12, "y": cells})

    dataset = MODALITIES["tabular"].read(open_source(frame), ReadOptions(target=("y",)))
    again, _ = MODALITIES["tabular"].read_again(open_source(frame), dataset.schema, targets=True)
    (fold,) = make_folds(dataset, folds=None, seed=0)

    assert dataset.task == "boxing"
    assert [len(boxes) for boxes in dataset.examples.targets["target"][:3]] == [1, 2, 1]
    assert len(again) == 24
    assert len(fold.validation) == 5
    story = story_of(open_source(frame), dataset, [fold], None, [default_objective("boxing")])
    assert "rows, boxing" in story
    assert "y, 32 boxes" in story
    assert "val_overlap (higher is better)" in story
