"""Predictions as a table: own types, the user's index, the user's columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl import DataWarning
from automl.core.notes import Note
from automl.data.modality import Examples
from automl.jobs.answers import Form, answer, file_writer, index_of, parted, warn
from automl.tasks.catalog import restore_task

TWO = restore_task({"kind": "binary", "names": ["y"], "classes": ["0", "1"], "shares": [0.5, 0.5]})
FLAGS = restore_task({"kind": "multilabel", "names": ["a", "probability_a"], "shares": [0.5, 0.5]})
CHANCES = {"target": np.array([[0.9, 0.1], [0.2, 0.8]])}


def _examples(**keys: list[object]) -> Examples:
    named = {name: np.array(values, object) for name, values in keys.items()}
    return Examples(inputs={"x": np.zeros(2)}, keys=named, rows=np.array([0, 2]))


def test_labels_have_their_type_and_rows_the_index_of_the_frame():
    frame = pd.DataFrame({"x": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")]))
    form = Form(task=TWO, label_type="int", index=index_of((frame, [0, 1, 1])))

    found = answer(form, _examples(), CHANCES)

    assert found["prediction"].to_dict() == {(1, "a"): 0, (2, "a"): 1}
    assert found["prediction"].dtype == np.int64


def test_a_file_has_no_index_and_rows_are_counted_on_over_the_parts():
    form = Form(task=TWO, label_type="bool", spelled=True)

    found = answer(form, _examples(), CHANCES, first=50)

    assert list(found.index) == [50, 51]
    assert list(found["prediction"]) == ["0", "1"]


def test_a_column_of_the_users_keeps_its_name():
    found = answer(Form(task=TWO, label_type="str"), _examples(prediction=["p", "q"]), CHANCES)

    assert list(found["prediction"]) == ["p", "q"]
    assert list(found["prediction_"]) == ["0", "1"]


def test_targets_that_are_called_as_our_columns_are_kept():
    kinds = {"columns": {"a": "bool", "probability_a": {"type": "str", "no": "no", "yes": "yes"}}}

    found = answer(Form(task=FLAGS, label_type=kinds), _examples(), CHANCES)

    assert list(found) == ["a", "probability_a", "probability_a_", "probability_probability_a"]
    assert list(found["a"]) == [True, False]
    assert list(found["probability_a"]) == ["no", "yes"]


def test_what_is_about_more_than_one_per_cent_is_a_warning_where_the_user_called():
    with pytest.warns(DataWarning, match="half") as caught:
        warn((Note("half of it", 0.5), Note("one cell", 0.001), "plain"))

    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_predictions_as_large_as_pictures_are_made_of_few_at_a_time():
    form = {"values": [0, 1], "titles": ["0", "1"], "palette": [], "mode": "L", "ignored": None}
    masks = restore_task({"kind": "segmentation", "names": ["mask"], "form": form, "shares": [0.5, 0.5]})
    pictures = Examples(inputs={"image": np.zeros((70, 2, 2, 1))})

    sizes = {task.kind: [len(part) for _, part in parted(task, pictures, 50)] for task in (TWO, masks)}

    assert sizes == {"binary": [50, 20], "segmentation": [32, 32, 6]}
    assert file_writer(TWO) is None
    assert file_writer(masks) is not None
