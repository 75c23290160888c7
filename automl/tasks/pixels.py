"""Layers and losses of pictures whose every pixel has a class.

Symbols: n pictures, h x w pixels, k classes; a class of -1 is unknown and counts nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.letterbox import from_canvas
from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss

SMOOTH = 1.0
"""Pixels added to both sides of Dice, so that a class of a few pixels does not rule."""


@keras.saving.register_keras_serializable(package="automl")
class PixelLoss(MappingLoss):
    """Cross-entropy and soft Dice of logits, each with its share.

    Dice (Milletari et al., 2016) is taken of each picture by itself, and over the classes that occur in it.

    Args:
        dice_share: share of Dice; the rest is cross-entropy.
        weights: of each class in the cross-entropy; empty for equal ones.
    """

    dials = ("dice_share",)

    def __init__(self, dice_share: float = 0.5, weights: Sequence[float] = (), **kwargs: Any) -> None:
        super().__init__(**{"name": "pixels", **kwargs})
        self.dice_share = dice_share
        self.weights = [float(item) for item in weights]

    def call(self, y_true: Mapping[str, Any], y_pred: Mapping[str, Any]) -> KerasTensor:
        """Return the loss of each picture ``(n,)`` from classes ``(n, h, w)``, logits ``(n, h, w, k)``."""
        classes, logits = y_true[TARGET], ops.cast(y_pred[TARGET], "float32")
        known = ops.cast(classes >= 0, "float32")
        # one_hot of -1 is a row of zeros on every backend, which leaves unknown pixels out
        truth = ops.one_hot(ops.cast(classes, "int32"), logits.shape[-1], dtype="float32")
        chances = ops.log_softmax(logits, axis=-1)
        entropy = -ops.sum(truth * chances, axis=-1)
        counted = known
        if self.weights:
            counted = ops.sum(truth * ops.convert_to_tensor(self.weights, "float32"), axis=-1)
        entropy = ops.sum(entropy * counted, axis=(1, 2)) / ops.maximum(ops.sum(counted, axis=(1, 2)), 1.0)
        dice = _dice_loss(truth, ops.exp(chances) * known[..., None])
        return (1.0 - self.dice_share) * entropy + self.dice_share * dice

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "dice_share": self.dice_share, "weights": self.weights}


def _dice_loss(truth: KerasTensor, chances: KerasTensor) -> KerasTensor:
    """Of each picture, over the classes that occur in it ``(n,)``."""
    both = ops.sum(truth * chances, axis=(1, 2))
    own = ops.sum(truth, axis=(1, 2))
    dice = (2.0 * both + SMOOTH) / (own + ops.sum(chances, axis=(1, 2)) + SMOOTH)
    occurs = ops.cast(own > 0, "float32")
    return ops.sum((1.0 - dice) * occurs, axis=-1) / ops.maximum(ops.sum(occurs, axis=-1), 1.0)


@keras.saving.register_keras_serializable(package="automl")
class InPictureSize(keras.layers.Layer):  # type: ignore[misc]
    """Probabilities of a canvas ``(n, ch, cw, k)`` in the size of the raw pictures ``(n, H, W, c)``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Map probabilities and raw pictures to ``(n, H, W, k)``."""
        chances, pictures = inputs
        if tuple(pictures.shape[1:3]) == tuple(chances.shape[1:3]):
            return chances
        height, width = ops.shape(pictures)[1:3]
        return from_canvas(chances, height, width, ops)

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """One vector for each pixel of the pictures."""
        chances, pictures = inputs
        return KerasTensor((None, *pictures.shape[1:3], chances.shape[-1]), dtype="float32")
