"""Layers and loss of networks that learn to tell identities apart by angles between vectors.

Legend: n examples, d length of a vector, k identities of training; theta the angle between the vector of an
example and the direction of an identity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, suggest
from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss

COSINES = "cosines"
"""Name of the raw output that the loss reads."""

KINDS = ("arcface", "cosface", "softmax")

EDGE = 1e-6
"""How near to 1 a cosine gets where the slope of its angle is needed."""


@keras.saving.register_keras_serializable(package="automl")
class Directions(keras.layers.Layer):  # type: ignore[misc]
    """The cosine between each vector and a learned direction of each identity.

    Args:
        units: k.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.units = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Draw the directions ``(d, k)``."""
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_normal"
        )

    def call(self, vectors: KerasTensor) -> KerasTensor:
        """From vectors of length 1 ``(n, d)`` to cosines ``(n, k)``."""
        return ops.matmul(vectors, ops.normalize(self.kernel, axis=0))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """A number for each identity."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="automl")
class MarginLoss(MappingLoss):
    """Cross-entropy of scaled cosines, of which the right one has to win by a margin.

    ``arcface`` adds the margin to the angle, ``cos(theta + margin)`` (Deng et al., 2019); ``cosface``
    subtracts it from the cosine, ``cos(theta) - margin`` (Wang et al., 2018); ``softmax`` has none.

    Args:
        kind: one of the three.
        margin: in radians, or as a cosine.
        scale: factor of all cosines, the inverse of a temperature.
    """

    dials = ("margin", "scale")

    def __init__(
        self, kind: str = "cosface", margin: float = 0.2, scale: float = 16.0, **kwargs: Any
    ) -> None:
        super().__init__(**{"name": "margin", **kwargs})
        if kind not in KINDS:
            raise ConfigError(f"Unknown margin_kind {kind!r}. {suggest(kind, KINDS)}")
        self.kind, self.margin, self.scale = kind, margin, scale

    def call(self, y_true: Mapping[str, Any], y_pred: Mapping[str, Any]) -> KerasTensor:
        """Return the loss of each example ``(n,)`` from targets ``(n, 3)`` and cosines ``(n, k)``."""
        cosines = ops.cast(y_pred[COSINES], "float32")
        truth = ops.one_hot(ops.cast(y_true[TARGET][:, 0], "int32"), cosines.shape[-1], dtype="float32")
        right = ops.sum(truth * cosines, axis=-1, keepdims=True)
        logits = self.scale * (cosines + truth * (self._harder(right) - right))
        return -ops.sum(truth * ops.log_softmax(logits, axis=-1), axis=-1)

    def _harder(self, right: KerasTensor) -> KerasTensor:
        """The right cosine ``(n, 1)`` less the margin."""
        if self.kind == "softmax":
            return right
        margin = self.margin * ops.ones((), "float32")
        if self.kind == "cosface":
            return right - margin
        cosine = ops.clip(right, EDGE - 1.0, 1.0 - EDGE)
        moved = cosine * ops.cos(margin) - ops.sqrt(1.0 - cosine**2) * ops.sin(margin)
        # beyond half a turn the cosine would grow again: there a straight line goes on
        return ops.where(cosine > -ops.cos(margin), moved, cosine - margin * ops.sin(margin))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"kind": self.kind, "margin": self.margin, "scale": self.scale}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class SideBySide(keras.layers.Layer):  # type: ignore[misc]
    """Vectors of several models as one of length 1, whose cosines are the weighted means of theirs.

    Args:
        weights: one per model; they sum to 1.
    """

    def __init__(self, weights: Sequence[float], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.weights_of_models = [float(item) for item in weights]

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        """Map tensors ``(n, d)``, each with a d of its own, to ``(n, sum of all d)``."""
        roots = [math.sqrt(weight) for weight in self.weights_of_models]
        return ops.concatenate([part * root for part, root in zip(inputs, roots, strict=True)], axis=-1)

    def compute_output_spec(self, inputs: list[KerasTensor]) -> KerasTensor:
        """All lengths together."""
        return KerasTensor(
            (*inputs[0].shape[:-1], sum(item.shape[-1] for item in inputs)), dtype=inputs[0].dtype
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "weights": self.weights_of_models}


def side_by_side(predictions: Sequence[Mapping[str, Any]], weights: Sequence[float]) -> dict[str, Any]:
    """Blend vectors: joined into one, they compare as the weighted mean of the models' comparisons.

    Args:
        predictions: of each model by name: arrays, or tensors of Keras, ``(n, d)``.
        weights: one per model; they sum to 1.
    """
    parts = [item[TARGET] for item in predictions]
    if isinstance(parts[0], np.ndarray):
        roots = np.sqrt(np.asarray(weights, np.float32))
        joined = [part * root for part, root in zip(parts, roots, strict=True)]
        return {TARGET: np.concatenate(joined, axis=-1)}
    return {TARGET: SideBySide(weights, name="side_by_side")(parts)}
