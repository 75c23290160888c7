"""Training rows weighed so that group and class are independent (Kamiran and Calders, 2012).

A row counts P(group) P(class) / P(group, class): what is rarer in a group than in all rows counts more.
Weights travel in the targets: a one-hot target times its weight.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.targets import TARGET

LEAST = 1e-7
"""Weight of a row at least, by which its target is divided: rows that only fill a batch have none."""


def row_weights(groups: np.ndarray, encoded: np.ndarray) -> np.ndarray:
    """Return the weight of each row ``(n,)`` float32, 1 on average.

    Args:
        groups: of each row ``(n,)`` str.
        encoded: one-hot classes ``(n, k)``.
    """
    codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    classes = np.asarray(encoded).argmax(axis=1)
    counts = np.zeros((codes.max() + 1, encoded.shape[1]))
    np.add.at(counts, (codes, classes), 1)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
    return np.asarray((expected / np.maximum(counts, 1))[codes, classes], np.float32)


@keras.saving.register_keras_serializable(package="automl")
class ReweighedLoss(keras.losses.Loss):  # type: ignore[misc]
    """A loss of classes whose targets carry the weight of their row: their sum.

    Args:
        loss: of targets that sum to 1, by example.
    """

    def __init__(self, loss: keras.losses.Loss, **kwargs: Any) -> None:
        super().__init__(**{"name": "reweighed", **kwargs})
        # in a mapping, as losses that join others keep them: numbers in it are then found as dials
        self.losses = {TARGET: loss}

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return the loss of each row ``(n,)`` from targets and logits ``(n, k)``."""
        # fused kernels are wrong about the gradient at targets that do not sum to 1
        weight = ops.sum(y_true, axis=-1)
        plain = y_true / ops.maximum(weight, LEAST)[:, None]
        return weight * self.losses[TARGET].call(plain, y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "loss": keras.saving.serialize_keras_object(self.losses[TARGET])}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ReweighedLoss:
        """Make the loss again from what ``get_config`` gave."""
        return cls(**{**config, "loss": keras.saving.deserialize_keras_object(config["loss"])})
