"""Small anchor-free detector: a residual backbone, and a neck that brings what it saw back to a fine grid.

The neck adds each map, made finer, to the one before it (Lin et al., "Feature pyramid networks", 2017),
down to the stride that is asked for; heads on one grid find things of all sizes (Zhou et al., "Objects as
points", 2019).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.errors import ConfigError
from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import activate, convolve, normalise
from automl.models.layers.maps import CropTo

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class DetectorOptions:
    """Shape of the network.

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


MOST_CHANNELS = 256


def build(inputs: Inputs, options: DetectorOptions) -> Features:
    """Build from ``image`` to ``grid``; ``frame`` is for the head.

    Raises:
        ConfigError: a stride that no map has.
    """
    image = augment(inputs.one("image").tensor, AugmentationOptions(contrast=options.contrast))
    maps = _backbone(_resized(image, options.input_share), options)
    finest = round(math.log2(options.stride)) - 1
    if options.stride != 2 ** (finest + 1) or not 0 <= finest < len(maps):
        strides = ", ".join(str(2 ** (place + 1)) for place in range(len(maps)))
        raise ConfigError(f"stride: expected one of {strides} with these stages, got {options.stride}.")
    return {"grid": _neck(maps[finest:], options)}


def _resized(image: KerasTensor, share: float) -> KerasTensor:
    if share >= 1.0:
        return image
    height, width = (max(1, round(share * side)) for side in image.shape[1:3])
    return layers.Resizing(height, width, interpolation="bilinear", antialias=True)(image)


def _backbone(image: KerasTensor, options: DetectorOptions) -> list[KerasTensor]:
    """The map of the stem, then one of each stage; each is half as large as the one before it."""
    image = _convolution(image, options.width, 3, options, stride=2)
    maps = [image]
    for stage in range(options.stages):
        filters = min(options.width * 2**stage, MOST_CHANNELS)
        for position in range(options.depth):
            image = _block(image, filters, 1 if position else 2, options)
        maps.append(image)
    if options.block_dropout > 0:
        maps[-1] = layers.Dropout(options.block_dropout)(maps[-1])
    return maps


def _block(image: KerasTensor, filters: int, stride: int, options: DetectorOptions) -> KerasTensor:
    shortcut = image
    if stride > 1:
        # averaged, not skipped over, as in "Bag of tricks" (He et al., 2019)
        shortcut = layers.AveragePooling2D(stride, padding="same")(image)
    if shortcut.shape[-1] != filters:
        shortcut = normalise(convolve(shortcut, filters, 1, bias=False), options.normalisation)
    inner = _convolution(image, filters, 3, options, stride=stride)
    inner = convolve(inner, filters, 3, bias=options.normalisation == "none")
    inner = normalise(inner, options.normalisation)
    return activate(layers.Add()([shortcut, inner]), options.activation)


def _neck(maps: list[KerasTensor], options: DetectorOptions) -> KerasTensor:
    coarse = _convolution(maps[-1], options.neck_width, 1, options)
    for fine in reversed(maps[:-1]):
        larger = CropTo(*fine.shape[1:3])(layers.UpSampling2D(2)(coarse))
        coarse = layers.Add()([larger, _convolution(fine, options.neck_width, 1, options)])
        coarse = _convolution(coarse, options.neck_width, 3, options)
    return coarse


def _convolution(
    image: KerasTensor, filters: int, kernel: int, options: DetectorOptions, *, stride: int = 1
) -> KerasTensor:
    image = convolve(image, filters, kernel, stride=stride, bias=options.normalisation == "none")
    return activate(normalise(image, options.normalisation), options.activation)


FAMILY = Family(
    name="scene/detector",
    slots=(Slot(kind="image", least=1), Slot(kind="frame")),
    gives=("grid",),
    options=DetectorOptions,
    build=build,
)
