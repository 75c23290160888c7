"""A linear model on features of whole series by convolution with fixed kernels.

Dempster, Petitjean and Webb, "ROCKET", 2020; Dempster, Schmidt and Webb, "MiniRocket", 2021: what deep
networks reach in hours, a linear model on many such features reaches in seconds. The features are made by
the preprocessing, once for all trials.
"""

from __future__ import annotations

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.fixed_features import FixedFeaturesOptions, vector_of


def build(inputs: Inputs, options: FixedFeaturesOptions) -> Features:
    """Build from ``kernels (batch, f)`` to ``vector``."""
    return {"vector": vector_of(inputs.one("kernels"), options)}


FAMILY = Family(
    name="series/rocket",
    slots=(Slot(kind="kernels", least=1),),
    gives=("vector",),
    options=FixedFeaturesOptions,
    build=build,
)
