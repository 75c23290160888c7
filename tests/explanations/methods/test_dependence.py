"""Partial dependence of the smallest tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.targets import held_rows
from automl.explanations.method import NotExplainedError
from automl.explanations.methods.dependence import explain
from tests.explanations.subjects import table_subject


def only(column: str):
    """A subject that reads one column; the others are as in the first row."""
    whole = table_subject()
    name = next(key for key, label in whole.labels.items() if label == column)
    first = held_rows(whole.examples.inputs, np.array([0]))

    def predict(inputs, of=None):
        rows = len(inputs[name])
        return whole.predict({key: np.repeat(first[key], rows, axis=0) for key in first} | dict(inputs), of)

    examples = replace(whole.examples, inputs={name: whole.examples.inputs[name]})
    return replace(whole, examples=examples, predict=predict)


@pytest.mark.parametrize(("column", "points"), [("age", 16), ("town", 3)])
def test_a_table_of_one_column_is_varied(column, points):
    found = explain(only(column))

    (known,) = found.values["columns"]
    assert known["column"] == column
    assert len(known["values"]) == len(known["mean"]) == points
    assert len(found.figures) == 1


def test_one_row_has_no_other_values():
    whole = table_subject()
    examples = replace(whole.examples, inputs=held_rows(whole.examples.inputs, np.array([0])), targets=None)

    with pytest.raises(NotExplainedError, match=r"the data has one row only\.$"):
        explain(replace(whole, examples=examples, rows=(0,)))
