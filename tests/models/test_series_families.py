"""Series families: shapes, channels by themselves, padding without influence, saving, learning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.tensors import TensorSpec
from automl.spaces.loading import load_space
from automl.testing.networks import network
from automl.testing.tensors import numbers, series

NAMES = ["series/linear", "series/cnn", "series/rnn", "series/transformer"]
RNG = np.random.default_rng(0)
FORECAST = series(24, 3, targets=2)
WHOLE = series(20, 3, masked=True)
POOLINGS = {"series/cnn": ("average", "max"), "series/rnn": ("average", "last")}
SMALL = {"width": 8, "units": 8, "depth": 1, "patch": 4, "heads": 2}


def backbone(name: str, spec: TensorSpec, **options: Any) -> keras.Model:
    """A family's network by itself, small."""
    keras.utils.set_random_seed(0)
    return network(name, [spec], **{**SMALL, **options})


def answer(model: keras.Model, values: np.ndarray) -> np.ndarray:
    return np.asarray(model({"sequence": values.astype(np.float32)}, training=False))


@pytest.mark.parametrize("name", NAMES)
def test_a_forecast_has_features_for_each_target(name: str) -> None:
    model = backbone(name, FORECAST)
    assert answer(model, RNG.normal(size=(5, 24, 3))).shape[:2] == (5, 2)


@pytest.mark.parametrize("name", NAMES)
def test_targets_are_read_by_themselves_by_default(name: str) -> None:
    model, values = backbone(name, FORECAST), RNG.normal(size=(4, 24, 3))
    changed = values.copy()
    changed[:, :, 1:] += 1
    before, after = answer(model, values), answer(model, changed)
    assert after[:, 0] == pytest.approx(before[:, 0], abs=1e-5)
    assert np.abs(after[:, 1] - before[:, 1]).max() > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_channels_can_be_read_together(name: str) -> None:
    model = backbone(name, FORECAST, channels="mixed", channel_independent=False)
    assert len(answer(model, RNG.normal(size=(4, 24, 3))).shape) == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_share_of_the_window_leaves_out_its_start(name: str) -> None:
    model, values = backbone(name, FORECAST, lookback_share=0.5), RNG.normal(size=(4, 24, 3))
    changed = values.copy()
    changed[:, :12] += 1
    assert answer(model, changed) == pytest.approx(answer(model, values), abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("extra", [{}, {"pooling": "max"}, {"bidirectional": False, "pooling": "last"}])
def test_padding_has_no_influence(name: str, extra: dict[str, Any]) -> None:
    if extra.get("pooling", "average") not in POOLINGS.get(name, ("average",)):
        pytest.skip("the family has no such option")
    short = series(12, 3, masked=True)
    values = RNG.normal(size=(4, 12, 3))
    padded = np.concatenate([values, np.full((4, 8, 3), np.nan)], axis=1)
    longer = backbone(name, WHOLE, normalisation="none", **extra)
    assert np.isfinite(answer(longer, padded)).all()
    if name in ("series/rnn", "series/cnn"):
        exact = backbone(name, short, normalisation="none", **extra)
        exact.set_weights(longer.get_weights())
        assert answer(longer, padded) == pytest.approx(answer(exact, values), abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_series_of_padding_alone_gives_finite_features(name: str) -> None:
    assert np.isfinite(answer(backbone(name, WHOLE), np.full((2, 20, 3), np.nan))).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [1, 3])
def test_very_short_series_fit_through_every_family(name: str, length: int) -> None:
    whole = series(length, 1, masked=True)
    ahead = series(length, 1, targets=1)
    for spec in (whole, ahead):
        assert np.isfinite(answer(backbone(name, spec), RNG.normal(size=(2, length, 1)))).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spec", [FORECAST, WHOLE])
def test_a_saved_network_loads_in_safe_mode_and_answers_the_same(
    name: str, spec: TensorSpec, tmp_path: Path
) -> None:
    model, values = backbone(name, spec, decomposition=True), RNG.normal(size=(3, *spec.shape))
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert answer(again, values) == pytest.approx(answer(model, values), abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("task", ["forecasting", "multiclass", "regression"])
def test_every_parameter_of_the_space_has_a_default_and_the_portfolio_is_whole(
    name: str, task: str
) -> None:
    space = load_space(name, task)
    assert space.starts()
    assert ("instance_norm" in space.starts()[0]) == (task == "forecasting")


def test_individual_maps_are_one_dense_layer_for_each_channel() -> None:
    model = backbone("series/linear", FORECAST, channels="individual")
    values = RNG.normal(size=(2, 24, 3))
    features = answer(model, values)
    assert features.shape == (2, 2, 48)
    assert features[:, 1, 24:] == pytest.approx(values[:, :, 1], abs=1e-6)
    assert np.all(features[:, 1, :24] == 0)


def test_trend_and_rest_add_up_to_the_series() -> None:
    model = backbone("series/linear", FORECAST, decomposition=True, trend_window=5)
    values = RNG.normal(size=(2, 24, 3))
    trend, rest = np.split(answer(model, values), 2, axis=-1)
    assert trend + rest == pytest.approx(values[:, :, :2].transpose(0, 2, 1), abs=1e-5)
    assert trend[0, 0, 10] == pytest.approx(values[0, 8:13, 0].mean(), abs=1e-5)


def test_features_by_kernels_reach_the_head_at_unit_length() -> None:
    model = network("series/rocket", [numbers("kernels", 400)])
    values = RNG.normal(size=(3, 400)).astype(np.float32)

    features = np.asarray(model({"kernels": values}))

    assert features == pytest.approx(values / 20, abs=1e-6)
    assert not model.trainable_variables


@pytest.mark.parametrize("task", ["binary", "multilabel", "regression"])
def test_the_space_of_the_kernels_serves_tasks_of_whole_series(task: str) -> None:
    space = load_space("series/rocket", task)

    assert space.starts()
    assert "label_smoothing" in load_space("series/rocket", "multiclass").default()
