"""From the steps of a clip to a vector: pooled over time, read by a recurrent layer, or weighed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keras import KerasTensor, layers

from automl.core.errors import ConfigError, suggest
from automl.models.family import Features
from automl.models.necks.dense import DenseOptions, end
from automl.models.necks.neck import Neck

OVER_TIME = ("average", "max", "both", "gru", "attention")


@dataclass(frozen=True, kw_only=True)
class ClipSummaryOptions(DenseOptions):
    """How the steps of a clip become a vector.

    Attributes:
        over_time: ``average`` or ``max`` over the steps, ``both`` side by side; ``gru``, the mean of what a
            recurrent layer (Cho et al., 2014) says at each step; ``attention``, their mean by weights that
            a small network gives each step (Bahdanau et al., 2015).
        time_units: of the recurrent layer, or of that network.
    """

    over_time: str = "average"
    time_units: int = 32


def build(features: Features, options: ClipSummaryOptions) -> KerasTensor:
    """From ``steps (n, t, f)`` to ``vector``."""
    steps: Any = features["steps"]
    if options.over_time == "gru":
        steps = layers.GRU(options.time_units, return_sequences=True)(steps)
    elif options.over_time == "attention":
        hidden = layers.Dense(options.time_units, activation="tanh")(steps)
        weights = layers.Softmax(axis=1)(layers.Dense(1)(hidden))
        mean = layers.Dot(axes=1)([weights, steps])
        return end(layers.Flatten()(mean), options)
    elif options.over_time not in OVER_TIME:
        raise ConfigError(
            f"Unknown over_time {options.over_time!r}. {suggest(options.over_time, OVER_TIME)}"
        )
    average = layers.GlobalAveragePooling1D()
    most = layers.GlobalMaxPooling1D()
    if options.over_time == "both":
        return end(layers.Concatenate()([average(steps), most(steps)]), options)
    return end(most(steps) if options.over_time == "max" else average(steps), options)


SUMMARY = Neck(name="clip_summary", takes="steps", gives="vector", options=ClipSummaryOptions, build=build)
