"""What all spaces of image models begin and end with: an input, pooling, a layer of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from automl.kerastuner.engine.hypermodel import HyperModel


class ImageSpace(HyperModel):
    """A space of models that images go into.

    Args:
        input_shape: of one image ``(height, width, channels)``.
        input_tensor: of Keras, instead of a shape.
        kwargs: see ``HyperModel``.

    Raises:
        ValueError: neither shape nor tensor.
    """

    def __init__(
        self, input_shape: Sequence[int | None] | None = None, input_tensor: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if input_shape is None and input_tensor is None:
            raise ValueError("You must specify either `input_shape` or `input_tensor`.")
        self.input_shape = input_shape
        self.input_tensor = input_tensor

    def opened(self) -> tuple[Any, Any]:
        """Return the inputs of a model, and the tensor that its first layer takes."""
        if self.input_tensor is not None:
            sources = keras.utils.get_source_inputs(self.input_tensor)
            return sources[0] if len(sources) == 1 else sources, self.input_tensor
        inputs = layers.Input(shape=tuple(self.input_shape or ()))
        return inputs, inputs


class NetworkSpace(ImageSpace):
    """A space of networks that end in classes, or in a vector.

    Args:
        include_top: whether the model ends in probabilities of classes and is compiled; else in a vector.
        input_shape: see ``ImageSpace``.
        input_tensor: see ``ImageSpace``.
        classes: how many; targets are one-hot.
        kwargs: see ``HyperModel``.

    Raises:
        ValueError: neither shape nor tensor, or no number of classes where it is needed.
    """

    def __init__(
        self,
        include_top: bool = True,
        input_shape: Sequence[int | None] | None = None,
        input_tensor: Any = None,
        classes: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_classes(classes, include_top=include_top)
        super().__init__(input_shape, input_tensor, **kwargs)
        self.include_top = include_top
        self.classes = classes


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
