"""Networks of one structure in one layer: each answers as by itself, in memory and from a file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from automl.data import raw_model
from automl.data.raw_model import RawModel, batch_size
from automl.models.layers.stacked import StackedModel, Unstacked
from automl.private_keras import names_from_the_start

NETWORKS, WIDTH = 3, 4
INPUTS = {
    "numbers": np.random.default_rng(0).normal(size=(7, 2)).astype("float32"),
    "tokens": np.random.default_rng(1).integers(0, 9, (7, 5)).astype("int32"),
}


def core(policy: str = "float32") -> keras.Model:
    """With a normalisation, a random layer, whole numbers and two outputs."""
    with names_from_the_start():
        numbers = keras.Input((2,), name="numbers")
        tokens = keras.Input((5,), dtype="int32", name="tokens")
        words = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(9, 3)(tokens))
        joined = keras.layers.Concatenate()([numbers, words])
        hidden = keras.layers.Dense(WIDTH, activation="relu", dtype=policy)(joined)
        hidden = keras.layers.Dropout(0.5, dtype=policy)(
            keras.layers.BatchNormalization(dtype=policy)(hidden)
        )
        outputs = {
            "target": keras.layers.Dense(1, dtype="float32")(hidden),
            "other": keras.layers.Dense(2, dtype="float32")(hidden),
        }
        return keras.Model({"numbers": numbers, "tokens": tokens}, outputs)


def drawn(model: keras.Model) -> list[np.ndarray]:
    random = np.random.default_rng(2)
    return [
        random.uniform(0.1, 1.0, (NETWORKS, *variable.shape)).astype(variable.dtype)
        for variable in model.variables
    ]


def each_by_itself(model: keras.Model, values: list[np.ndarray], name: str) -> np.ndarray:
    found = []
    for network in range(NETWORKS):
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value[network])
        found.append(model.predict(INPUTS, verbose=0)[name])
    return np.stack(found)


def joined(values: list[np.ndarray], policy: str = "float32") -> keras.Model:
    layer = StackedModel(core(policy), NETWORKS)
    layer.fill(values)
    inputs = {
        "numbers": keras.Input((2,), name="numbers"),
        "tokens": keras.Input((5,), dtype="int32", name="tokens"),
    }
    outputs = layer(inputs)
    return RawModel(inputs, {name: Unstacked(NETWORKS)(item) for name, item in outputs.items()})


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("name", ["target", "other"])
def test_each_network_answers_as_by_itself(name: str, policy: str) -> None:
    values = drawn(core())

    answers = np.stack(joined(values, policy).predict(INPUTS, verbose=0)[name])

    np.testing.assert_allclose(answers, each_by_itself(core(policy), values, name), atol=1e-5)


def test_a_file_holds_the_structure_once_and_all_weights(tmp_path: Path) -> None:
    values = drawn(core())
    model = joined(values)
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)

    assert loaded.count_params() == NETWORKS * core().count_params()
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        archive.extract("model.weights.h5", tmp_path)
    with h5py.File(tmp_path / "model.weights.h5") as file:
        saved: list[int] = []
        file.visititems(lambda name, item: saved.append(item.size) if hasattr(item, "size") else None)
    assert sum(saved) == loaded.count_params()
    for one, other in zip(
        loaded.predict(INPUTS, verbose=0)["target"], model.predict(INPUTS, verbose=0)["target"], strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_arrays_are_taken_as_where_a_model_runs_layer_by_layer() -> None:
    values = drawn(core())
    layer = StackedModel(core(), NETWORKS)
    layer.fill(values)

    answers = np.asarray(layer(INPUTS)["target"]).reshape(NETWORKS, 7, 1)

    np.testing.assert_allclose(answers, each_by_itself(core(), values, "target"), atol=1e-5)


def test_outputs_have_the_shapes_and_types_of_the_networks() -> None:
    model = joined(drawn(core()))

    assert [tuple(item.shape) for item in model.output["other"]] == [(None, 2)] * NETWORKS
    assert {item.dtype for item in model.output["other"]} == {"float32"}


def test_arrays_are_parted_as_arrays_and_keep_every_digit() -> None:
    wide = np.arange(6.0).reshape(6, 1) + 1e9 + 1e-6

    parted = Unstacked(2)(wide)

    assert all(isinstance(part, np.ndarray) for part in parted)
    np.testing.assert_array_equal(np.concatenate(parted), wide)


def test_wide_layers_of_the_networks_count_for_the_size_of_a_batch() -> None:
    given = keras.Input((1,), name="x")
    wide = keras.Model({"x": given}, {"y": keras.layers.Dense(1)(keras.layers.Dense(1 << 14)(given))})
    entry = keras.Input((1,), name="x")
    model = keras.Model({"x": entry}, StackedModel(wide, 2)({"x": entry}))

    assert batch_size(model) == batch_size(wide) == 256


def test_it_takes_arrays_and_tensors_of_a_model_that_runs_layer_by_layer() -> None:
    """On JAX a model of raw numbers does, and Keras refuses a mixture of both."""
    layer = StackedModel(core(), NETWORKS)
    layer.fill(drawn(core()))
    mixed = {"numbers": INPUTS["numbers"], "tokens": keras.ops.convert_to_tensor(INPUTS["tokens"])}

    found = raw_model._with_tensors(layer)(mixed)

    expected = layer({name: keras.ops.convert_to_tensor(values) for name, values in INPUTS.items()})
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6)


def test_it_parts_into_models_that_answer_as_it_does():
    stacked = StackedModel(core(), NETWORKS)
    stacked.fill(drawn(stacked.structure()))

    each = [network.predict(INPUTS, verbose=0)["target"] for network in stacked.parted()]

    together = keras.ops.convert_to_numpy(stacked(INPUTS)["target"])
    np.testing.assert_allclose(np.concatenate(each), together, atol=1e-6)
