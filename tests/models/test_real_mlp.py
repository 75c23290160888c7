"""Layers of RealMLP: what they compute, how fast their weights move, and that they run vectorised."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.tensors import Ranks, TensorSpec
from automl.models.layers.feature_encoding import HOT, SpreadColumns
from automl.models.layers.numeric_embeddings import (
    BinEmbedding,
    PeriodicEmbedding,
    PiecewiseLinearEmbedding,
)
from automl.models.layers.real_mlp import NeuralTangentDense, ParametricActivation, ScaledInputs, mish
from automl.testing.networks import network


def array(value: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(value))


def moved(layer: keras.layers.Layer, before: np.ndarray, name: str) -> float:
    """How far an output moves when each weight of a name goes a step of 0.01."""
    first = array(layer(before))
    for weight in layer.weights:
        if weight.name == name:
            weight.assign_add(np.full(weight.shape, 0.01, "float32"))
    return float(np.abs(array(layer(before)) - first).max())


def test_inputs_begin_with_scale_one_and_move_six_times_as_fast() -> None:
    layer, ones = ScaledInputs(factor=6.0), np.ones((1, 3), "float32")

    np.testing.assert_allclose(array(layer(ones)), ones, rtol=1e-6)
    assert moved(layer, ones, "scale") == pytest.approx(0.06, rel=1e-3)


def test_outputs_of_a_dense_layer_have_one_size_whatever_the_inputs() -> None:
    random = np.random.default_rng(0)

    for inputs in (4, 400):
        outputs = array(
            NeuralTangentDense(500, factor=0.1)(random.normal(size=(50, inputs)).astype("float32"))
        )
        # weights and offsets of variance 1 each
        assert outputs.std() == pytest.approx(2**0.5, rel=0.2)


def test_offsets_move_slowly() -> None:
    assert moved(NeuralTangentDense(2, factor=0.1), np.ones((1, 3), "float32"), "bias") == pytest.approx(
        0.001, rel=1e-2
    )


@pytest.mark.parametrize("kind", ["mish", "selu"])
def test_an_activation_begins_as_its_curve_and_may_become_the_identity(kind: str) -> None:
    layer, points = ParametricActivation(kind), np.linspace(-4, 4, 9, dtype="float32")[None]

    curve = getattr(keras.activations, kind)(points)
    np.testing.assert_allclose(array(layer(points)), array(curve), atol=1e-6)
    layer.share.assign(np.zeros(9))
    np.testing.assert_allclose(array(layer(points)), points)


def test_mish_is_finite_far_out() -> None:
    far = np.array([-1e4, -30.0, 30.0, 1e4], "float32")

    np.testing.assert_allclose(array(mish(far)), [0.0, 0.0, 30.0, 1e4], atol=1e-6)


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"Unknown activation 'mishh'\. Did you mean 'mish'"):
        ParametricActivation("mishh")


def test_bins_are_those_of_piecewise_linear_encoding() -> None:
    random = np.random.default_rng(0)
    ranks, steps = random.uniform(0, 1, (50, 1)).astype("float32"), random.normal(size=(1, 4, 3))
    bins, known = BinEmbedding([4], 3), PiecewiseLinearEmbedding(4, 3)
    for layer, inputs in ((bins, [ranks, ranks]), (known, ranks)):
        layer(inputs)
        layer.set_weights([np.zeros((1, 3)), np.zeros((1, 3)), steps])

    np.testing.assert_allclose(array(bins([ranks, ranks])), array(known(ranks)), atol=1e-5)


def test_a_column_of_few_values_has_a_bin_between_each_two() -> None:
    layer, ranks = BinEmbedding([2, 4], 1), np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]], "float32")
    layer([ranks, ranks])
    layer.set_weights([np.zeros((2, 1)), np.zeros((2, 1)), np.arange(1.0, 9.0).reshape(2, 4, 1)])

    embedded = array(layer([ranks, ranks]))[:, :, 0]

    np.testing.assert_allclose(embedded, [[0, 0], [1, 5 + 6], [1 + 2, 5 + 6 + 7 + 8]], atol=1e-5)


def test_bins_of_a_network_follow_the_steps_of_the_ranks() -> None:
    ranks = TensorSpec(name="ranks", kind="ranks", shape=(3,), facts=Ranks(steps=(1, 7, 128)))

    made = network("tabular/realmlp", [ranks], bins=16)

    (layer,) = [item for item in made.layers if isinstance(item, BinEmbedding)]
    assert layer.bins == [1, 7, 16]


def test_a_slow_embedding_begins_alike_and_moves_slowly() -> None:
    numbers = np.random.default_rng(0).normal(size=(400, 1)).astype("float32")
    keras.utils.set_random_seed(0)
    fast, slow = PeriodicEmbedding(64, 4, 0.5), PeriodicEmbedding(64, 4, 0.5, factor=0.1)

    sizes = [array(layer(numbers))[..., 1:].std() for layer in (fast, slow)]

    assert sizes[1] == pytest.approx(sizes[0], rel=0.3)
    assert moved(slow, numbers, "bias") == pytest.approx(0.001, rel=1e-2)


def test_two_values_are_signs_and_missing_ones_zeros() -> None:
    codes = np.array([[1, 1], [2, 3], [0, 0]], "int32")

    spread = array(SpreadColumns((3, 4), (0, 1))(codes))

    np.testing.assert_allclose(spread, [[-1, HOT, 0, 0], [1, 0, 0, HOT], [0, 0, 0, 0]], atol=1e-6)
