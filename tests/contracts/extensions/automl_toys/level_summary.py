"""A neck: from a pyramid to a vector, every level flattened to the same number of channels."""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers

from automl.models.family import Features
from automl.models.necks.neck import Neck


@dataclass(frozen=True, kw_only=True)
class LevelSummaryOptions:
    """Hyperparameters.

    Attributes:
        channels: numbers that each level gives.
    """

    channels: int = 16


def build(features: Features, options: LevelSummaryOptions) -> KerasTensor:
    """From ``pyramid`` to ``vector``."""
    parts = [layers.Dense(options.channels)(layers.Flatten()(level)) for level in features["pyramid"]]
    return parts[0] if len(parts) == 1 else layers.Concatenate()(parts)


NECK = Neck(name="level_summary", takes="pyramid", gives="vector", options=LevelSummaryOptions, build=build)
