"""A linear model on the features of a network that was trained before and stays as it is.

Kornblith, Shlens and Le, "Do better ImageNet models transfer better?", 2019. The features are made by the
preprocessing, once for all trials.
"""

from __future__ import annotations

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.fixed_features import FixedFeaturesOptions, vector_of


def build(inputs: Inputs, options: FixedFeaturesOptions) -> Features:
    """Build from ``embedding (batch, f)`` to ``vector``."""
    return {"vector": vector_of(inputs.one("embedding"), options)}


FAMILY = Family(
    name="image/frozen",
    slots=(Slot(kind="embedding", least=1),),
    gives=("vector",),
    options=FixedFeaturesOptions,
    build=build,
    awaits="pretrained",
)
