"""A linear model on statistics of cepstral coefficients (MFCC, Davis and Mermelstein, 1980).

The preprocessing makes them once for all trials, so a trial takes seconds: what is worth trying first, and
what others must beat.
"""

from __future__ import annotations

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.fixed_features import FixedFeaturesOptions, vector_of


def build(inputs: Inputs, options: FixedFeaturesOptions) -> Features:
    """Build from ``cepstrum (n, f)`` to ``vector``."""
    return {"vector": vector_of(inputs.one("cepstrum"), options)}


FAMILY = Family(
    name="audio/cepstrum",
    slots=(Slot(kind="cepstrum", least=1),),
    gives=("vector",),
    options=FixedFeaturesOptions,
    build=build,
)
