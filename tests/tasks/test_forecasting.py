"""The forecasting task: encoding, instance normalisation, metrics, baselines."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.targets import named
from automl.core.tensors import Bound, Inputs
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task, restore_task
from automl.tasks.kinds.forecasting import Forecasting, ForecastOptions
from automl.testing.tensors import series

FACTS = {"mean": [10.0, -5.0], "std": [2.0, 4.0], "naive_mae": [1.0, 0.5], "season": 3, "horizon": 4}
SPEC = series(6, 3, targets=2)
WINDOWS = np.random.default_rng(0).normal(size=(5, 6, 3)).astype(np.float32)


@pytest.fixture
def task() -> Forecasting:
    fitted = fit_task("forecasting", named(np.zeros((5, 4, 2))), names=("a", "b"), facts=FACTS)
    assert isinstance(fitted, Forecasting)
    return fitted


def model(task: Forecasting, options: ForecastOptions, *, channels: bool) -> keras.Model:
    """A model whose head predicts 0 before instance normalisation is undone."""
    entry = keras.Input((6, 3), name="sequence")
    inputs, context = task.connect(Inputs(bound=(Bound(tensor=entry, spec=SPEC),)), options)
    values = inputs.one("sequence").tensor
    flat = keras.layers.Flatten()(values)
    features = keras.layers.Permute((2, 1))(values[:, :, :2]) if channels else flat
    return keras.Model({"sequence": entry}, task.head(features, context, options))


def test_encoding_standardises_and_predictions_undo_it(task: Forecasting) -> None:
    raw = np.array([[[12.0, -5.0]] * 4])
    encoded = task.encode(named(raw))
    assert encoded["target"].dtype == np.float32
    assert encoded["target"][0, 0].tolist() == [1.0, 0.0]
    assert task.finish(encoded)["target"] == pytest.approx(raw)


def test_arrays_are_finished_as_the_exported_model_finishes_them(task: Forecasting) -> None:
    entry = keras.Input((4, 2))
    outputs = np.random.default_rng(1).normal(size=(3, 4, 2)).astype(np.float32)
    finished = keras.Model(entry, task.finish(named(entry))).predict(outputs, verbose=0)
    assert finished["target"] == pytest.approx(task.finish(named(outputs))["target"], abs=1e-5)


def test_targets_of_another_horizon_are_refused(task: Forecasting) -> None:
    with pytest.raises(DataError, match=r"\(4, 2\), got \(7, 2\)"):
        task.encode(named(np.zeros((1, 7, 2))))


def test_a_described_task_comes_back_from_json(task: Forecasting) -> None:
    assert restore_task(json.loads(json.dumps(task.describe()))) == task


@pytest.mark.parametrize("channels", [True, False])
@pytest.mark.parametrize(
    ("norm", "level"),
    [
        ("none", np.zeros((5, 2))),
        ("last", WINDOWS[:, -1, :2]),
        ("standard", WINDOWS[:, :, :2].mean(axis=1)),
    ],
)
def test_an_untrained_head_forecasts_the_level(
    task: Forecasting, norm: str, level: np.ndarray, channels: bool
) -> None:
    network = model(task, ForecastOptions(instance_norm=norm), channels=channels)
    outputs = network.predict({"sequence": WINDOWS}, verbose=0)["target"]
    assert outputs.shape == (5, 4, 2)
    assert outputs == pytest.approx(np.repeat(level[:, None], 4, axis=1), abs=1e-5)


def test_standard_normalisation_makes_forecasts_follow_shift_and_scale(task: Forecasting) -> None:
    network = model(task, ForecastOptions(instance_norm="standard"), channels=True)
    network.get_layer("head").kernel.assign(np.random.default_rng(2).normal(size=(6, 4)))
    plain = network.predict({"sequence": WINDOWS}, verbose=0)["target"]
    moved = network.predict({"sequence": WINDOWS * 3 + 7}, verbose=0)["target"]
    assert moved == pytest.approx(plain * 3 + 7, rel=1e-2, abs=1e-2)


@pytest.mark.parametrize("norm", ["none", "last", "standard"])
def test_models_are_saved_and_loaded_in_safe_mode(task: Forecasting, norm: str, tmp_path: Path) -> None:
    network = model(task, ForecastOptions(instance_norm=norm), channels=True)
    network.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert again.predict({"sequence": WINDOWS}, verbose=0)["target"] == pytest.approx(
        network.predict({"sequence": WINDOWS}, verbose=0)["target"]
    )


def test_metrics_by_hand(task: Forecasting) -> None:
    truth = np.full((1, 4, 2), [10.0, -5.0])
    scores = score_at_once(task.scorer(), task.encode(named(truth)), named(truth + np.array([2.0, -4.0])))
    assert scores["mse"] == pytest.approx((4 + 16) / 2)
    assert scores["mae"] == pytest.approx(3)
    assert scores["rmse"] == pytest.approx(10**0.5)
    assert scores["mse_scaled"] == pytest.approx(1)
    assert scores["mae_scaled"] == pytest.approx(1)
    assert scores["mase"] == pytest.approx((2 / 1 + 4 / 0.5) / 2)
    assert scores["smape"] == pytest.approx(100 * (2 * 2 / 22 + 2 * 4 / 14) / 2)
    assert set(scores) == {metric.name for metric in task.declaration.metrics}


def test_series_that_stood_still_have_no_mase() -> None:
    task = fit_task(
        "forecasting", named(np.zeros((1, 4, 2))), names=("a", "b"), facts=FACTS | {"naive_mae": [0, 0]}
    )
    assert np.isnan(
        score_at_once(task.scorer(), named(np.zeros((1, 4, 2))), named(np.zeros((1, 4, 2))))["mase"]
    )


def test_baselines_repeat_the_last_value_and_the_last_season(task: Forecasting) -> None:
    series = np.arange(6.0)[None, :, None] * np.ones((1, 1, 3))
    rules = task.baselines({}, {}, {"series": series})
    assert rules["naive"]["target"][0, :, 0].tolist() == [5, 5, 5, 5]
    assert rules["seasonal_naive"]["target"][0, :, 1].tolist() == [3, 4, 5, 3]


def test_without_a_whole_season_in_the_window_there_is_no_seasonal_baseline(task: Forecasting) -> None:
    assert list(task.baselines({}, {}, {"series": np.zeros((1, 2, 3))})) == ["naive"]


def test_decoding_lists_the_steps_of_each_window(task: Forecasting) -> None:
    columns = task.decode(named(np.arange(16.0).reshape(2, 4, 2)))
    assert list(columns) == ["step", "a", "b"]
    assert columns["step"].tolist() == [1, 2, 3, 4] * 2
    assert columns["a"].tolist() == [0, 2, 4, 6, 8, 10, 12, 14]


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_losses_are_zero_where_forecasts_are_right(task: Forecasting, loss: str) -> None:
    values = named(np.ones((2, 4, 2), np.float32))
    assert float(task.loss(ForecastOptions(loss=loss))(values, values)) == 0


def test_unknown_options_are_refused(task: Forecasting) -> None:
    with pytest.raises(ConfigError, match="instance_norm none, last or standard"):
        model(task, ForecastOptions(instance_norm="first"), channels=True)
    with pytest.raises(ConfigError, match="loss mse, mae or huber"):
        task.loss(ForecastOptions(loss="mape"))


def windows(count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Windows of two series that repeat every three steps, the second of a hundredth of the size."""
    steps = np.arange(count + 10)
    noise = np.random.default_rng(2).normal(size=(count + 10, 2)) * 0.05
    series = (np.stack([steps % 3, (steps + 1) % 3], axis=1) - 1.0 + noise) * [1.0, 0.01]
    inputs = np.stack([series[at : at + 6] for at in range(count)])
    targets = np.stack([series[at + 6 : at + 10] for at in range(count)])
    return np.concatenate([inputs, inputs[:, :, :1]], axis=2).astype(np.float32), targets.astype(np.float32)


@pytest.mark.parametrize("channels", [True, False])
@pytest.mark.parametrize("norm", ["none", "last", "standard"])
@pytest.mark.parametrize("unit", ["target", "window"])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_head_begins_at_the_ridge_solution(
    task: Forecasting, channels: bool, norm: str, unit: str, share: float
) -> None:
    options = ForecastOptions(instance_norm=norm, error_unit=unit, ridge=1e-4, season_share=share)  # type: ignore[arg-type]
    network, (inputs, targets) = model(task, options, channels=channels), windows()

    assert task.fit_head(network, {"sequence": inputs}, named(targets), options)

    error = network.predict({"sequence": inputs}, verbose=0)["target"] - targets
    assert np.sqrt((error**2).mean(axis=(0, 1))) == pytest.approx([0.0, 0.0], abs=0.15)
    assert np.sqrt((error[:, :, 1] ** 2).mean()) < 0.15 * (
        0.01 if unit == "window" or norm != "none" else 1.0
    )


def test_a_head_begins_at_zero_unless_asked(task: Forecasting) -> None:
    options = ForecastOptions()
    network, (inputs, targets) = model(task, options, channels=True), windows(20)

    assert not task.fit_head(network, {"sequence": inputs}, named(targets), options)
    assert not np.any(network.get_layer("head").get_weights()[0])


def test_errors_in_the_unit_of_the_window_do_not_depend_on_its_size(task: Forecasting) -> None:
    options = ForecastOptions(error_unit="window")
    network, (inputs, targets) = model(task, options, channels=True), windows(10)
    loss = task.loss(options)

    def measured(size: float) -> float:
        outputs = network({"sequence": inputs * size})
        return float(loss(named(keras.ops.convert_to_tensor(targets * size)), outputs))

    assert measured(1.0) == pytest.approx(measured(0.1), rel=1e-2)
    again = type(loss).from_config(loss.get_config())
    outputs = network({"sequence": inputs})
    assert float(again(named(keras.ops.convert_to_tensor(targets)), outputs)) == pytest.approx(
        measured(1.0)
    )


def test_a_window_that_stands_still_counts_in_the_unit_of_the_target(task: Forecasting) -> None:
    network = model(task, ForecastOptions(error_unit="window"), channels=True)

    outputs = network.predict({"sequence": np.ones((2, 6, 3), np.float32)}, verbose=0)

    assert outputs["unit"].tolist() == [[[1.0, 1.0]]] * 2


def test_an_unknown_unit_of_errors_is_refused() -> None:
    with pytest.raises(ConfigError, match="error_unit target or window"):
        ForecastOptions(error_unit="metre")  # type: ignore[arg-type]


def test_each_of_several_series_is_scored_by_its_own_scale() -> None:
    scales = {"small": [[0.1], [0.01]], "large": [[100.0], [10.0]]}
    facts = {"mean": [0.0], "std": [70.0], "naive_mae": [5.0], "season": 2, "horizon": 3, "scales": scales}
    task = fit_task("forecasting", named(np.zeros((2, 3, 1))), names=("y",), facts=facts)
    truth = task.encode(named(np.zeros((4, 3, 1))))
    off = named(np.array([0.01, 10.0, 0.01, 10.0])[:, None, None] * np.ones((4, 3, 1)))
    groups = np.array(["small", "large"] * 2, object)

    own = score_at_once(task.scorer(), truth, off, groups)

    assert own["mase"] == pytest.approx(1.0)
    assert own["mae_scaled"] == pytest.approx(0.1)
    assert own["mse_scaled"] == pytest.approx(0.01)
    assert own["mae"] == pytest.approx(5.005)
    assert score_at_once(task.scorer(), truth, off)["mase"] == pytest.approx(5.005 / 5)
    assert restore_task(json.loads(json.dumps(task.describe()))) == task


def test_a_series_that_training_did_not_have_is_scored_by_the_scale_of_all() -> None:
    facts = {**FACTS, "scales": {"known": [[1.0, 1.0], [1.0, 1.0]]}}
    task = fit_task("forecasting", named(np.zeros((5, 4, 2))), names=("a", "b"), facts=facts)
    truth, off = task.encode(named(np.zeros((2, 4, 2)))), named(np.ones((2, 4, 2)))

    new = score_at_once(task.scorer(), truth, off, np.array(["new", "new"], object))

    assert new == score_at_once(task.scorer(), truth, off)


def test_ridge_regression_is_a_baseline(task: Forecasting) -> None:
    inputs, targets = windows(200)

    rules = task.learned_baselines({"sequence": inputs}, named(targets), {"sequence": inputs[:20]})

    truth = task.finish(named(targets[:20]))["target"]
    assert list(rules) == ["ridge"]
    assert np.sqrt(((rules["ridge"]["target"] - truth) ** 2).mean()) < 0.1 * truth.std()
