"""Partial dependence of the smallest tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.targets import TARGET
from automl.data.modality import Examples
from automl.explanations.method import NotExplainedError
from automl.explanations.methods.dependence import explain
from tests.explanations.test_permuting import subject

AGE = np.linspace(20, 70, 50)
TOWN = np.array(["Bonn", "Ulm"] * 25, object)


def only(name: str, values: np.ndarray):
    """A subject that reads one column."""
    examples = Examples(inputs={name: values})

    def predict(inputs, of=None):
        return {TARGET: np.array([[float(value in ("Ulm",) or value == 20)] for value in inputs[name]])}

    return replace(subject(), examples=examples, predict=predict)


@pytest.mark.parametrize(("name", "values", "points"), [("age", AGE, 16), ("town", TOWN, 2)])
def test_a_table_of_one_column_is_varied(name, values, points):
    found = explain(only(name, values))

    (known,) = found.values["columns"]
    assert known["column"] == name
    assert len(known["values"]) == len(known["mean"]) == points
    assert len(found.figures) == 1


def test_one_row_has_no_other_values():
    with pytest.raises(NotExplainedError, match=r"the data has one row only\.$"):
        explain(only("age", AGE[:1]))
