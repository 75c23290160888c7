"""Labels come back in the type in which they came."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from automl.data.label_types import flags_in_own_type, in_own_type
from automl.data.labels import labels
from automl.data.targets import array_label_type, label_type

COLUMNS = {
    "int": pd.Series([0, 1, 1]),
    "nullable int": pd.Series([3, None, 5], dtype="Int64"),
    "arrow int": pd.Series([3, 4, 5], dtype="int64[pyarrow]"),
    "bool": pd.Series([True, False]),
    "nullable bool": pd.Series([True, None, False], dtype="boolean"),
    "objects that are bool": pd.Series([True, None, False], dtype=object),
    "float": pd.Series([0.5, 1.0, np.nan]),
    "str": pd.Series(["b", "a"]),
    "digits in texts": pd.Series(["1", "0"]),
    "codes": pd.Series(["007", "010"]),
    "objects of several types": pd.Series([1, "one", 2.5], dtype=object),
    "categories": pd.Series(pd.Categorical(["a", "c"], categories=["c", "b", "a"], ordered=True)),
    "categories of int": pd.Series(pd.Categorical([3, 1])),
    "intervals": pd.cut(pd.Series([1.0, 5.0, 9.0]), [0, 3, 6, 10]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_labels_of_a_frame_equal_those_that_came(name):
    column = COLUMNS[name]
    kind = json.loads(json.dumps(label_type(column.to_frame("y"), "multiclass")))

    present = column[column.notna()]
    back = pd.Series(in_own_type(labels(present), kind))

    assert (back.to_numpy() == present.to_numpy()).all()
    assert isinstance(back.iloc[0], str) == isinstance(present.iloc[0], str)
    assert isinstance(back.iloc[0], bool | np.bool_) == isinstance(present.iloc[0], bool | np.bool_)


@pytest.mark.parametrize("name", ["categories", "intervals"])
def test_categories_and_their_order_are_kept(name):
    kind = label_type(COLUMNS[name].to_frame("y"), "multiclass")

    assert pd.Series(in_own_type(labels(COLUMNS[name]), kind)).dtype == COLUMNS[name].dtype


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "0", ""], "int"),
        (["1.0", "0.0"], "int"),
        (["0.5", "2"], "float"),
        (["TRUE", "false"], "bool"),
        (["yes", "no"], "str"),
        (["007", "8"], "str"),
        (["1", "b"], "str"),
    ],
)
def test_texts_of_a_file_are_what_pandas_makes_of_them(cells, kind):
    assert label_type(pd.DataFrame({"y": cells}), "multiclass", typed=False) == kind


def test_booleans_stay_spelled_as_they_were_in_a_file():
    texts = np.array(["true", "false"], object)

    assert in_own_type(texts, "bool", spelled=True).tolist() == ["true", "false"]
    assert in_own_type(texts, "bool").tolist() == [True, False]


@pytest.mark.parametrize(
    ("column", "back"),
    [
        ([True, False], [False, True]),
        ([1, 0], [0, 1]),
        ([1.0, np.nan], [0.0, 1.0]),
        (["Yes", "No"], ["No", "Yes"]),
        (["Y", "Y"], ["N", "Y"]),
    ],
)
def test_yes_no_targets_come_back_in_their_words(column, back):
    kind = label_type(pd.DataFrame({"y": column}), "multilabel")["columns"]["y"]

    found = flags_in_own_type(np.array([0, 1]), kind).tolist()

    assert found == back
    assert type(found[0]) is type(back[0])


def test_targets_in_memory_have_a_type_too():
    assert array_label_type(np.array([True, False]), "binary") == "bool"
    assert array_label_type(["1", "2"], "binary") == "str"
    assert array_label_type(pd.Series([1, 2]), "binary") == "int"
    assert array_label_type(np.eye(2), "regression") == "float"
