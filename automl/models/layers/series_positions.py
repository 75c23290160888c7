"""Learned positions of the steps or patches of a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from keras import KerasTensor

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="automl")
class StepPositions(keras.layers.Layer):
    """Adds one learned vector to each step: ``(batch, steps, d)``, the number of steps known."""

    def build(self, input_shape: Shape) -> None:
        """Create the table ``(1, steps, d)``."""
        self.table = self.add_weight(
            shape=(1, *input_shape[1:]),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="table",
        )

    def call(self, steps: KerasTensor) -> KerasTensor:
        """Add the positions."""
        return steps + self.table

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Give the shape of the input."""
        return input_shape
