"""A family that gives a pyramid and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot


@dataclass(frozen=True, kw_only=True)
class TowerOptions:
    """Hyperparameters.

    Attributes:
        filters: channels of each level.
        levels: maps of the pyramid; each has half the side of the one before.
    """

    filters: int = 8
    levels: int = 2


def build(inputs: Inputs, options: TowerOptions) -> Features:
    """Convolve, keep the map, halve it; the finest map stands first."""
    image, maps = inputs.one("image").tensor, []
    for level in range(options.levels):
        stride = 2 if level else 1
        image = layers.Conv2D(options.filters, 3, stride, padding="same", activation="relu")(image)
        maps.append(image)
    return {"pyramid": tuple(maps)}


FAMILY = Family(
    name="toys/tower",
    slots=(Slot(kind="image", least=1),),
    gives=("pyramid",),
    options=TowerOptions,
    build=build,
)
