"""A residual backbone and the way back from its coarse maps to fine ones.

The neck adds each map, made finer, to the one before it (Lin et al., "Feature pyramid networks", 2017).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.errors import ConfigError
from automl.core.shaping import shaping
from automl.models.layers.image_blocks import activate, convolve, normalise
from automl.models.layers.maps import CropTo

if TYPE_CHECKING:
    from keras import KerasTensor

MOST_CHANNELS = 256


@dataclass(frozen=True, kw_only=True)
class PyramidOptions:
    """Shape of backbone and neck.

    Attributes:
        input_share: share of the canvas' sides that pictures are made as large as.
        width: channels of the first stage; each next one has twice as many, 256 at most.
        stages: groups of blocks; each halves the sides, and so does the stem before them.
        depth: residual blocks of each stage, two convolutions each.
        stride: pixels that a cell of the grid is wide; a power of two.
        neck_width: channels of the grid.
        normalisation: ``batch``, ``group`` or ``none``.
        activation: any activation of Keras by name.
        contrast: largest change of contrast in training, as a share.
        block_dropout: share dropped of the last map.
    """

    input_share: float = shaping(1.0)
    width: int = 24
    stages: int = 4
    depth: int = 1
    stride: int = 8
    neck_width: int = 64
    normalisation: str = "batch"
    activation: str = "relu"
    contrast: float = 0.0
    block_dropout: float = 0.0


def resized(image: KerasTensor, share: float) -> KerasTensor:
    """Make pictures smaller, to a share of their sides."""
    if share >= 1.0:
        return image
    height, width = (max(1, round(share * side)) for side in image.shape[1:3])
    return layers.Resizing(height, width, interpolation="bilinear", antialias=True)(image)


def residual_maps(image: KerasTensor, options: PyramidOptions) -> list[KerasTensor]:
    """Return the map of the stem, then one of each stage; each is half as large as the one before it."""
    image = convolved(image, options.width, 3, options, stride=2)
    maps = [image]
    for stage in range(options.stages):
        filters = min(options.width * 2**stage, MOST_CHANNELS)
        for position in range(options.depth):
            image = _block(image, filters, 1 if position else 2, options)
        maps.append(image)
    if options.block_dropout > 0:
        maps[-1] = layers.Dropout(options.block_dropout)(maps[-1])
    return maps


def place_of_stride(maps: Sequence[KerasTensor], stride: int) -> int:
    """Return which of the maps has a stride.

    Raises:
        ConfigError: none has.
    """
    place = round(math.log2(stride)) - 1
    if stride != 2 ** (place + 1) or not 0 <= place < len(maps):
        strides = ", ".join(str(2 ** (at + 1)) for at in range(len(maps)))
        raise ConfigError(f"stride: expected one of {strides} with these stages, got {stride}.")
    return place


def joined_maps(maps: Sequence[KerasTensor], options: PyramidOptions) -> KerasTensor:
    """Return one map of the size of the first, with what all of them saw."""
    coarse = convolved(maps[-1], options.neck_width, 1, options)
    for fine in reversed(maps[:-1]):
        coarse = laid_over(coarse, fine, options.neck_width, options)
    return coarse


def laid_over(coarse: KerasTensor, fine: KerasTensor, width: int, options: PyramidOptions) -> KerasTensor:
    """Return a map of so many channels, made finer and added to the next finer one."""
    larger = CropTo(*fine.shape[1:3])(layers.UpSampling2D(2)(coarse))
    return convolved(layers.Add()([larger, convolved(fine, width, 1, options)]), width, 3, options)


def convolved(
    image: KerasTensor, filters: int, kernel: int, options: PyramidOptions, *, stride: int = 1
) -> KerasTensor:
    """Convolve, normalise and activate."""
    image = convolve(image, filters, kernel, stride=stride, bias=options.normalisation == "none")
    return activate(normalise(image, options.normalisation), options.activation)


def _block(image: KerasTensor, filters: int, stride: int, options: PyramidOptions) -> KerasTensor:
    shortcut = image
    if stride > 1:
        # averaged, not skipped over, as in "Bag of tricks" (He et al., 2019)
        shortcut = layers.AveragePooling2D(stride, padding="same")(image)
    if shortcut.shape[-1] != filters:
        shortcut = normalise(convolve(shortcut, filters, 1, bias=False), options.normalisation)
    inner = convolved(image, filters, 3, options, stride=stride)
    inner = convolve(inner, filters, 3, bias=options.normalisation == "none")
    inner = normalise(inner, options.normalisation)
    return activate(layers.Add()([shortcut, inner]), options.activation)
