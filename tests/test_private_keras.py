"""What ``private_keras`` relies on: each test fails when a version of Keras or TensorFlow changes it."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from automl import private_keras
from automl.private_keras import (
    all_layers,
    forget_on_tensorflow,
    frontier,
    in_abstract,
    loss_arguments,
    made_from,
    names_from_the_start,
    noise_shape,
    place_of,
    read_on_tensorflow,
    run_through_graph,
    spare_tensorflow,
    take_arrays,
    write_on_tensorflow,
)

on_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow alone")


@pytest.mark.parametrize("package", list(private_keras.CHECKED_ON))
def test_the_versions_are_those_that_were_checked(package: str) -> None:
    """After an upgrade, run this file, read the functions again, and change ``CHECKED_ON``."""
    assert version(package).startswith(private_keras.CHECKED_ON[package] + ".")


def test_a_model_without_values_is_called_with_those_it_is_given() -> None:
    def build() -> keras.Model:
        given = keras.Input((3,))
        return keras.Model(given, layers.Dropout(0.5)(layers.Dense(2)(given)))

    model = in_abstract(build)
    kernel, bias = np.ones((3, 2), "float32"), np.array([1.0, 2.0], "float32")
    seeds = [variable.value for variable in model.non_trainable_variables]

    answer, _ = model.stateless_call([kernel, bias], seeds, np.ones((1, 3), "float32"), training=False)

    assert np.asarray(answer).tolist() == [[4.0, 5.0]]
    assert [tuple(variable.shape) for variable in model.weights] == [(3, 2), (2,)]


def test_all_layers_are_found_inside_others_too_and_each_once() -> None:
    shared = layers.Dense(3)
    inputs = keras.Input((6, 2))
    inner = keras.Sequential([layers.Bidirectional(layers.LSTM(3)), shared])
    other = shared(layers.Flatten()(layers.Dense(1)(inputs)))
    model = keras.Model(inputs, layers.Add()([inner(inputs), other]))

    found = all_layers(model)

    assert found.count(shared) == 1
    assert model not in found
    kinds = [type(layer).__name__ for layer in found]
    assert {"Sequential", "Bidirectional", "LSTM", "LSTMCell", "Flatten", "Add"} <= set(kinds)
    assert kinds == [type(layer).__name__ for layer in all_layers(model)]


def test_a_layer_that_takes_arrays_is_given_them_as_they_are() -> None:
    seen: list[Any] = []

    class Reader(layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            seen.append(inputs)
            return inputs

    plain, reader = Reader(), Reader()
    take_arrays(reader)
    plain(np.zeros((2, 1)))
    reader(np.zeros((2, 1)))

    assert not isinstance(seen[0], np.ndarray)
    assert isinstance(seen[1], np.ndarray)
    assert seen[1].dtype == np.float64


def test_a_graph_runs_with_other_calls_in_the_place_of_its_layers() -> None:
    inputs = {"one": keras.Input((2,), name="one"), "two": keras.Input((2,), name="two")}
    model = keras.Model(inputs, layers.Rescaling(3.0)(layers.Add()([inputs["one"], inputs["two"]])))
    called: list[str] = []

    def in_numpy(operation: Any) -> Any:
        called.append(type(operation).__name__)
        return sum if isinstance(operation, layers.Add) else lambda values: 3 * values

    values = {"one": np.float64([[1, 2]]), "two": np.float64([[0.1, 0.2]])}
    outputs = run_through_graph(model, values, in_numpy)

    assert called == ["Add", "Rescaling"]
    np.testing.assert_array_equal(outputs, 3 * (values["one"] + values["two"]))
    assert outputs.dtype == np.float64


def test_a_tensor_knows_what_it_is_made_from() -> None:
    one, two = keras.Input((2,)), keras.Input((2,))
    total = layers.Add()([one, two])

    assert [id(item) for item in made_from(total)] == [id(one), id(two)]
    assert [id(item) for item in made_from(keras.ops.exp(total))] == [id(total)]
    assert made_from(one) == []


def test_a_tensor_knows_its_place_among_the_outputs_of_an_operation() -> None:
    whole = keras.Input((4,))
    parts = keras.ops.split(whole, 2, axis=1)

    places = [place_of(part) for part in parts]
    assert [place[2] for place in places] == [0, 1]
    assert places[0][0] is places[1][0]
    assert isinstance(place_of(keras.layers.Dense(1)(whole))[0], layers.Dense)


def test_a_plain_loss_computes_with_the_arguments_that_are_found() -> None:
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.2)
    targets, outputs = np.float32([[1, 0]]), np.float32([[0.9, 0.1]])
    before = float(loss(targets, outputs))

    arguments = loss_arguments(loss)
    assert arguments is not None
    assert arguments["label_smoothing"] == 0.2
    arguments["label_smoothing"] = 0.0

    assert float(loss(targets, outputs)) == pytest.approx(-np.log(0.9), rel=1e-5)
    assert before != pytest.approx(-np.log(0.9), rel=1e-3)


def test_other_losses_have_no_such_arguments() -> None:
    class Own(keras.losses.Loss):  # type: ignore[misc]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return y_pred

    assert loss_arguments(Own()) is None


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (layers.Dropout(0.5), (4, 3), None),
        (layers.Dropout(0.5, noise_shape=(None, 1)), (4, 3), (None, 1)),
        (layers.SpatialDropout1D(0.5), (4, 6, 3), (4, 1, 3)),
        (layers.SpatialDropout2D(0.5, data_format="channels_last"), (4, 6, 5, 3), (4, 1, 1, 3)),
    ],
)
def test_dropout_tells_in_which_shape_it_draws(layer: Any, shape: tuple[int, ...], expected: Any) -> None:
    found = noise_shape(layer, keras.ops.zeros(shape))

    assert found == expected


@on_tensorflow
def test_variables_are_read_and_written_by_the_bare_operations() -> None:
    wide = keras.Variable(np.arange(3.0), dtype="float32")
    half = keras.Variable(np.zeros((2, 2)), dtype="float16")

    write_on_tensorflow([wide, half], [np.float32([4, 5, 6]), np.ones((2, 2), np.float16)])

    np.testing.assert_array_equal(keras.ops.convert_to_numpy(wide), [4, 5, 6])
    first, second = read_on_tensorflow([wide, half])
    np.testing.assert_array_equal(first, [4, 5, 6])
    assert (second.dtype, second.sum()) == (np.float16, 4)


@on_tensorflow
def test_gradient_functions_of_traces_are_dropped_and_traces_still_work() -> None:
    import tensorflow as tf
    from tensorflow.python.framework import ops

    @tf.custom_gradient
    def doubled(value: Any) -> Any:
        return 2 * value, lambda above: 2 * above

    @tf.function
    def slope(value: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(value)
            result = doubled(value)
        return tape.gradient(result, value)

    assert float(slope(tf.constant(1.0))) == 2
    assert any(name.startswith("CustomGradient-") for name in ops.gradient_registry.list())

    forget_on_tensorflow(kernels=True)

    assert not any(name.startswith("CustomGradient-") for name in ops.gradient_registry.list())
    assert float(slope(tf.constant(3.0))) == 2


def build() -> set[str]:
    """The names that Keras gives the layers of a small model."""
    inputs = keras.Input((2,), name="inputs")
    outputs = keras.layers.Dense(1)(keras.layers.Dense(2)(inputs))
    return {layer.name for layer in keras.Model(inputs, outputs).layers} - {"inputs"}


def test_models_built_within_are_named_alike() -> None:
    built = []
    for _ in range(2):
        with names_from_the_start():
            built.append(build())

    assert built == [{"dense", "dense_1"}] * 2


def test_outside_names_go_on_as_if_nothing_had_been_built() -> None:
    before = build()
    with names_from_the_start():
        build()

    assert not build() & before


def test_after_an_error_names_go_on_too() -> None:
    before = build()
    with pytest.raises(TypeError, match="units"), names_from_the_start():
        keras.layers.Dense()

    assert not build() & before


def test_models_are_written_down_without_tensorflow(monkeypatch) -> None:
    from keras.src.saving import serialization_lib

    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    expected = keras.saving.serialize_keras_object(model)
    monkeypatch.setattr(serialization_lib, "tf", serialization_lib.tf)

    spare_tensorflow()

    assert keras.saving.serialize_keras_object(model) == expected
    assert serialization_lib.tf.available == ("tensorflow" in sys.modules)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    assert keras.saving.serialize_keras_object(model) == expected
    assert "tensorflow" not in sys.modules


def test_the_last_bytes_of_texts_of_any_length() -> None:
    texts = np.array(["", "ab", "größer"], object)

    found, count = (np.asarray(item) for item in private_keras.last_bytes(texts, 4))

    assert count.tolist() == [0, 2, 4]
    assert found.tolist() == [[0, 0, 0, 0], [97, 98, 0, 0], list("größer".encode()[-4:])]


def test_the_frontier_is_what_is_met_first() -> None:
    first = keras.Input((2,))
    middle = keras.layers.Dense(3, name="middle")(first)
    end = keras.layers.Add()([keras.layers.Dense(3)(middle), middle])

    assert frontier([end], lambda tensor: tensor is middle) == [middle]
    assert frontier([end], lambda tensor: False) == [first]
    assert made_from(middle) == [first]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((3, 3), (3, 1)),
        ((1, 3, 3), (1, 3, 1)),
        ((3, 3, 1), (3, 1, 1)),
        ((3, 1), (3,)),
        ((2, 3), (3,)),
        ((2, 3), (1, 3)),
        ((3,), (3, 1)),
        ((2, 3), ()),
    ],
)
def test_arrays_are_added_as_numpy_does(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    draw = np.random.default_rng(0)
    one, other = (np.asarray(draw.normal(size=shape), np.float32) for shape in (first, second))
    inputs = [keras.Input(batch_shape=item.shape or (1,)) for item in (one, other)]
    model = keras.Model(inputs, inputs[0] + inputs[1])

    assert np.allclose(keras.ops.add(one, other), one + other)
    assert np.allclose(model([one, other if second else other[None]]), one + other)
    assert keras.ops.add(np.int32(1), 2.5) == 3.5
