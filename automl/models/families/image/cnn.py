"""Convolutional network in the manner of VGG (Simonyan and Zisserman, 2015), with normalisation.

With ``residual`` its later blocks end in two convolutions with a shortcut around them, behind the pooling,
where they are cheap: the network that trains fastest on small pictures (Page, "How to train your ResNet",
2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import activate, convolve, normalise
from automl.models.layers.mirror_images import with_mirror_images

if TYPE_CHECKING:
    from keras import KerasTensor


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
        block_dropout: share of activations dropped after each block.
        residual: blocks, from the last one on, that end in two convolutions with a shortcut.
        mirror_images: whether predictions are the mean of those for a picture and its mirror image.
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
    block_dropout: float = 0.0
    residual: int = 0
    mirror_images: bool = False


def build(inputs: Inputs, options: CnnOptions) -> Features:
    """Build the network from ``image``; the maps of the pyramid are the ends of the blocks."""
    image = augment(inputs.one("image").tensor, options)
    maps = with_mirror_images(
        image, lambda pictures: _blocks(pictures, options), wanted=options.mirror_images
    )
    return {"map": maps[-1], "pyramid": tuple(maps)}


def _blocks(image: KerasTensor, options: CnnOptions) -> list[KerasTensor]:
    maps = []
    for block in range(options.blocks):
        image = _block(image, block, options)
        maps.append(image)
    return maps


def _block(image: KerasTensor, block: int, options: CnnOptions) -> KerasTensor:
    filters = round(options.filters * options.growth**block)
    for _ in range(options.convolutions if block else options.first_convolutions):
        image = _convolution(image, filters, options)
    if min(image.shape[1:3]) >= 2:
        pool = layers.AveragePooling2D if options.pooling == "average" else layers.MaxPooling2D
        image = pool(2)(image)
    if block >= options.blocks - options.residual:
        inner = _convolution(_convolution(image, filters, options), filters, options)
        image = layers.Add()([image, inner])
    return layers.Dropout(options.block_dropout)(image) if options.block_dropout > 0 else image


def _convolution(image: KerasTensor, filters: int, options: CnnOptions) -> KerasTensor:
    image = convolve(image, filters, options.kernel_size, bias=options.normalisation == "none")
    return activate(normalise(image, options.normalisation), options.activation)


FAMILY = Family(
    name="image/cnn",
    slots=(Slot(kind="image", least=1),),
    gives=("map", "pyramid"),
    options=CnnOptions,
    build=build,
    necks={"map_summary": {}},
)
