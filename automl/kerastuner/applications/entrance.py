"""What all spaces of image models begin and end with: an input, pooling, a layer of classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Where images come in.

    Attributes:
        shape: of one image ``(height, width, channels)``, or None where a tensor is given.
        tensor: of Keras, or None.
    """

    shape: Sequence[int | None] | None
    tensor: Any

    def __post_init__(self) -> None:
        if self.shape is None and self.tensor is None:
            raise ValueError("You must specify either `input_shape` or `input_tensor`.")

    def opened(self) -> tuple[Any, Any]:
        """Return the inputs of a model, and the tensor that its first layer takes."""
        if self.tensor is not None:
            sources = keras.utils.get_source_inputs(self.tensor)
            return sources[0] if len(sources) == 1 else sources, self.tensor
        inputs = layers.Input(shape=tuple(self.shape or ()))
        return inputs, inputs


def check_classes(classes: int | None, *, include_top: bool = True) -> None:
    """Refuse a model with a layer of classes whose number is not known.

    Raises:
        ValueError: it is None or 0.
    """
    if include_top and not classes:
        raise ValueError("You must specify `classes`, the number of classes of the last layer.")


def channel_axis() -> int:
    """Return the axis of channels in a batch of images."""
    return 3 if keras.config.image_data_format() == "channels_last" else 1


def normalised(x: Any, activation: str | None = "relu", **options: Any) -> Any:
    """Return activations after batch normalisation and an activation, or none."""
    x = layers.BatchNormalization(axis=channel_axis(), **options)(x)
    return x if activation is None else layers.Activation(activation)(x)


def pooled(x: Any, pooling: str) -> Any:
    """Return one vector per image: ``avg``, ``max`` or ``flatten``."""
    if pooling == "flatten":
        return layers.Flatten()(x)
    if pooling == "max":
        return layers.GlobalMaxPooling2D(name="max_pool")(x)
    return layers.GlobalAveragePooling2D(name="avg_pool")(x)
