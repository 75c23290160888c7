"""Collinear numbers: told from others, and turned into the directions that they vary in."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from automl.data.collinear import LEAST_COLUMNS, MOST, are_collinear, directions_of
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import open_source


def spectra(rows: int = 200, columns: int = 40, hidden: int = 3, seed: int = 0) -> np.ndarray:
    """Each row a mixture of a few smooth curves, the last of which is small."""
    random = np.random.default_rng(seed)
    curves = np.stack([np.cos(np.linspace(0, 1 + 2 * item, columns)) for item in range(hidden)])
    shares = random.normal(size=(rows, hidden)) * 0.1 ** np.arange(hidden)
    return 3.0 + shares @ curves


def read(values: np.ndarray) -> Dataset:
    frame = pd.DataFrame(values, columns=[f"x{column}" for column in range(values.shape[1])])
    return TABULAR.read(open_source(frame.assign(y=values[:, 0] * 2)), ReadOptions(target=("y",)))


def test_directions_are_uncorrelated_and_of_one_size() -> None:
    values = spectra()
    found = directions_of(values)
    assert found is not None

    given = (values - found.centres) * found.factors @ found.weights

    assert found.weights.shape == (40, 3)
    np.testing.assert_allclose(np.cov(given, rowvar=False), np.eye(3), atol=1e-3)


def test_a_small_direction_can_be_read_off() -> None:
    values = spectra(hidden=3)
    smallest = np.random.default_rng(0).normal(size=(200, 3))[:, 2]
    found = directions_of(values)
    assert found is not None

    given = (values - found.centres) * found.factors @ found.weights

    fitted = given @ np.linalg.lstsq(given, smallest - smallest.mean(), rcond=None)[0]
    assert np.corrcoef(fitted, smallest)[0, 1] > 0.99


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=(200, 40)),
        spectra(columns=LEAST_COLUMNS - 1),
        spectra(rows=10),
        np.where(np.arange(40) == 5, np.nan, spectra()),
        np.full((200, 40), 7.0),
    ],
    ids=["independent", "few columns", "few rows", "missing", "constant"],
)
def test_other_columns_are_left_alone(values: np.ndarray) -> None:
    assert directions_of(values) is None


def test_there_are_no_more_directions_than_rows_bear() -> None:
    noisy = spectra(rows=100) + 1e-3 * np.random.default_rng(1).normal(size=(100, 40))
    many = spectra(rows=2000) + 1e-3 * np.random.default_rng(1).normal(size=(2000, 40))

    few, most = directions_of(noisy), directions_of(many)

    assert few is not None
    assert most is not None
    assert few.weights.shape[1] == 100 // 8
    assert most.weights.shape[1] == MOST


def test_values_far_from_zero_or_huge_do_no_harm() -> None:
    assert directions_of(spectra() + 1e9) is not None
    assert are_collinear({"a": np.full(50, 1e300)}, ["a"] * 20) is False


def test_a_table_gives_them_beside_the_columns_and_promises_it(tmp_path: Path) -> None:
    values = spectra()
    dataset = read(values)
    preprocessing = TABULAR.fit(dataset, np.arange(150), seed=0)

    tensors = preprocessing.transform(dataset.examples)

    assert "components" in {item.kind for item in TABULAR.promises(dataset)}
    assert tensors["components"].shape == (200, 3)
    np.testing.assert_allclose(tensors["components"][:150].std(axis=0), 0.9, atol=0.15)
    preprocessing.model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    kept, made = (each.get_layer("table__components").directions for each in (again, preprocessing.model))
    np.testing.assert_allclose(kept, made)


def test_missing_numbers_of_later_rows_count_as_the_mean() -> None:
    dataset = read(spectra())
    preprocessing = TABULAR.fit(dataset, np.arange(200), seed=0)
    rows = {name: np.full(2, np.nan) for name in dataset.examples.inputs}

    given = preprocessing.transform(type(dataset.examples)(inputs=rows))["components"]

    np.testing.assert_allclose(given, 0.0, atol=1e-6)


def test_an_ordinary_table_promises_none() -> None:
    dataset = read(np.random.default_rng(0).normal(size=(100, 20)))

    assert "components" not in {item.kind for item in TABULAR.promises(dataset)}
    fitted = TABULAR.fit(dataset, np.arange(100), seed=0)
    assert "components" not in {spec.kind for spec in fitted.inputs}
