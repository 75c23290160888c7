"""Regression: learned standardised, answered in the unit of the target, within its range."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.targets import named
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task
from automl.tasks.kinds.regression import RegressionOptions
from automl.tasks.task import Task


def regression(values: object = (10.0, 20.0, 30.0)) -> Task:
    targets = np.asarray(values, dtype=np.float64)
    targets = targets.reshape(len(targets), -1)
    names = tuple(f"y{column}" for column in range(targets.shape[1]))
    return fit_task("regression", named(targets), names=names, facts={})


def test_targets_are_standardised_by_the_training_part() -> None:
    encoded = regression().encode(named(np.array([[20.0], [30.0]])))["target"]

    np.testing.assert_allclose(encoded, [[0.0], [1.2247449]], rtol=1e-6)
    assert encoded.dtype == np.float32


def test_predictions_are_kept_within_the_range_of_training() -> None:
    values = regression().finish(named(np.array([[-50.0], [0.5], [50.0]])))

    np.testing.assert_allclose(values["target"], [[10.0], [24.0824829], [30.0]])


def test_scores_are_in_the_unit_of_the_target() -> None:
    task = regression()
    truth = task.encode(named(np.array([[10.0], [30.0]])))

    scores = score_at_once(task.scorer(), truth, named(np.array([[13.0], [30.0]])))

    assert scores["mae"] == pytest.approx(1.5, rel=1e-5)
    assert scores["rmse"] == pytest.approx(np.sqrt(4.5), rel=1e-5)


def test_mean_and_median_are_the_baselines() -> None:
    task = regression([0.0, 1.0, 8.0])
    train = task.encode(named(np.array([[0.0], [1.0], [8.0]])))

    rules = task.baselines(train, named(train["target"][:2]), {})

    np.testing.assert_allclose(rules["mean"]["target"], [[3.0]] * 2, atol=1e-5)
    np.testing.assert_allclose(rules["median"]["target"], [[1.0]] * 2, atol=1e-5)


def test_one_target_is_called_prediction_and_several_keep_their_names() -> None:
    assert list(regression().decode(named(np.zeros((2, 1))))) == ["prediction"]
    assert list(regression([[1.0, 5.0], [2.0, 3.0]]).decode(named(np.zeros((2, 2))))) == ["y0", "y1"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([5.0, 5.0, 5.0], "'y0' is constant"),
        ([[1.0, 7.0], [2.0, 7.0]], "'y1' is constant"),
        ([1.0, np.inf], "1 values are not finite"),
        ([1.0, 1e308], "too large to be squared"),
        ([1e-300, 3e-300, 2e-300], "values of at most 3e-300 are too small to be squared"),
        (1e9 + np.array([0.0, 1e-7, 0.0]), "is constant"),
    ],
)
def test_targets_that_cannot_be_learned_are_refused(values: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        regression(values)


@pytest.mark.parametrize("wrong", [np.array([[np.nan]]), np.zeros((2, 3))])
def test_targets_that_do_not_fit_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"not finite|Expected 1 targets"):
        regression().encode(named(wrong))


@pytest.mark.parametrize(("name", "expected"), [("mse", 4.0), ("mae", 2.0), ("huber", 1.5)])
def test_losses_by_name(name: str, expected: float) -> None:
    loss = regression().loss(RegressionOptions(loss=name))

    assert float(loss(named(np.zeros((3, 1))), named(np.full((3, 1), 2.0)))) == pytest.approx(expected)


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'mse'"):
        RegressionOptions(loss="mes")


def test_the_last_layer_comes_back_from_a_file(tmp_path: object) -> None:
    inputs = keras.Input((2,))
    model = keras.Model(inputs, regression([[1.0, 5.0], [2.0, 3.0]]).finish(named(inputs)))
    raw = np.array([[0.3, -9.0]], dtype=np.float32)

    model.save(f"{tmp_path}/model.keras")
    again = keras.models.load_model(f"{tmp_path}/model.keras")

    np.testing.assert_allclose(again.predict(raw, verbose=0)["target"], [[1.65, 3.0]], rtol=1e-6)
