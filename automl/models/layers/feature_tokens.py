"""Tokens of a table's columns for attention over features (Gorishniy et al., 2021).

Legend: n rows, k columns, d size of a token.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable(package="automl")
class LinearTokens(keras.layers.Layer):
    """Each number times a vector of its column, plus another.

    Args:
        size: numbers per token.
    """

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the vectors of each column."""
        limit = float(self.size) ** -0.5
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.slope = self.add_weight(name="slope", shape=(input_shape[-1], self.size), initializer=uniform)
        self.bias = self.add_weight(name="bias", shape=(input_shape[-1], self.size), initializer=uniform)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k)`` to ``(n, k, d)``."""
        return ops.expand_dims(inputs, -1) * self.slope + self.bias

    def get_config(self) -> dict[str, Any]:
        """The size."""
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable(package="automl")
class ClassToken(keras.layers.Layer):
    """Put a learned token, the same for all rows, before the others."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the token."""
        limit = float(input_shape[-1] or 1) ** -0.5
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.token = self.add_weight(name="token", shape=(1, 1, input_shape[-1]), initializer=uniform)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k, d)`` to ``(n, 1 + k, d)``."""
        first = ops.repeat(self.token, ops.shape(inputs)[0], axis=0)
        return ops.concatenate([first, inputs], axis=1)
