"""From the steps of a sound to a vector: mean and largest value of each feature, then a dense layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keras import KerasTensor, ops

from automl.core.errors import ConfigError, suggest
from automl.models.family import Features
from automl.models.layers.text_tokens import pool
from automl.models.necks.dense import DenseOptions, end
from automl.models.necks.neck import Neck

SUMMARIES = {"average": "mean", "max": "max", "both": "both"}


@dataclass(frozen=True, kw_only=True)
class StepOptions(DenseOptions):
    """How steps become a vector.

    Attributes:
        summary: ``average`` or ``max`` over the steps, or ``both`` side by side (Kong et al., 2020).
    """

    summary: str = "both"


def build(features: Features, options: StepOptions) -> KerasTensor:
    """From ``steps``, and ``mask`` where there is padding, to ``vector``."""
    if options.summary not in SUMMARIES:
        raise ConfigError(f"Unknown summary {options.summary!r}. {suggest(options.summary, SUMMARIES)}")
    steps: Any = features["steps"]
    mask = features.get("mask")
    every = ops.ones_like(steps[:, :, 0], dtype="bool") if mask is None else mask
    return end(pool(steps, every, SUMMARIES[options.summary]), options)


SUMMARY = Neck(name="step_summary", takes="steps", gives="vector", options=StepOptions, build=build)
