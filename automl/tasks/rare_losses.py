"""Losses for a class that is rare, made so that the logits of a model stay those of true probabilities.

A loss that weighs the rare class more, or easy rows less, is smallest at probabilities that are not true.
Both are undone here inside the model or the loss, so nothing has to be corrected afterwards, members with
different losses can be averaged, and costs can be weighed against what is predicted.

Symbols: n rows, k classes; w weight of each class, p true probabilities, q those of the focal loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss

FOCUSED = "focused"
"""Name of the raw output that the focal loss looks at."""

LEAST = 1e-7
"""Probability that something else is right at least, so that it has a logarithm."""


def weights_of(shares: Sequence[float], power: float) -> list[float]:
    """Return the weight of each class: its share to a negative power, so that the mean row counts 1.

    Args:
        shares: of the classes.
        power: 1 makes all classes count alike, whatever their share; 0 all rows.
    """
    raw = np.asarray(shares, np.float64) ** -power
    return [float(value) for value in raw / (raw * np.asarray(shares)).sum()]


@keras.saving.register_keras_serializable(package="automl")
class UnbiasedCrossentropy(keras.losses.Loss):  # type: ignore[misc]
    """Weighted cross-entropy of logits to which the logarithms of the weights are added.

    Weighted cross-entropy is smallest at probabilities in proportion to w * p, so the logits themselves
    become those of p (as in logit adjustment, Menon et al., 2021).

    Args:
        weights: one per class.
        label_smoothing: share of each label that is spread over all classes.
    """

    def __init__(self, weights: Sequence[float], label_smoothing: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{"name": "unbiased_crossentropy", **kwargs})
        self.weights = [float(item) for item in weights]
        self.label_smoothing = label_smoothing

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return the loss of each row ``(n,)`` from labels and logits ``(n, k)``."""
        weights = ops.convert_to_tensor(self.weights, y_pred.dtype)
        loss = keras.losses.categorical_crossentropy(
            y_true, y_pred + ops.log(weights), from_logits=True, label_smoothing=self.label_smoothing
        )
        return loss * ops.sum(y_true * weights, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"weights": self.weights, "label_smoothing": self.label_smoothing}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class FocalLoss(MappingLoss):
    """Cross-entropy in which rows count less the surer they are right (Lin et al., 2017).

    Args:
        gamma: power of the share that is not sure, 1 or more.
    """

    def __init__(self, gamma: float, **kwargs: Any) -> None:
        super().__init__(**{"name": "focal_loss", **kwargs})
        self.gamma = float(gamma)

    def call(self, y_true: Any, y_pred: Any) -> KerasTensor:
        """Return the loss of each row ``(n,)`` from labels and the focused logits ``(n, k)``."""
        surely = ops.log_softmax(y_pred[FOCUSED], axis=-1)
        rest = ops.maximum(1.0 - ops.exp(surely), LEAST)
        return -ops.sum(y_true[TARGET] * rest**self.gamma * surely, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "gamma": self.gamma}


@keras.saving.register_keras_serializable(package="automl")
class FromFocused(keras.layers.Layer):  # type: ignore[misc]
    """Logits of true probabilities from those at which the focal loss is smallest.

    p is in proportion to ``q / phi(q)`` with ``phi(q) = (1-q)^gamma - gamma (1-q)^(gamma-1) q log q``
    (Charoenphakdee et al., 2021).

    Args:
        gamma: of the loss.
    """

    def __init__(self, gamma: float, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.gamma = float(gamma)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Map ``(n, k)`` to the same shape."""
        surely = ops.log_softmax(inputs, axis=-1)
        sure = ops.exp(surely)
        rest = ops.maximum(1.0 - sure, LEAST)
        phi = (self.gamma - 1.0) * ops.log(rest) + ops.log(rest - self.gamma * sure * surely)
        return surely - phi

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The shape unchanged."""
        return KerasTensor(inputs.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "gamma": self.gamma}
