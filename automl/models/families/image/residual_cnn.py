"""Residual network with pre-activation blocks (He et al., "Identity mappings", 2016)."""

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
class ResidualCnnOptions(AugmentationOptions):
    """Shape of the network.

    Attributes:
        stages: groups of blocks; each after the first halves the sides and doubles the channels.
        depth: residual blocks of each stage, two convolutions each.
        width: channels of the first stage.
        stem_stride: step of the first convolution in pixels; 2 makes everything four times cheaper.
        kernel_size: side of the kernels in pixels.
        normalisation: ``batch``, ``group`` or ``none``.
        activation: any activation of Keras by name.
        block_dropout: share dropped between the two convolutions of a block (Zagoruyko and
            Komodakis, 2016).
        mirror_images: whether predictions are the mean of those for a picture and its mirror image.
    """

    stages: int = 3
    depth: int = 1
    width: int = 32
    stem_stride: int = 2
    kernel_size: int = 3
    normalisation: str = "batch"
    activation: str = "relu"
    block_dropout: float = 0.0
    mirror_images: bool = False


def build(inputs: Inputs, options: ResidualCnnOptions) -> Features:
    """Build the network from ``image``; the maps of the pyramid are the ends of the stages."""
    image = augment(inputs.one("image").tensor, options)
    maps = with_mirror_images(
        image, lambda pictures: _stages(pictures, options), wanted=options.mirror_images
    )
    return {"map": maps[-1], "pyramid": tuple(maps)}


def _stages(image: KerasTensor, options: ResidualCnnOptions) -> list[KerasTensor]:
    image = convolve(image, options.width, options.kernel_size, stride=options.stem_stride, bias=False)
    maps = []
    for stage in range(options.stages):
        for position in range(options.depth):
            stride = 2 if stage and not position and min(image.shape[1:3]) > 1 else 1
            image = _block(image, options.width * 2**stage, stride, options)
        maps.append(image)
    image = activate(normalise(image, options.normalisation), options.activation)
    return [*maps[:-1], image]


def _block(image: KerasTensor, filters: int, stride: int, options: ResidualCnnOptions) -> KerasTensor:
    bias = options.normalisation == "none"
    active = activate(normalise(image, options.normalisation), options.activation)
    changes = stride > 1 or image.shape[-1] != filters
    shortcut = convolve(active, filters, 1, stride=stride, bias=False) if changes else image
    inner = convolve(active, filters, options.kernel_size, stride=stride, bias=bias)
    inner = activate(normalise(inner, options.normalisation), options.activation)
    if options.block_dropout > 0:
        inner = layers.Dropout(options.block_dropout)(inner)
    inner = convolve(inner, filters, options.kernel_size, bias=bias)
    return layers.Add()([shortcut, inner])


FAMILY = Family(
    name="image/residual_cnn",
    slots=(Slot(kind="image", least=1),),
    gives=("map", "pyramid"),
    options=ResidualCnnOptions,
    build=build,
    necks={"map_summary": {}},
)
