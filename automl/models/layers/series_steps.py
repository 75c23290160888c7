"""Steps of a sequence: padding told apart from values, pooling over real steps, the trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import keras
from keras import ops

if TYPE_CHECKING:
    from keras import KerasTensor

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="automl")
class RealSteps(keras.layers.Layer):
    """Marks the steps that hold a value: ``(batch, time, c)`` to ``(batch, time, 1)`` of 1 and 0."""

    def call(self, sequence: KerasTensor) -> KerasTensor:
        """Mark steps that are not NaN throughout."""
        known = ops.any(ops.logical_not(ops.isnan(sequence)), axis=-1, keepdims=True)
        return ops.cast(known, sequence.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(batch, time, 1)``."""
        return (*input_shape[:2], 1)


@keras.saving.register_keras_serializable(package="automl")
class ZeroPadding(keras.layers.Layer):
    """Puts 0, the mean of a standardised channel, in the place of NaN; keeps the shape."""

    def call(self, sequence: KerasTensor) -> KerasTensor:
        """Replace NaN."""
        return ops.where(ops.isnan(sequence), ops.zeros_like(sequence), sequence)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Give the shape of the input."""
        return input_shape


@keras.saving.register_keras_serializable(package="automl")
class PoolSteps(keras.layers.Layer):
    """Pools over real steps: ``[(batch, time, d), (batch, time, 1)]`` to ``(batch, d)``.

    It computes in float32 under every policy: in bfloat16 a sum of ones ends at 256.

    Args:
        how: ``average``, ``max``, or ``both`` one after the other (then ``(batch, 2 * d)``).
    """

    def __init__(self, how: Literal["average", "max", "both"] = "average", **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.how = how
        self.supports_masking = True

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        """Pool ``inputs[0]`` where ``inputs[1]`` is 1."""
        values, real = inputs
        average = ops.sum(values * real, axis=1) / ops.maximum(ops.sum(real, axis=1), 1.0)
        if self.how == "average":
            return average
        # a finite floor: a series without any real step must not give infinity
        top = ops.max(ops.where(real > 0, values, -1e4), axis=1)
        return top if self.how == "max" else ops.concatenate([average, top], axis=-1)

    def compute_mask(self, inputs: list[KerasTensor], previous_mask: Any = None) -> None:
        """Nothing is masked behind: the time axis is gone."""

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """``(batch, d)`` or ``(batch, 2 * d)``."""
        size = input_shape[0][2]
        return (input_shape[0][0], 2 * size if self.how == "both" and size is not None else size)

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "how": self.how}


@keras.saving.register_keras_serializable(package="automl")
class Trend(keras.layers.Layer):
    """Moving average over time in float32, the ends repeated; keeps the shape ``(batch, time, c)``.

    Args:
        window: steps that are averaged, odd (DLinear takes 25: Zeng et al., 2023).
    """

    def __init__(self, window: int = 25, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.window = window
        self._average = keras.layers.AveragePooling1D(window, strides=1, dtype="float32")

    def call(self, sequence: KerasTensor) -> KerasTensor:
        """Average around each step."""
        before, after = (self.window - 1) // 2, self.window // 2
        first = ops.repeat(sequence[:, :1, :], before, axis=1)
        last = ops.repeat(sequence[:, -1:, :], after, axis=1)
        return self._average(ops.concatenate([first, sequence, last], axis=1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "window": self.window}
