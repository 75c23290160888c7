"""Layers from raw series to sequences; all fitted values stand in their configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor

from automl.data.preprocessing.wide import cast, constant, space_of, widened
from automl.private_keras import take_arrays


@keras.saving.register_keras_serializable(package="automl")
class StandardiseSteps(keras.layers.Layer):
    """Take mean and deviation off each channel in float64, so that counters of 1e12 keep their digits.

    Args:
        mean: of each channel.
        std: what each channel is divided by.
        padded: whether a step that is NaN in all channels is padding and passes through; other NaN becomes
            0, the mean.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], padded: bool, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        take_arrays(self)
        self.mean = [float(value) for value in mean]
        self.std = [float(value) for value in std]
        self.padded = padded

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(batch, time, channels) float64`` to float32 of the same shape."""
        raw = widened(inputs)
        scaled = cast((raw - constant(self.mean, raw)) / constant(self.std, raw), "float32")
        space = space_of(scaled)
        missing = space.isnan(scaled)
        if self.padded:
            missing = space.logical_and(
                missing, space.logical_not(space.all(missing, axis=-1, keepdims=True))
            )
        return space.where(missing, space.zeros_like(scaled), scaled)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The shape unchanged, in float32."""
        return KerasTensor(inputs.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Everything fitted."""
        return {**super().get_config(), "mean": self.mean, "std": self.std, "padded": self.padded}
