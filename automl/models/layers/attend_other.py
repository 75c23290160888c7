"""Attention from each of two texts to the other, as a layer whose shares can be looked at.

n  pairs, l  words of a text, d  length of a word's vector, f  features
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

_NEVER = -1e9


@keras.saving.register_keras_serializable(package="automl")
class AttendOther(keras.layers.Layer):
    """What each word would be if it were put together of words of the other text (Parikh et al., 2016)."""

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Put words of the other text together.

        Args:
            inputs: by whose products words are compared ``(n, 2, l, f)``, what is put together
                ``(n, 2, l, d)``, and which words there are ``(n, 2, l)`` bool.

        Returns:
            ``(n, 2, l, d)``.
        """
        queries, values, mask = inputs
        return ops.matmul(ops.cast(self.shares(queries, mask), values.dtype), ops.flip(values, axis=1))

    def shares(self, queries: Any, mask: Any) -> Any:
        """Return how much each word takes of each word of the other text ``(n, 2, l, l) float32``."""
        scores = ops.matmul(queries[:, 0], ops.swapaxes(queries[:, 1], 1, 2))
        scores = ops.cast(scores, "float32") / float(queries.shape[-1]) ** 0.5
        hidden = (1.0 - ops.cast(mask, "float32")) * _NEVER
        first = ops.softmax(scores + hidden[:, 1, None, :], axis=-1)
        second = ops.softmax(ops.swapaxes(scores, 1, 2) + hidden[:, 0, None, :], axis=-1)
        return ops.stack([first, second], axis=1)

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Shape and type of what is put together."""
        return KerasTensor(inputs[1].shape, dtype=inputs[1].dtype)
