"""Learned positions for a grid of patches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from keras import KerasTensor


@keras.saving.register_keras_serializable(package="automl")
class ImagePositions(keras.layers.Layer):
    """Adds one learned vector to each patch, as in the vision transformer (Dosovitskiy et al., 2021).

    Takes and gives ``(batch, patches, width) float32``; the number of patches must be known.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table of positions ``(1, patches, width)``."""
        self.table = self.add_weight(
            shape=(1, input_shape[1], input_shape[2]),
            initializer=keras.initializers.TruncatedNormal(stddev=0.02),
            name="table",
        )

    def call(self, patches: KerasTensor) -> KerasTensor:
        """Add the positions."""
        return patches + self.table

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer: nothing beyond its name and type."""
        return dict(super().get_config())
