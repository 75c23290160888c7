"""From a map to a vector: pooled over all places or laid out flat, then dropout and a dense layer."""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers

from automl.core.errors import ConfigError, suggest
from automl.models.family import Features
from automl.models.necks.dense import DenseOptions, end
from automl.models.necks.neck import Neck

SUMMARIES = {
    "average": layers.GlobalAveragePooling2D,
    "max": layers.GlobalMaxPooling2D,
    "flatten": layers.Flatten,
}


@dataclass(frozen=True, kw_only=True)
class SummaryOptions(DenseOptions):
    """How a map becomes a vector.

    Attributes:
        summary: ``average`` or ``max`` over all places, or ``flatten``: every place keeps its numbers.
    """

    summary: str = "average"


def build(features: Features, options: SummaryOptions) -> KerasTensor:
    """From ``map`` to ``vector``."""
    if options.summary not in SUMMARIES:
        raise ConfigError(f"Unknown summary {options.summary!r}. {suggest(options.summary, SUMMARIES)}")
    return end(SUMMARIES[options.summary]()(features["map"]), options)


SUMMARY = Neck(name="map_summary", takes="map", gives="vector", options=SummaryOptions, build=build)
