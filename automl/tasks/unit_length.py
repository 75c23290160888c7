"""Vectors of length 1, in a form that every runtime computes alike."""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor, ops

LEAST = 1e-24
"""Least sum of squares that is divided by; the root of it is 1e-12."""


@keras.saving.register_keras_serializable(package="automl")
class UnitLength(keras.layers.Layer):  # type: ignore[misc]
    """Divide vectors along the last axis by their length; those of zeros stay zeros.

    ``keras.layers.UnitNormalization`` takes the smaller of 1 / sqrt(sum) and 1e12 and counts on 1 / sqrt(0)
    being infinite. LiteRT's kernels make NaN of it, so the sum is bounded ahead of the root here.
    """

    def __init__(self, **kwargs: Any) -> None:
        # in float16 the bound would be 0
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, vectors: KerasTensor) -> KerasTensor:
        """From ``(n, ..., d)`` to the same shape in float32."""
        squares = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
        return vectors * ops.rsqrt(ops.maximum(squares, LEAST))

    def compute_output_spec(self, vectors: KerasTensor) -> KerasTensor:
        """The shape unchanged."""
        return KerasTensor(vectors.shape, dtype="float32")
