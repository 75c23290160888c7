"""Layers and losses that tasks put at the end of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable(package="automl")
class TargetRange(keras.layers.Layer):  # type: ignore[misc]
    """From standardised values to the unit of the target, kept within the range seen in training.

    ``clip(x * scale + mean, low, high)`` on the last axis, in float32.

    Args:
        mean: of each target.
        scale: standard deviation of each target.
        low: smallest value of each target in training.
        high: largest value.
    """

    def __init__(
        self,
        mean: Sequence[float],
        scale: Sequence[float],
        low: Sequence[float],
        high: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.mean, self.scale = [float(item) for item in mean], [float(item) for item in scale]
        self.low, self.high = [float(item) for item in low], [float(item) for item in high]

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Map ``(batch, targets)`` to the same shape."""
        scale, mean = (
            ops.convert_to_tensor(self.scale, "float32"),
            ops.convert_to_tensor(self.mean, "float32"),
        )
        low, high = ops.convert_to_tensor(self.low, "float32"), ops.convert_to_tensor(self.high, "float32")
        return ops.clip(ops.cast(inputs, "float32") * scale + mean, low, high)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape unchanged."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"mean": self.mean, "scale": self.scale, "low": self.low, "high": self.high}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class WeightedCrossentropy(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy of logits in which each class counts with its own weight.

    Args:
        weights: one per class; examples of mixed classes count with the mixed weight.
        label_smoothing: share of each label that is spread over all classes.
        exclusive: True for one class per example, False for independent yes/no labels, whose weights
            then count for the positive side.
    """

    def __init__(
        self, weights: Sequence[float], label_smoothing: float = 0.0, exclusive: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**{"name": "weighted_crossentropy", **kwargs})
        self.weights = [float(item) for item in weights]
        self.label_smoothing = label_smoothing
        self.exclusive = exclusive

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return the loss of each example ``(batch,)`` from labels and logits ``(batch, classes)``."""
        weights = ops.convert_to_tensor(self.weights, y_pred.dtype)
        if self.exclusive:
            loss = keras.losses.categorical_crossentropy(
                y_true, y_pred, from_logits=True, label_smoothing=self.label_smoothing
            )
            return loss * ops.sum(y_true * weights, axis=-1)
        smooth = y_true * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        loss = ops.softplus(y_pred) - smooth * y_pred
        return ops.mean(loss * (1 + y_true * (weights - 1)), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {
            "weights": self.weights,
            "label_smoothing": self.label_smoothing,
            "exclusive": self.exclusive,
        }
        return {**super().get_config(), **own}
