"""One network for boxes and masks of the same pictures: a pyramid with a grid and, below it, all pixels.

The way back from coarse maps does not end at the grid on which things are pointed at: narrower steps go on
to the finest map (Kirillov et al., "Panoptic feature pyramid networks", 2019, share a pyramid so), and a
last one to full size, beside the picture itself, so that thin things are not lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.maps import CropTo
from automl.models.layers.mirror_images import MeanOfMirrorImages, WithMirrorImages, WithoutMirrorImages
from automl.models.layers.residual_pyramid import (
    PyramidOptions,
    convolved,
    joined_maps,
    laid_over,
    place_of_stride,
    residual_maps,
    resized,
)

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class JointOptions(PyramidOptions):
    """Shape of the network.

    Attributes:
        pixel_width: channels of maps finer than the grid; at full size half as many.
        mirror_images: whether classes of pixels are the mean of those for a picture and its mirror image.
    """

    pixel_width: int = 32
    mirror_images: bool = False


def build(inputs: Inputs, options: JointOptions) -> Features:
    """Build from ``image`` to ``grid`` and ``pixels``; ``frame`` is for the head.

    Raises:
        ConfigError: a stride that no map has.
    """
    image = augment(inputs.one("image").tensor, AugmentationOptions(contrast=options.contrast))
    if not options.mirror_images:
        grid, pixels = _network(image, options)
        return {"grid": grid, "pixels": pixels}
    grid, pixels = _network(WithMirrorImages()(image), options)
    return {"grid": WithoutMirrorImages()(grid), "pixels": MeanOfMirrorImages()(pixels)}


def _network(image: KerasTensor, options: JointOptions) -> tuple[KerasTensor, KerasTensor]:
    small = resized(image, options.input_share)
    maps = residual_maps(small, options)
    place = place_of_stride(maps, options.stride)
    grid = joined_maps(maps[place:], options)
    values = convolved(grid, options.pixel_width, 1, options)
    for fine in reversed(maps[:place]):
        values = laid_over(values, fine, options.pixel_width, options)
    return grid, _at_full_size(values, small, image, max(1, options.pixel_width // 2), options)


def _at_full_size(
    values: KerasTensor, small: KerasTensor, image: KerasTensor, width: int, options: JointOptions
) -> KerasTensor:
    """A vector for each pixel of the picture."""
    raised = layers.Conv2DTranspose(width, 2, strides=2, kernel_initializer="he_normal")(values)
    raised = CropTo(*small.shape[1:3])(raised)
    if small.shape[1:3] != image.shape[1:3]:
        raised = layers.Resizing(*image.shape[1:3], interpolation="bilinear")(raised)
    return convolved(layers.Concatenate()([image, raised]), width, 3, options)


FAMILY = Family(
    name="scene/joint",
    slots=(Slot(kind="image", least=1), Slot(kind="frame")),
    gives=("grid", "pixels"),
    options=JointOptions,
    build=build,
    joins=True,
)
