"""A linear model on features of pictures by comparison with small patches of them.

Coates, Ng and Lee, "An analysis of single-layer networks in unsupervised feature learning", 2011: on few
pictures as good as small networks, in seconds. The features are made by the preprocessing, once for all
trials.
"""

from __future__ import annotations

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.fixed_features import FixedFeaturesOptions, vector_of


def build(inputs: Inputs, options: FixedFeaturesOptions) -> Features:
    """Build from ``patches (batch, f)`` to ``vector``."""
    return {"vector": vector_of(inputs.one("patches"), options)}


FAMILY = Family(
    name="image/patches",
    slots=(Slot(kind="patches", least=1),),
    gives=("vector",),
    options=FixedFeaturesOptions,
    build=build,
)
