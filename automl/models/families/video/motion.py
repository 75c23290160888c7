"""A linear model on statistics of motion: how much moves, where, how abruptly.

The preprocessing makes them once for all trials, so a trial takes seconds: what is worth trying first where
videos are few, and what networks must beat.
"""

from __future__ import annotations

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.fixed_features import FixedFeaturesOptions, vector_of


def build(inputs: Inputs, options: FixedFeaturesOptions) -> Features:
    """Build from ``motion (n, f)`` to ``vector``."""
    return {"vector": vector_of(inputs.one("motion"), options)}


FAMILY = Family(
    name="video/motion",
    slots=(Slot(kind="motion", least=1),),
    gives=("vector",),
    options=FixedFeaturesOptions,
    build=build,
)
