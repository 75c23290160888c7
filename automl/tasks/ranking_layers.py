"""What stands at the end of a model that ranks items, and the loss that it learns by.

n  users, I  items, L  places for what a user has dealt with; items are numbered from 1, 0 is none
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss

GIVEN = "given"
"""Name of the raw output that hands on which items were given."""

OWN_LOSS = "own_loss"
"""Name of the raw output with the loss of each user, where a family computes it, such as on a sample."""

LEAST_SHARE = 1e-30
"""Of an item that was given, so that its share is below 0 whatever the model thinks of it."""


@keras.saving.register_keras_serializable(package="automl")
class Temperature(keras.layers.Layer):  # type: ignore[misc]
    """Multiply scores ``(n, I)`` by one learned positive number: how sure they are."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create its logarithm."""
        self.sharpness = self.add_weight(name="sharpness", shape=(1,), initializer="zeros")

    def call(self, scores: KerasTensor) -> KerasTensor:
        """Multiply."""
        return scores * ops.exp(self.sharpness)


@keras.saving.register_keras_serializable(package="automl")
class SignedShares(keras.layers.Layer):  # type: ignore[misc]
    """From scores and numbers of given items to shares of all items that sum to 1, below 0 for those given.

    So one array tells how likely an item is and whether a user has dealt with it. Arrays are computed with
    in NumPy, as each epoch is scored so.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "autocast": False, **kwargs})

    @staticmethod
    def of(scores: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return what the layer gives of arrays, in NumPy."""
        # in place: these are the largest arrays of a job
        shares = scores - scores.max(axis=1, keepdims=True)
        np.exp(shares, out=shares)
        shares /= shares.sum(axis=1, keepdims=True)
        numbers = given.reshape(len(scores), -1).astype(np.int64)
        rows, places = np.nonzero(numbers > 0)
        items = np.minimum(numbers[rows, places], scores.shape[1]) - 1
        shares[rows, items] = -np.maximum(shares[rows, items], LEAST_SHARE)
        return np.asarray(shares, np.float32)

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        """``(n, I) float32`` and ``(n, L, 1) int32`` to ``(n, I) float32``."""
        scores, given = inputs
        shares = ops.softmax(scores, axis=-1)
        known = multi_hot(given[:, :, 0], scores.shape[1]) > 0
        return ops.where(known, -ops.maximum(shares, LEAST_SHARE), shares)

    def compute_output_spec(self, inputs: list[KerasTensor]) -> KerasTensor:
        """Shape and type."""
        return KerasTensor(inputs[0].shape, dtype="float32")


def multi_hot(numbers: KerasTensor, items: int) -> KerasTensor:
    """Return 1 for each item among numbers ``(n, L) int32``, else 0 ``(n, items) float32``."""
    rows = ops.shape(numbers)[0]
    first = ops.arange(rows, dtype="int32")[:, None] * (items + 1)
    places = ops.reshape(first + ops.clip(ops.cast(numbers, "int32"), 0, items), (-1, 1))
    ones = ops.ones_like(places[:, 0], dtype="float32")
    hot = ops.scatter_update(ops.zeros((rows * (items + 1),), dtype="float32"), places, ones)
    return ops.reshape(hot, (rows, items + 1))[:, 1:]


@keras.saving.register_keras_serializable(package="automl")
class ItemsLoss(MappingLoss):
    """Cross-entropy of the items that users have dealt with, each counting alike (Liang et al., 2018).

    A family may compute the loss of each user itself; then scores of all items are needed for nothing in
    training, and a compiled step leaves them out.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"name": "items", **kwargs})

    def call(self, y_true: Mapping[str, KerasTensor], y_pred: Mapping[str, KerasTensor]) -> KerasTensor:
        """Return the mean over each user's items ``(n,)``: those given and those held out."""
        if OWN_LOSS in y_pred:
            return ops.cast(y_pred[OWN_LOSS], "float32")[:, 0]
        scores = ops.cast(y_pred[TARGET], "float32")
        numbers = ops.abs(ops.cast(y_true[TARGET], "int32"))
        items = scores.shape[1]
        known = ops.logical_and(numbers > 0, numbers <= items)
        counts = ops.cast(known, "float32")
        logs = ops.log_softmax(scores, axis=-1)
        found = ops.take_along_axis(logs, ops.where(known, numbers - 1, 0), axis=1)
        return -ops.sum(found * counts, axis=1) / ops.maximum(ops.sum(counts, axis=1), 1.0)
