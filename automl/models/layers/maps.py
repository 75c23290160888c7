"""Maps of different strides brought to one size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import layers

if TYPE_CHECKING:
    from keras import KerasTensor


@keras.saving.register_keras_serializable(package="automl")
class CropTo(layers.Layer):
    """Cut off what a map of an odd side gained by being halved and doubled.

    Args:
        height: sides of the result.
        width: as height.
    """

    def __init__(self, height: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height, self.width = int(height), int(width)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, h, w, f)`` to ``(n, height, width, f)``, from the first row and column on."""
        return inputs[:, : self.height, : self.width]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Give the sides asked for."""
        return (input_shape[0], self.height, self.width, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments."""
        return {**super().get_config(), "height": self.height, "width": self.width}
