"""Features of whole series by fixed kernels: thresholds, padding, sizes, saving."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from automl.data.modalities.series import SERIES
from automl.data.modality import ReadOptions
from automl.data.preprocessing.series_kernels import (
    MOST_COMPARISONS,
    MOST_FEATURES,
    MOST_VALUES,
    PLACES,
    KernelShares,
    plan,
)
from automl.data.source import open_source

RNG = np.random.default_rng(0)


def fitted(series: np.ndarray, thresholds: int = 2, seed: int = 0) -> KernelShares:
    layer = KernelShares([(1, thresholds), (2, 1)])
    layer.fit(series.astype(np.float32), np.random.default_rng(seed))
    return layer


def test_what_hardly_differs_is_not_blown_up() -> None:
    layer = fitted(RNG.normal(size=(6, 30, 1)))
    shares = np.full((10, layer.features), 0.5, np.float32)
    shares[:, 1] = np.linspace(0, 1, 10)

    layer.standardise(shares)

    assert np.asarray(layer.scale)[0] == pytest.approx(1e-3)
    assert np.asarray(layer.scale)[1] == pytest.approx(shares[:, 1].std())
    assert np.asarray(layer.mean)[:2] == pytest.approx([0.5, 0.5])


def features(layer: KernelShares, series: np.ndarray) -> np.ndarray:
    return np.asarray(layer(series.astype(np.float32)))


def test_features_are_shares_of_steps_above_a_threshold() -> None:
    series = RNG.normal(size=(6, 30, 1))
    layer = fitted(series, thresholds=1)
    kernel = np.full(9, -1.0)
    kernel[list(PLACES[5])] = 2.0
    padded = np.pad(series[0, :, 0], 4)
    response = np.array([padded[step : step + 9] @ kernel for step in range(30)])

    share = (response > float(np.asarray(layer.thresholds)[5, 0])).mean()

    assert features(layer, series)[0, 5] == pytest.approx(share, abs=1e-6)


def test_features_of_the_training_part_are_standardised() -> None:
    dataset = SERIES.read(open_source((RNG.normal(size=(40, 50, 2)), np.arange(40) % 2)), ReadOptions())

    values = SERIES.fit(dataset, np.arange(30), 0).transform(dataset.examples, np.arange(30))["kernels"]

    assert values.mean(axis=0) == pytest.approx(np.zeros(values.shape[1]), abs=1e-3)
    assert (values.std(axis=0) <= 1 + 1e-3).all()
    assert (values.std(axis=0) > 0.9).mean() > 0.9


def test_a_series_alone_has_the_features_that_it_has_among_others() -> None:
    series = RNG.normal(size=(6, 30, 2))
    layer = fitted(series)

    assert features(layer, series[:1])[0] == pytest.approx(features(layer, series)[0], abs=1e-5)


def test_padding_has_no_share() -> None:
    short = RNG.normal(size=(8, 20, 3))
    padded = np.concatenate([short, np.full((8, 12, 3), np.nan)], axis=1)

    layer = fitted(padded)

    for row in (0, 5):
        assert features(layer, padded)[row] == pytest.approx(features(layer, short)[row], abs=1e-5)


def test_one_dimension_that_is_missing_counts_as_its_mean() -> None:
    series = RNG.normal(size=(8, 20, 2))
    without, zero = series.copy(), series.copy()
    without[0, :, 1], zero[0, :, 1] = np.nan, 0.0
    layer = fitted(series)

    assert features(layer, without)[0] == pytest.approx(features(layer, zero)[0], abs=1e-5)


@pytest.mark.parametrize("steps", [1, 2, 9, 700])
def test_series_of_any_length_give_finite_features(steps: int) -> None:
    series = RNG.normal(size=(12, steps, 1))
    series[0] = np.nan

    assert np.isfinite(features(fitted(series), series)).all()


def test_the_same_seed_chooses_the_same() -> None:
    series = RNG.normal(size=(9, 25, 4))

    assert (
        features(fitted(series, seed=3), series).tolist()
        == features(fitted(series, seed=3), series).tolist()
    )
    assert (
        features(fitted(series, seed=3), series).tolist()
        != features(fitted(series, seed=4), series).tolist()
    )


@pytest.mark.parametrize(
    ("series", "steps"), [(10, 1), (50, 150), (270, 29), (50_000, 100), (400, 30_000), (2_000_000, 10)]
)
def test_features_are_as_many_as_time_and_memory_allow(series: int, steps: int) -> None:
    dilations = plan(series, steps)
    count = len(PLACES) * sum(item.thresholds for item in dilations)

    least = len(PLACES) * len(dilations)
    assert count <= max(least, MOST_FEATURES)
    assert series * count <= max(series * least, MOST_VALUES)
    assert series * steps * count <= max(series * steps * least, MOST_COMPARISONS)
    assert all(8 * item.step <= max(steps - 1, 8) for item in dilations)
    assert count > 9_000 or series * steps > 1_000_000


def test_a_saved_preprocessing_gives_the_same_features(tmp_path: Path) -> None:
    labels = np.array(list("ab") * 10)
    dataset = SERIES.read(open_source((RNG.normal(5.0, 3.0, size=(20, 16, 2)), labels)), ReadOptions())
    preprocessing = SERIES.fit(dataset, np.arange(20), 0)
    given = preprocessing.transform(dataset.examples)

    preprocessing.model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)

    assert [spec.kind for spec in preprocessing.inputs] == ["sequence", "kernels"]
    assert given["kernels"].shape == (20, *preprocessing.inputs[1].shape)
    answer = np.asarray(again.predict(dict(dataset.examples.inputs), verbose=0)["kernels"])
    assert answer == pytest.approx(given["kernels"], abs=1e-4)
