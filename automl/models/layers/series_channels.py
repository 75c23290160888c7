"""Channels of a sequence treated one by one with shared weights, or each with its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

if TYPE_CHECKING:
    from keras import KerasTensor

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="automl")
class ChannelsToBatch(keras.layers.Layer):
    """Makes each channel an example of its own: ``(batch, time, c)`` to ``(batch * c, time, 1)``."""

    def call(self, sequence: KerasTensor) -> KerasTensor:
        """Reorder the channels."""
        return ops.reshape(ops.transpose(sequence, (0, 2, 1)), (-1, sequence.shape[1], 1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(None, time, 1)``: the batch grows."""
        return (None, input_shape[1], 1)


@keras.saving.register_keras_serializable(package="automl")
class BatchToChannels(keras.layers.Layer):
    """Undoes ``ChannelsToBatch`` on features: ``(batch * c, d)`` to ``(batch, c, d)``.

    Args:
        channels: how many channels an example has.
    """

    def __init__(self, channels: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channels = channels

    def call(self, features: KerasTensor) -> KerasTensor:
        """Bring the channels of an example together."""
        return ops.reshape(features, (-1, self.channels, features.shape[1]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(None, c, d)``: the batch shrinks."""
        return (None, self.channels, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "channels": self.channels}


@keras.saving.register_keras_serializable(package="automl")
class ChannelBlocks(keras.layers.Layer):
    """Gives each channel its own place in a wide vector: ``(batch, c, d)`` to ``(batch, c, c * d)``.

    Channel i keeps its features in block i and has zeros elsewhere, so that one shared dense layer behind
    is a dense layer of its own for each channel.
    """

    def call(self, features: KerasTensor) -> KerasTensor:
        """Spread the channels over blocks."""
        channels, size = features.shape[1], features.shape[2]
        places = ops.eye(channels, dtype=features.dtype)[None, :, :, None]
        return ops.reshape(places * features[:, :, None, :], (-1, channels, channels * size))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(batch, c, c * d)``."""
        batch, channels, size = input_shape
        known = channels is not None and size is not None
        return (batch, channels, channels * size if known else None)  # type: ignore[operator]
