"""Training of plain arrays in few calls: what comes of it is what ``Model.fit`` gives."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from automl.training.quick_fit import hears_batches, is_quick, quick_fit, quicker

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow alone")

X = np.random.default_rng(0).random((21, 3))
Y = (X.sum(axis=1) > 1.5).astype("int64")


def model_of(kind=keras.Model, **options):
    keras.utils.set_random_seed(3)
    inputs = keras.Input((3,))
    hidden = keras.layers.Dropout(0.2, seed=1)(keras.layers.Dense(4, activation="relu")(inputs))
    model = kind(inputs, keras.layers.Dense(2, activation="softmax")(hidden))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


class Told(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append((epoch, sorted(logs), type(logs["loss"]).__name__))

    def on_test_end(self, logs=None):
        self.calls.append(sorted(logs))


@pytest.mark.parametrize(
    "options",
    [
        {"validation_data": (X[:6], Y[:6]), "validation_batch_size": 4},
        {"validation_split": 0.4, "initial_epoch": 1},
    ],
    ids=["validation part", "validation share"],
)
def test_history_weights_and_callbacks_are_those_of_fit(options):
    found = []
    for train in (keras.Model.fit, quick_fit):
        model, told = model_of(), Told()
        history = train(
            model, X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0, callbacks=told, **options
        )
        found.append((history, told.calls, model.get_weights()))
    (theirs, heard, weights), (ours, also_heard, same) = found

    assert ours.epoch == theirs.epoch
    assert list(ours.history) == list(theirs.history)
    for name, values in theirs.history.items():
        assert ours.history[name] == pytest.approx(values, abs=1e-6), name
    assert also_heard == heard
    assert all(np.allclose(one, other, atol=1e-6) for one, other in zip(same, weights, strict=True))


def test_a_model_that_does_not_know_its_input_is_built_and_callbacks_end_it(capsys):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    images = (255 * X.reshape(21, 3, 1)).astype("uint8")
    stopping = keras.callbacks.EarlyStopping("loss", patience=1)
    history = quick_fit(model, images, Y, epochs=9, shuffle=False, callbacks=[stopping])

    assert len(history.epoch) == 2
    assert model.built
    assert model.get_build_config()["input_shape"][1:] == (3, 1)
    assert "Epoch 2/9" in capsys.readouterr().out


def test_states_of_recurrent_layers_are_made_as_fit_makes_them():
    series, found = np.arange(24, dtype="float32").reshape(4, 3, 2), []
    for train in (keras.Model.fit, quick_fit):
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.layers.SimpleRNN(2, stateful=True), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        train(model, series, series[:, 0, :1], batch_size=4, epochs=2, shuffle=False, verbose=0)
        found.append([*model.get_weights(), *(state.numpy() for state in model.layers[0].states)])

    assert all(np.allclose(one, other, atol=1e-6) for one, other in zip(*found, strict=True))


class Joined(keras.Model):
    """Makes its layers' variables when it is called."""

    def __init__(self):
        super().__init__()
        self.first, self.last = keras.layers.Dense(3), keras.layers.Dense(1)

    def call(self, inputs):
        return self.last(self.first(inputs["a"]) + inputs["b"])


def test_a_model_of_ones_own_gets_its_variables_as_fit_gives_them():
    found = []
    for train in (keras.Model.fit, quick_fit):
        keras.utils.set_random_seed(3)
        model = Joined()
        model.compile("adam", "mse", metrics=["mae"])
        data = {"a": X, "b": X[:, ::-1].copy()}
        history = train(model, data, X[:, :1], batch_size=8, epochs=2, shuffle=False, verbose=0)
        found.append([*model.get_weights(), *history.history["mae"]])

    assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(*found, strict=True))


def penalised():
    return keras.Sequential([keras.layers.Dense(3, kernel_regularizer="l2"), keras.layers.Dense(1)])


def in_halves():
    half = keras.DTypePolicy("mixed_float16")
    return keras.Sequential([keras.layers.Dense(3, dtype=half), keras.layers.Dense(1, dtype=half)])


def branching(truth, found):
    """A loss with a branch within a branch."""
    square, plain = keras.ops.square(truth - found), keras.ops.abs(truth - found)

    def inner():
        return keras.ops.cond(keras.ops.mean(truth) > 0.3, lambda: square, lambda: plain)

    return keras.ops.cond(keras.ops.mean(found) > 0, inner, lambda: plain)


@pytest.mark.parametrize(
    ("kind", "loss", "optimizer"),
    [
        (penalised, "mse", "adam"),
        (penalised, branching, "adam"),
        (in_halves, "mse", lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())),
    ],
    ids=["penalties", "branches", "loss scaling"],
)
def test_losses_and_optimizers_of_all_kinds_do_what_they_do_in_fit(kind, loss, optimizer):
    found = []
    for train in (keras.Model.fit, quick_fit):
        keras.utils.set_random_seed(3)
        model = kind()
        model.compile(optimizer() if callable(optimizer) else optimizer, loss)
        history = train(model, X, X[:, :1].copy(), batch_size=8, epochs=2, shuffle=False, verbose=0)
        found.append([*model.get_weights(), *history.history["loss"]])

    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(*found, strict=True))


@pytest.mark.parametrize("asked", [False, True])
def test_what_tensorflow_optimizes_is_what_it_was(asked):
    import tensorflow as tf

    during = []

    class Look(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            during.append(tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"])

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": asked})
    try:
        quick_fit(model_of(), X, Y, epochs=2, verbose=0, callbacks=[Look()])
        found = tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"]
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})

    assert [*during, found] == [asked] * 3


def test_rows_are_shuffled_anew_and_a_seed_says_how():
    losses = []
    for seed in (1, 1, 2):
        model = model_of()
        keras.utils.set_random_seed(seed)
        losses.append(quick_fit(model, X, Y, batch_size=4, verbose=0).history["loss"][0])

    assert losses[0] == losses[1] != losses[2]


class Own(keras.Model):
    def train_step(self, data):
        return super().train_step(data)


class Batchwise(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        """Hear of it."""


@pytest.mark.parametrize(
    ("compiled", "kind", "options"),
    [
        ({}, keras.Model, {"class_weight": {0: 1.0, 1: 2.0}}),
        ({}, keras.Model, {"validation_freq": 2}),
        ({}, keras.Model, {"y": pd.Series(Y)}),
        ({}, keras.Model, {"callbacks": [Batchwise()]}),
        ({}, keras.Model, {"validation_data": (X, Y, np.ones(21))}),
        ({}, keras.Model, {"wrong": 1}),
        ({"run_eagerly": True}, keras.Model, {}),
        ({"steps_per_execution": 2}, keras.Model, {}),
        ({}, Own, {}),
    ],
)
def test_what_is_not_plain_is_left_to_fit(compiled, kind, options):
    model = model_of(kind, **compiled)

    assert not is_quick(model, X, **{"y": Y, **options})
    assert is_quick(model_of(), X, Y)


def test_a_model_whose_fit_is_its_own_keeps_it():
    class Mine(keras.Model):
        def fit(self, *args, **options):
            return args, options

    model = Mine()
    with quicker(model):
        assert model.fit(1, epochs=2) == ((1,), {"epochs": 2})
        assert "fit" in vars(model)
    assert "fit" not in vars(model)


def test_callbacks_hear_of_batches_where_they_say_so():
    quiet = keras.callbacks.LambdaCallback(on_epoch_end=print)
    loud = keras.callbacks.LambdaCallback(on_train_batch_begin=print)

    assert [hears_batches(item) for item in (quiet, loud, Batchwise(), Told())] == [
        False,
        True,
        True,
        False,
    ]
