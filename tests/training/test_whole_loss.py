"""Keras' own ``fit`` minimises a loss of all outputs, and what the model's layers add."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from automl.tasks.losses import MappingLoss
from automl.training.whole_loss import minimise

X = np.ones((8, 2), np.float32)


class Both(MappingLoss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.square(y_true["one"] - y_pred["left"] - y_pred["right"]), axis=-1)


@pytest.mark.parametrize(("strength", "value"), [(0.0, 9.0), (0.5, 11.0)])
def test_the_loss_sees_all_outputs_and_penalties_are_added(strength: float, value: float) -> None:
    inputs = keras.Input((2,), name="x")
    penalty = keras.regularizers.L1(strength) if strength else None
    layers = {
        name: keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", kernel_regularizer=penalty)
        for name in ("left", "right")
    }
    model = keras.Model({"x": inputs}, {name: layer(inputs) for name, layer in layers.items()})
    model.compile("sgd", run_eagerly=keras.backend.backend() == "tensorflow")
    minimise(model, Both())

    loss = model.train_on_batch({"x": X}, {"one": np.full((8, 1), 7, np.float32)})

    assert float(loss) == pytest.approx(value)
