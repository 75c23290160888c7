"""Plain convolutional network in the manner of VGG (Simonyan and Zisserman, 2015), with normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.models.family import Family
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import activate, convolve, dense_head, normalise

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec


@dataclass(frozen=True, kw_only=True)
class CnnOptions(AugmentationOptions):
    """Shape of the network.

    Attributes:
        blocks: groups of convolutions; each halves the sides as long as they are at least 2 pixels.
        convolutions: convolutions of each block after the first.
        first_convolutions: convolutions of the first block, which works at full resolution and is thus
            the dearest.
        filters: channels of the first block; each next block has ``growth`` times as many.
        growth: factor of channels from block to block.
        kernel_size: side of the kernels in pixels.
        normalisation: ``batch``, ``group`` or ``none``.
        activation: any activation of Keras by name.
        pooling: ``max`` or ``average``, at the end of each block.
        summary: how the last map becomes a vector: ``average``, ``max`` or ``flatten``.
        block_dropout: share of activations dropped after each block.
        dense_width: units of the dense layer before the task's head, 0 for none.
        dropout: share dropped before and after that layer.
    """

    blocks: int = 4
    convolutions: int = 1
    first_convolutions: int = 1
    filters: int = 32
    growth: float = 2.0
    kernel_size: int = 3
    normalisation: str = "batch"
    activation: str = "relu"
    pooling: str = "max"
    summary: str = "average"
    block_dropout: float = 0.0
    dense_width: int = 0
    dropout: float = 0.2


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: CnnOptions
) -> KerasTensor:
    """Build the network from ``image`` to a vector ``(batch, features)``."""
    image = augment(inputs["image"], options)
    for block in range(options.blocks):
        image = _block(image, block, options)
    vector = _summarise(image, options.summary)
    return dense_head(
        vector, width=options.dense_width, dropout=options.dropout, activation=options.activation
    )


def _block(image: KerasTensor, block: int, options: CnnOptions) -> KerasTensor:
    filters = round(options.filters * options.growth**block)
    for _ in range(options.convolutions if block else options.first_convolutions):
        image = convolve(image, filters, options.kernel_size, bias=options.normalisation == "none")
        image = activate(normalise(image, options.normalisation), options.activation)
    if min(image.shape[1:3]) >= 2:
        pool = layers.AveragePooling2D if options.pooling == "average" else layers.MaxPooling2D
        image = pool(2)(image)
    return layers.Dropout(options.block_dropout)(image) if options.block_dropout > 0 else image


def _summarise(image: KerasTensor, kind: str) -> KerasTensor:
    if kind == "flatten":
        return layers.Flatten()(image)
    return (layers.GlobalMaxPooling2D if kind == "max" else layers.GlobalAveragePooling2D)()(image)


FAMILY = Family(
    name="cnn", modality="image", takes=("image",), gives="vector", options=CnnOptions, build=build
)
