"""Gradients of scores with respect to their inputs, on the backend that runs."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from automl.core.errors import ConfigError
from automl.training.gradients import gradients_of

X = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


def test_values_and_slopes_of_each_example():
    values, (slope, none) = gradients_of(lambda t, _: t[0][:, 0] * t[0][:, 1])([X, X])

    np.testing.assert_allclose(values, [2.0, 12.0])
    np.testing.assert_allclose(slope, X[:, ::-1])
    assert not none.any()


def test_through_a_model_and_its_embeddings():
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")

    _, (slope,) = gradients_of(lambda t, _: ops.squeeze(layer(t[0]), -1))([X])

    np.testing.assert_allclose(slope, np.ones_like(X))


def test_what_stays_and_weights_may_change_from_call_to_call():
    weight = keras.Variable([2.0, 5.0])

    run = gradients_of(lambda t, still: (t[0] * weight.value)[:, 0] * still[0], [weight])
    _, (before,) = run([X], [np.array([1.0, 10.0], np.float32)])
    weight.assign([3.0, 5.0])
    _, (after,) = run([X], [np.array([7.0, 1.0], np.float32)])

    np.testing.assert_allclose(before, [[2.0, 0.0], [20.0, 0.0]])
    np.testing.assert_allclose(after, [[21.0, 0.0], [3.0, 0.0]])


def test_a_backend_without_gradients_is_named(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")

    with pytest.raises(ConfigError, match="tensorflow or jax, and Keras runs on 'torch'"):
        gradients_of(lambda t, _: t[0][:, 0])
