"""From the words of a text to a vector: the largest value or the mean of each feature, padding left out."""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers, ops

from automl.models.family import Features
from automl.models.layers.text_tokens import pool
from automl.models.necks.neck import Neck


@dataclass(frozen=True, kw_only=True)
class PoolOptions:
    """How words are pooled.

    Attributes:
        pooling: ``max``, ``mean``, or ``both`` side by side.
    """

    pooling: str = "max"


@dataclass(frozen=True, kw_only=True)
class DroppedOptions(PoolOptions):
    """How words are pooled, and what is dropped behind.

    Attributes:
        dropout: share dropped of the vector.
    """

    dropout: float = 0.3


def build(features: Features, options: PoolOptions) -> KerasTensor:
    """From ``steps`` and ``mask`` to ``vector``."""
    return pool(features["steps"], _mask(features, features["steps"]), options.pooling)


def build_dropped(features: Features, options: DroppedOptions) -> KerasTensor:
    """From ``steps`` and ``mask`` to ``vector``, with dropout."""
    return _drop(build(features, options), options.dropout)


def build_branches(features: Features, options: DroppedOptions) -> KerasTensor:
    """From ``branches``, sequences over the same steps, to ``vector``: each is pooled by itself."""
    branches = features["branches"]
    mask = _mask(features, branches[0])
    pooled = [pool(branch, mask, options.pooling) for branch in branches]
    vector = ops.concatenate(pooled, axis=1) if len(pooled) > 1 else pooled[0]
    return _drop(vector, options.dropout)


def _mask(features: Features, steps: KerasTensor) -> KerasTensor:
    return features["mask"] if "mask" in features else ops.ones_like(steps[:, :, 0], dtype="bool")


def _drop(vector: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vector) if rate > 0 else vector


POOL = Neck(name="word_pool", takes="steps", gives="vector", options=PoolOptions, build=build)
DROPPED = Neck(
    name="word_pool_dropped", takes="steps", gives="vector", options=DroppedOptions, build=build_dropped
)
BRANCHES = Neck(
    name="branch_pool_dropped",
    takes="branches",
    gives="vector",
    options=DroppedOptions,
    build=build_branches,
)
