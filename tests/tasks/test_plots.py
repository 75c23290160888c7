"""Pictures of predictions show what they say."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.catalog import at_place
from automl.tasks.catalog import declarations, fit_task
from automl.tasks.plots import MOST_CLASSES, MOST_POINTS, confusion_matrix, predictions_against_truth
from automl.tasks.shown import Shown


def classes(count: int) -> Shown:
    truth = {"target": np.array([f"c{place:02d}" for place in range(count)] * 2, object)}
    task = fit_task("multiclass", truth, names=("y",), facts={})
    encoded = task.encode(truth)
    return Shown(
        task=task,
        encoded=encoded,
        truth=truth,
        predictions={"target": np.roll(encoded["target"], 1, axis=1)},
    )


def test_a_confusion_matrix_counts_what_was_taken_for_what() -> None:
    figure: Any = confusion_matrix(classes(3))

    assert list(figure.data[0].x) == ["c00", "c01", "c02"]
    assert figure.data[0].z.tolist() == [[0, 2, 0], [0, 0, 2], [2, 0, 0]]


def test_a_matrix_of_too_many_classes_is_not_drawn() -> None:
    assert confusion_matrix(classes(MOST_CLASSES + 1)) is None


def test_points_lie_at_truth_and_prediction_and_are_not_too_many() -> None:
    values = np.linspace(0, 1, 3 * MOST_POINTS).reshape(-1, 1)
    truth = {"target": values}
    task = fit_task("regression", truth, names=("y",), facts={})

    figure: Any = predictions_against_truth(
        Shown(task=task, encoded=task.encode(truth), truth=truth, predictions={"target": values + 1})
    )

    assert len(figure.data[0].x) == MOST_POINTS
    np.testing.assert_allclose(figure.data[0].y, np.array(figure.data[0].x) + 1)


def test_every_declared_plot_can_be_called() -> None:
    assert all(callable(at_place(place)) for task in declarations() for place in task.plots)
