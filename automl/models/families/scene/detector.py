"""Small anchor-free detector: a residual backbone, and a neck that brings what it saw back to a fine grid.

Down to the stride that is asked for; heads on one grid find things of all sizes (Zhou et al., "Objects as
points", 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.residual_pyramid import (
    PyramidOptions,
    joined_maps,
    place_of_stride,
    residual_maps,
    resized,
)


@dataclass(frozen=True, kw_only=True)
class DetectorOptions(PyramidOptions):
    """Shape of the network, which is a pyramid and nothing else."""


def build(inputs: Inputs, options: DetectorOptions) -> Features:
    """Build from ``image`` to ``grid``; ``frame`` is for the head.

    Raises:
        ConfigError: a stride that no map has.
    """
    image = augment(inputs.one("image").tensor, AugmentationOptions(contrast=options.contrast))
    maps = residual_maps(resized(image, options.input_share), options)
    return {"grid": joined_maps(maps[place_of_stride(maps, options.stride) :], options)}


FAMILY = Family(
    name="scene/detector",
    slots=(Slot(kind="image", least=1), Slot(kind="frame")),
    gives=("grid",),
    options=DetectorOptions,
    build=build,
)
