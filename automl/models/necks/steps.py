"""From the steps of a sequence to a vector, padding left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras
from keras import KerasTensor, ops

from automl.models.family import Features
from automl.models.layers.series_steps import PoolSteps
from automl.models.necks.neck import Neck


@dataclass(frozen=True, kw_only=True)
class PoolOptions:
    """How steps are pooled.

    Attributes:
        pooling: ``average``, ``max``, or ``both`` one after the other.
    """

    pooling: Literal["average", "max", "both"] = "average"


def build(features: Features, options: PoolOptions) -> KerasTensor:
    """From ``steps``, and ``mask`` where there is padding, to ``vector``."""
    values, mask = features["steps"], features.get("mask")
    if mask is not None:
        real = ops.expand_dims(ops.cast(mask, "float32"), -1)
        return PoolSteps(options.pooling, name="pooled")([values, real])
    average = keras.layers.GlobalAveragePooling1D(name="average")
    top = keras.layers.GlobalMaxPooling1D(name="max")
    if options.pooling == "both":
        return keras.layers.Concatenate(name="pooled")([average(values), top(values)])
    return average(values) if options.pooling == "average" else top(values)


POOL = Neck(name="step_pool", takes="steps", gives="vector", options=PoolOptions, build=build)
