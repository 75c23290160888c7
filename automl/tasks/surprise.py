"""The end of a model that says how unusual a row is, and its loss.

n  rows, c  cells of a row
"""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss


@keras.saving.register_keras_serializable(package="automl")
class TotalSurprise(keras.layers.Layer):  # type: ignore[misc]
    """The sum over the cells of a row."""

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Map ``(n, c)`` to ``(n, 1)``."""
        return ops.sum(inputs, axis=-1, keepdims=True)


@keras.saving.register_keras_serializable(package="automl")
class MeanSurprise(MappingLoss):
    """The surprise of rows, those that are known to be anomalies left out: nothing is learned from them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"name": "mean_surprise", **kwargs})

    def call(self, y_true: Any, y_pred: Any) -> KerasTensor:
        """Return the loss of each row ``(n,)`` from what is known and surprise, both ``(n, 1)``."""
        nats = y_pred[TARGET][:, 0]
        # what is unknown is NaN, which is not larger than anything
        return ops.where(y_true[TARGET][:, 0] > 0.5, ops.zeros_like(nats), nats)
