"""Models of raw texts and dates, on a backend that can hold these and on one that cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from automl.core.targets import named
from automl.data import raw_model
from automl.data.modalities.tabular import TABULAR
from automl.data.modalities.text import TEXT
from automl.data.modality import Dataset, ReadOptions
from automl.data.preprocessing.tabular_layers import RobustScale
from automl.data.raw_model import RawModel, batch_size, predict, predict_batch
from automl.data.source import open_source
from automl.tasks.blending import weighted_mean
from automl.tasks.catalog import fit_task
from automl.tasks.layers import TargetRange

DAYS = ["1899-12-31 23:00:00", "2024-02-29 12:30:00", "", "2100-03-01 00:00:00"]
ROWS = 40


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A model as loaded from its file, raw examples and what it must say of them."""

    model: keras.Model
    inputs: Mapping[str, np.ndarray]
    ranks: np.ndarray
    truth: np.ndarray


@pytest.fixture
def dataset() -> Dataset:
    frame = pd.DataFrame(
        {
            "town": [("Bonn", "Ulm", "")[row % 3] for row in range(ROWS)],
            "day": [DAYS[row % 4] for row in range(ROWS)],
            "y": [("no", "yes")[row % 2] for row in range(ROWS)],
        }
    )
    return TABULAR.read(open_source(frame), ReadOptions(target=("y",)))


def test_words_and_dates_become_codes(dataset: Dataset) -> None:
    tensors = TABULAR.fit(dataset, np.arange(ROWS), 0).transform(dataset.examples)

    months, weekdays, hours, towns = tensors["categorical"].T
    assert months[:4].tolist() == [12, 2, 0, 3]
    assert weekdays[:4].tolist() == [7, 4, 0, 1]
    assert hours[:4].tolist() == [24, 13, 0, 1]
    assert towns[0] == towns[3] != towns[1]
    assert towns[2] == 0


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A model of a number and a target at 1e9, saved and loaded again."""
    numbers = 1e9 + np.random.default_rng(0).integers(0, 80, ROWS) / 8
    frame = pd.DataFrame({"x": numbers, "y": numbers[::-1]})
    dataset = TABULAR.read(open_source(frame), ReadOptions(target=("y",)))
    preprocessing = TABULAR.fit(dataset, np.arange(ROWS), 0)
    task = fit_task("regression", dataset.examples.targets or {}, names=("y",), facts={})
    model = preprocessing.model
    dense = keras.layers.Dense(1, kernel_initializer="ones")
    outputs = {**task.finish(named(dense(model.output["ranks"]))), "ranks": model.output["ranks"]}
    path = tmp_path_factory.mktemp("exported") / "model.keras"
    RawModel(model.input, outputs).save(path)
    ranks = preprocessing.transform(dataset.examples)["ranks"]
    return Exported(
        model=keras.models.load_model(path),
        inputs=dataset.examples.inputs,
        ranks=ranks,
        truth=task.finish(named(ranks))["target"],
    )


@pytest.mark.parametrize("how", [predict, lambda model, *rest: model.predict(*rest, verbose=0)])
def test_a_saved_model_keeps_the_digits_of_large_numbers(exported: Exported, how: Any) -> None:
    values = how(exported.model, exported.inputs, 16)

    assert (values["target"].dtype, values["ranks"].dtype) == (np.float64, np.float32)
    np.testing.assert_allclose(values["target"], exported.truth, rtol=0, atol=1e-5 * exported.truth.std())
    np.testing.assert_allclose(values["ranks"], exported.ranks, atol=1e-6)


def test_the_last_batch_may_be_a_short_one(dataset: Dataset) -> None:
    model = TABULAR.fit(dataset, np.arange(ROWS), 0).model
    inputs = {name: array[:7] for name, array in dataset.examples.inputs.items()}

    whole, portions = predict_batch(model, inputs), predict(model, inputs, batch_size=3)

    for name, tensor in whole.items():
        np.testing.assert_array_equal(portions[name], tensor)


def test_texts_become_ids_of_words() -> None:
    texts = np.array(["red green red", "green blue", "red", "blue blue green"], dtype=object)
    labels = np.array(["yes", "no"] * 2)
    dataset = TEXT.read(open_source((texts, labels)), ReadOptions())
    preprocessing = TEXT.fit(dataset, np.arange(4), 0)

    tokens = predict(preprocessing.model, {"text": texts}, batch_size=3)["tokens"]

    assert tokens[0, 0] == tokens[0, 2] == tokens[2, 0]
    assert tokens[0, 1] == tokens[1, 0] == tokens[3, 2]
    assert tokens[2, 1:].tolist() == [0] * (tokens.shape[1] - 1)


def test_layer_by_layer_a_nested_model_takes_numbers_and_words_together(monkeypatch) -> None:
    parts = {
        "number": keras.Input((1,), name="number"),
        "word": keras.Input((1,), name="word", dtype="int32"),
    }
    core = keras.Model(parts, parts["number"] + keras.ops.cast(parts["word"], "float32"))
    raw = {name: keras.Input((1,), name=name, dtype="float64") for name in parts}
    tensor = keras.layers.Rescaling(1.0, dtype="float32")(raw["word"])
    model = keras.Model(raw, core({"number": RobustScale([1e9], [1.0], [])(raw["number"]), "word": tensor}))
    monkeypatch.setattr(raw_model, "_runs_by_layer", lambda model: True)

    outputs = raw_model._run(model, {"number": np.full((2, 1), 1e9), "word": np.ones((2, 1))})

    assert outputs == pytest.approx(np.ones((2, 1)))


def test_on_a_backend_without_float64_a_mean_of_wide_predictions_keeps_its_digits(monkeypatch) -> None:
    values = np.array([[0.25], [-1.5]], np.float32)
    given = keras.Input((1,), name="x")
    decodings = [_offset_by(1e9, f"decoding_{number}") for number in range(2)]
    scaled = [keras.layers.Rescaling(scale)(given) for scale in (1.0, 3.0)]
    decoded = [decoding(part) for decoding, part in zip(decodings, scaled, strict=True)]
    model = RawModel({"x": given}, weighted_mean(decoded, (0.25, 0.75)))
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    means = predict_batch(model, {"x": values})

    assert isinstance(means, np.ndarray)
    np.testing.assert_array_equal(means, 1e9 + 2.5 * values.astype(np.float64))


def test_on_such_a_backend_wide_predictions_stand_beside_others(monkeypatch) -> None:
    values = np.array([[0.25], [-1.5]], np.float32)
    given = keras.Input((1,), name="x")
    outputs = {"price": _offset_by(1e9, "decoding")(given), "sold": keras.layers.Rescaling(2.0)(given)}
    model = RawModel({"x": given}, outputs)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    predicted = predict_batch(model, {"x": values})

    np.testing.assert_array_equal(predicted["price"], 1e9 + values.astype(np.float64))
    np.testing.assert_array_equal(predicted["sold"], 2 * values)


def _offset_by(offset: float, name: str) -> keras.Model:
    standardised = keras.Input((1,))
    return keras.Model(standardised, TargetRange([offset], [1], [0], [2e9])(standardised), name=name)


def test_networks_of_large_maps_predict_fewer_pictures_at_once():
    sizes = []
    for side in (64, 256, 2048):
        image = keras.Input((side, side, 1))
        sizes.append(batch_size(keras.Model(image, keras.layers.Conv2D(32, 1)(image))))

    assert sizes == [256, 16, 1]
