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


def thinned_rows(
    codes: np.ndarray, rows: np.ndarray | None, kept: Sequence[float], seed: int
) -> np.ndarray:
    """Return the positions of a random share of the rows of each class, ascending int32.

    Args:
        codes: class of every training row ``(n,) int``.
        rows: positions that may be chosen, None for all.
        kept: share of each class.
        seed: of the choice.
    """
    random = np.random.default_rng(seed)
    every = np.arange(len(codes)) if rows is None else rows
    chosen = []
    for code, share in enumerate(kept):
        own = every[codes[every] == code]
        chosen.append(random.choice(own, round(share * len(own)), replace=False) if share < 1 else own)
    return np.sort(np.concatenate(chosen)).astype(np.int32)


@keras.saving.register_keras_serializable(package="automl")
class UnbiasedCrossentropy(keras.losses.Loss):  # type: ignore[misc]
    """Weighted cross-entropy of logits to which the logarithms of the weights are added.

    Weighted cross-entropy is smallest at probabilities in proportion to w * p, so the logits themselves
    become those of p (as in logit adjustment, Menon et al., 2021). Where a share of a class is kept, that
    does as a weight would (Dal Pozzolo et al., 2015).

    Args:
        weights: one per class.
        label_smoothing: share of each label that is spread over all classes.
        kept: share of the rows of each class that is trained on; all by default.
    """

    def __init__(
        self,
        weights: Sequence[float],
        label_smoothing: float = 0.0,
        kept: Sequence[float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"name": "unbiased_crossentropy", **kwargs})
        self.weights = [float(item) for item in weights]
        self.kept = [float(item) for item in kept or [1.0] * len(self.weights)]
        self.label_smoothing = label_smoothing

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return the loss of each row ``(n,)`` from labels and logits ``(n, k)``."""
        weights, kept = (ops.convert_to_tensor(item, y_pred.dtype) for item in (self.weights, self.kept))
        seen = y_pred + ops.log(weights * kept)
        loss = keras.losses.categorical_crossentropy(
            y_true, seen, from_logits=True, label_smoothing=self.label_smoothing
        )
        return loss * ops.sum(y_true * weights, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"weights": self.weights, "label_smoothing": self.label_smoothing, "kept": self.kept}
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
        kept: share of the rows of each class that is trained on; see ``UnbiasedCrossentropy``.
    """

    def __init__(self, gamma: float, kept: Sequence[float] = (1.0,), **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.gamma, self.kept = float(gamma), [float(item) for item in kept]

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Map ``(n, k)`` to the same shape."""
        surely = ops.log_softmax(inputs, axis=-1)
        sure = ops.exp(surely)
        rest = ops.maximum(1.0 - sure, LEAST)
        phi = (self.gamma - 1.0) * ops.log(rest) + ops.log(rest - self.gamma * sure * surely)
        return surely - phi - ops.log(ops.convert_to_tensor(self.kept, surely.dtype))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The shape unchanged."""
        return KerasTensor(inputs.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "gamma": self.gamma, "kept": self.kept}
