"""Predictions of several models become one, as their task says."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.catalog import at_place
from automl.tasks.catalog import TASKS
from automl.tasks.kinds.classification import Classification


@pytest.mark.parametrize("name", [name for name in TASKS if TASKS[name].blend and not TASKS[name].compares])
def test_a_task_blends_predictions_into_their_weighted_mean(name: str) -> None:
    blend = at_place(TASKS[name].blend)
    first, second = np.random.default_rng(0).random((2, 6, 3))

    np.testing.assert_allclose(blend([first, second], (0.25, 0.75)), 0.25 * first + 0.75 * second)


def test_blended_probabilities_of_a_row_sum_to_one() -> None:
    task = Classification(kind="multiclass", names=("y",), classes=("a", "b", "c"), shares=(0.3, 0.3, 0.4))
    shares = np.random.default_rng(0).dirichlet(np.ones(3), (2, 6))

    blended = at_place(task.declaration.blend)(list(shares), (0.5, 0.5))

    np.testing.assert_allclose(blended.sum(axis=1), 1)
