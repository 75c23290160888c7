"""Of each answer one number is explained, and it has a name; answers that are none are refused."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.targets import TARGET
from automl.explanations.method import NotExplainedError
from automl.explanations.quantity import quantity_of
from automl.tasks.catalog import fit_task

LABELS = {TARGET: np.array(["a", "b", "c", "c"], object)}
CLASSES = fit_task("multiclass", LABELS, names=("y",), facts={})
VALUES = fit_task("regression", {TARGET: np.array([[1.0, 5], [2, 6], [3, 8]])}, names=("p", "q"), facts={})
CHANCES = {TARGET: np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])}


def test_of_probabilities_the_largest_is_explained():
    quantity = quantity_of(CLASSES, CHANCES)

    assert quantity.chosen(CHANCES).tolist() == [1, 0]
    assert quantity.of(CHANCES, quantity.chosen(CHANCES)).tolist() == [0.7, 0.5]
    assert quantity.words == ("probability of a", "probability of b", "probability of c")


def test_of_values_the_first_target_is():
    values = {TARGET: np.array([[1.5, 7.0]])}
    quantity = quantity_of(VALUES, values)

    assert quantity.words == ("p", "q")
    assert quantity.of(values, quantity.chosen(values)).tolist() == [1.5]


@pytest.mark.parametrize("predictions", [CHANCES, {TARGET: CHANCES[TARGET].astype(np.float32)}])
def test_tensors_give_the_same(predictions):
    quantity = quantity_of(CLASSES, predictions)
    chosen = quantity.chosen(predictions)

    np.testing.assert_allclose(
        quantity.of_tensors(predictions[TARGET], quantity.picks(chosen)),
        quantity.of(predictions, chosen),
        rtol=1e-6,
    )


def test_pictures_of_answers_are_refused():
    with pytest.raises(
        NotExplainedError, match=r"'multiclass' cannot be explained: that takes one number.*\.$"
    ):
        quantity_of(CLASSES, {TARGET: np.zeros((2, 8, 8, 3))})
