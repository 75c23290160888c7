"""Families of tables: they connect to what a table gives, learn, and are saved and loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.tensors import TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.layers.feature_encoding import EmbeddedColumns, OneHotColumns
from automl.models.layers.numeric_embeddings import PeriodicEmbedding, PiecewiseLinearEmbedding
from automl.spaces.parsing import parse_space
from automl.testing.networks import backbone, network
from automl.testing.tensors import codes, numbers

NAMES = [name for name in FAMILIES if name.startswith("tabular/") and "vector" in FAMILIES[name].gives]
SPECS = {
    "numeric": numbers("numeric", 3),
    "ranks": numbers("ranks", 2),
    "categorical": codes(3, 40, 5),
}


def arrays(specs: Mapping[str, TensorSpec], rows: int = 256) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    made: dict[str, np.ndarray] = {}
    for name, spec in specs.items():
        if name == "categorical":
            made[name] = np.stack([random.integers(0, size, rows) for size in spec.facts.sizes], 1).astype(
                "int32"
            )
        else:
            made[name] = random.uniform(0, 1, (rows, *spec.shape)).astype("float32")
    return made


def model(name: str, specs: Mapping[str, TensorSpec], **options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs, features = backbone(name, specs.values(), options)
    return keras.Model(inputs.by_name(), keras.layers.Dense(1)(features))


@pytest.mark.parametrize("kept", [("numeric", "ranks"), ("categorical",), tuple(SPECS)])
@pytest.mark.parametrize("name", NAMES)
def test_each_family_copes_with_absent_inputs(name: str, kept: tuple[str, ...]) -> None:
    specs = {key: SPECS[key] for key in kept}
    outputs = model(name, specs)(arrays(specs, rows=5))
    assert outputs.shape == (5, 1)
    assert bool(keras.ops.all(keras.ops.isfinite(outputs)))


@pytest.mark.parametrize("name", NAMES)
def test_each_family_gives_one_vector_per_row(name: str) -> None:
    assert FAMILIES[name].gives == ("vector",)
    assert len(network(name, SPECS.values()).output.shape) == 2


@pytest.mark.parametrize("name", NAMES)
def test_each_family_learns_a_sum_of_columns(name: str) -> None:
    shallow = {"depth": 1} if hasattr(FAMILIES[name].options(), "depth") else {}
    learner, inputs = model(name, SPECS, **shallow), arrays(SPECS)
    targets = inputs["ranks"].sum(1) + inputs["numeric"][:, 0] + (inputs["categorical"][:, 0] == 1)
    learner.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)
    for _ in range(60):
        learner.train_on_batch(inputs, targets)
    assert np.square(np.ravel(learner(inputs)) - targets).mean() < 0.3 * targets.var()


@pytest.mark.parametrize("name", NAMES)
def test_each_family_is_saved_and_loaded(name: str, tmp_path: Path) -> None:
    made, inputs = model(name, SPECS), arrays(SPECS, rows=7)
    made.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        made.predict(inputs, verbose=0), loaded.predict(inputs, verbose=0), atol=1e-6
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_defaults_of_the_options_are_those_of_the_search_space(name: str) -> None:
    space = parse_space(
        files("automl.search_spaces").joinpath(f"{name}.yaml").read_text(), source=name, name=name
    )
    told = {parameter.name: parameter.default for parameter in space.parameters}
    for option in fields(FAMILIES[name].options):
        assert told[option.name] == option.default, option.name


@pytest.mark.parametrize("embedding", ["none", "ple", "periodic"])
@pytest.mark.parametrize("name", ["tabular/linear", "tabular/mlp", "tabular/residual_mlp"])
def test_each_numeric_embedding_can_be_chosen(name: str, embedding: str) -> None:
    assert model(name, SPECS, numeric_embedding=embedding)(arrays(SPECS, rows=2)).shape == (2, 1)


@pytest.mark.parametrize("activation", ["relu", "selu", "gelu", "mish", "silu", "elu", "tanh"])
@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
def test_each_activation_and_normalisation_can_be_chosen(activation: str, normalisation: str) -> None:
    made = model("tabular/mlp", SPECS, activation=activation, normalisation=normalisation, depth=1)
    assert made(arrays(SPECS, rows=2)).shape == (2, 1)


@pytest.mark.parametrize(
    ("option", "value"), [("activation", "rellu"), ("normalisation", "bach"), ("numeric_embedding", "plee")]
)
def test_an_unknown_choice_is_refused_with_the_nearest(option: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"Unknown {option} '{value}'\. Did you mean"):
        model("tabular/mlp", SPECS, **{option: value})


def test_piecewise_linear_embedding_starts_linear() -> None:
    points = np.linspace(0, 1, 11, dtype="float32")[:, None]
    embedded = keras.ops.convert_to_numpy(PiecewiseLinearEmbedding(4, 3)(points))
    np.testing.assert_allclose(np.diff(embedded, n=2, axis=0), 0.0, atol=1e-6)


def test_piecewise_linear_embedding_fills_its_bins_in_turn() -> None:
    layer = PiecewiseLinearEmbedding(2, 1)
    layer.build((None, 1))
    layer.set_weights([np.zeros((1, 1)), np.zeros((1, 1)), np.array([[[1.0], [10.0]]])])
    embedded = layer(np.array([[0.0], [0.25], [0.5], [0.75], [1.0]], "float32"))
    np.testing.assert_allclose(np.ravel(embedded), [0.0, 0.5, 1.0, 6.0, 11.0], atol=1e-6)


def test_periodic_embedding_keeps_the_number_first() -> None:
    numbers = np.array([[0.5, -2.0]], "float32")
    embedded = keras.ops.convert_to_numpy(PeriodicEmbedding(4, 3, 1.0)(numbers))
    assert embedded.shape == (1, 2, 3)
    np.testing.assert_allclose(embedded[0, :, 0], numbers[0])


def test_small_columns_are_one_hot_and_large_ones_embedded() -> None:
    codes = np.array([[2, 39, 0]], "int32")
    hot = keras.ops.convert_to_numpy(OneHotColumns((3, 40, 5), (0, 2))(codes))
    assert hot.tolist() == [[0, 0, 1, 1, 0, 0, 0, 0]]
    layer = EmbeddedColumns((3, 40, 5), (1, 2), 4)
    vectors = keras.ops.convert_to_numpy(layer(codes))
    table = keras.ops.convert_to_numpy(layer.table)
    np.testing.assert_array_equal(vectors[0], table[[39, 40]])
