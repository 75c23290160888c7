"""A linear model on features of whole series by convolution with fixed kernels.

Dempster, Petitjean and Webb, "ROCKET", 2020; Dempster, Schmidt and Webb, "MiniRocket", 2021: what deep
networks reach in hours, a linear model on many such features reaches in seconds. The features are made by
the preprocessing, once for all trials.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot


@dataclass(frozen=True, kw_only=True)
class RocketOptions:
    """Hyperparameters.

    Attributes:
        dropout: share of features left out in each step.
        width: units of a hidden layer, 0 for none: then the task's head is the linear model.
    """

    dropout: float = 0.0
    width: int = 0


def build(inputs: Inputs, options: RocketOptions) -> Features:
    """Build from ``kernels (batch, f)`` to ``vector``."""
    kernels = inputs.one("kernels")
    size = kernels.spec.shape[0] or 1
    # of unit length: what the head draws at first is small next to what it learns from few examples
    features = keras.layers.Rescaling(size**-0.5, name="unit_length")(kernels.tensor)
    if options.dropout:
        features = keras.layers.Dropout(options.dropout, name="features_left_out")(features)
    if options.width:
        features = keras.layers.Dense(options.width, activation="relu", name="hidden")(features)
    return {"vector": features}


FAMILY = Family(
    name="series/rocket",
    slots=(Slot(kind="kernels", least=1),),
    gives=("vector",),
    options=RocketOptions,
    build=build,
)
