"""Regression on logarithms: learned as such, scored and answered in the unit of the target."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import named
from automl.tasks.catalog import fit_task, restore_task
from automl.tasks.kinds.regression import LOG, LogarithmLoss, RegressionOptions
from automl.tasks.task import Task

VALUES = np.array([[1.0], [10.0], [100.0], [1000.0]])
OPTIONS = RegressionOptions(target_curve="log")


def regression(values: np.ndarray = VALUES) -> Task:
    names = tuple(f"y{column}" for column in range(values.shape[1]))
    return fit_task("regression", named(values), names=names, facts={})


def outputs(task: Task) -> dict[str, keras.KerasTensor]:
    return task.head(keras.Input((3,)), None, OPTIONS)


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
def test_what_the_loss_wants_is_what_comes_back(unit: float) -> None:
    task = regression(VALUES * unit)
    standardised = (np.log(VALUES) - np.log(VALUES).mean()) / np.log(VALUES).std()
    wanted = {LOG: standardised.astype("float32")}

    loss = task.loss(OPTIONS)(task.encode(named(VALUES * unit)), wanted)

    assert float(loss) == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(task.finish(wanted)["target"], VALUES * unit, rtol=1e-5)


def test_raw_outputs_are_known_by_their_name() -> None:
    assert set(outputs(regression())) == {LOG}


def test_predictions_are_kept_within_the_range_of_training() -> None:
    values = regression().finish({LOG: np.array([[-1e3], [1e3]], "float32")})["target"]

    np.testing.assert_allclose(values, [[1.0], [1000.0]])


def test_the_exported_layers_answer_as_arrays_do(tmp_path: Path) -> None:
    task, logs = regression(), np.array([[-0.5], [0.0], [1.2], [9.0]], "float32")
    given = keras.Input((1,))
    keras.Model(given, task.finish({LOG: given})["target"]).save(tmp_path / "model.keras")

    model = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)

    answers = keras.ops.convert_to_numpy(model(logs))
    np.testing.assert_allclose(answers, task.finish({LOG: logs})["target"], rtol=1e-5)


def test_a_restored_task_knows_its_logarithms() -> None:
    task, logs = regression(), {LOG: np.zeros((1, 1), "float32")}

    again = restore_task(task.describe())

    np.testing.assert_allclose(again.finish(logs)["target"], task.finish(logs)["target"])


def test_tiny_targets_beside_large_ones_do_not_spoil_the_loss() -> None:
    values = np.array([[1e-12], [1.0], [2.0], [1e3]])
    task = regression(values)

    loss = task.loss(OPTIONS)(task.encode(named(values)), {LOG: np.zeros((4, 1), "float32")})

    assert np.isfinite(float(loss))


def test_a_loss_comes_back_from_its_description() -> None:
    task = regression()
    loss = task.loss(RegressionOptions(target_curve="log", loss="huber"))
    truth, answers = task.encode(named(VALUES)), {LOG: np.ones((4, 1), "float32")}

    again = LogarithmLoss.from_config(loss.get_config())

    assert float(again(truth, answers)) == pytest.approx(float(loss(truth, answers)))


def test_targets_that_have_no_logarithm_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"needs targets above 0, the smallest are \{'y0': 0.0\}"):
        outputs(regression(np.array([[0.0], [1.0], [9.0]])))


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Unknown target_curve 'logg'\. Did you mean 'log'"):
        RegressionOptions(target_curve="logg")
