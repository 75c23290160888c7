"""The layers that bring raw pictures of any size to the form of a job; see ``core.letterbox``."""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.letterbox import to_canvas, to_size


@keras.saving.register_keras_serializable(package="automl")
class Letterbox(keras.layers.Layer):
    """Pictures ``(n, H, W, c)`` of one size to a canvas ``(n, height, width, c)``, proportions kept.

    Args:
        height: rows of the canvas.
        width: its columns.
        whole: whether pixels are bytes, and stay such.
    """

    def __init__(self, height: int, width: int, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.height, self.width, self.whole = height, width, whole

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Resample; pictures of the canvas's size pass unchanged."""
        if tuple(inputs.shape[1:3]) == (self.height, self.width):
            return inputs
        return to_canvas(inputs, (self.height, self.width), ops, whole=self.whole)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The canvas."""
        return KerasTensor((inputs.shape[0], self.height, self.width, inputs.shape[-1]), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"height": self.height, "width": self.width, "whole": self.whole}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class Stretched(keras.layers.Layer):
    """Pictures of bytes ``(n, H, W, c)`` of one size to ``(n, height, width, c)``, as files are read.

    Args:
        height: rows.
        width: columns.
    """

    def __init__(self, height: int, width: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.height, self.width = height, width

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Resample; pictures of that size pass unchanged."""
        if tuple(inputs.shape[1:3]) == (self.height, self.width):
            return inputs
        return to_size(inputs, (self.height, self.width), ops, whole=True)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """That size."""
        return KerasTensor((inputs.shape[0], self.height, self.width, inputs.shape[-1]), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "height": self.height, "width": self.width}


@keras.saving.register_keras_serializable(package="automl")
class Frame(keras.layers.Layer):
    """Tell height and width of raw pictures ``(n, H, W, c)`` in pixels, as ``(n, 2)``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Give the same two numbers for each picture."""
        count, height, width = ops.shape(inputs)[:3]
        sides = ops.stack([ops.cast(height, "float32"), ops.cast(width, "float32")])
        return ops.broadcast_to(sides[None], (count, 2))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Two numbers."""
        return KerasTensor((inputs.shape[0], 2), dtype="float32")
