"""Names of who or what examples show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.targets import checked_task, column_targets, infer_task
from automl.tasks.catalog import TASKS

KIND = column_targets("verification")
NAMES = pd.DataFrame({"who": ["007", "ann", "", "bob", "007", "ann", "bob", "eve"]})


def test_nobody_is_taken_to_ask_for_it():
    assert infer_task(NAMES, "here") == "multiclass"
    assert checked_task(NAMES, "verification", "here", "A table") == "verification"


def test_names_stay_texts_and_rows_without_one_are_marked():
    names, present = KIND.read(NAMES, "here", None)

    assert names[present].tolist() == ["007", "ann", "bob", "007", "ann", "bob", "eve"]
    assert KIND.words(names[present]) == ", 4 identities with 1 to 2 examples each"
    assert KIND.facts(NAMES).classes == 4
    assert KIND.label_type(NAMES, typed=False) == "str"


def test_look_alikes_are_told():
    (note,) = KIND.notes(pd.DataFrame({"who": ["Ann", "ann ", "bob"]}))

    assert "Ann" in note


@pytest.mark.parametrize(
    ("names", "said"), [(["a", "b", "c"] * 4, "3 different names"), (list("abcdefgh"), "Expected several")]
)
def test_what_cannot_be_learned_from_is_refused(names, said):
    with pytest.raises(DataError, match=said):
        KIND.check(np.array(names, object), TASKS["verification"], ["who"], "here")
