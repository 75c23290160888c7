"""From patches of a picture to a vector: their average, or weights that are learned."""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers

from automl.models.family import Features
from automl.models.necks.neck import Neck


@dataclass(frozen=True, kw_only=True)
class PatchOptions:
    """How steps that are all real become one vector.

    Attributes:
        summary: ``average``, or ``attention`` with learned weights (Hassani et al., 2021).
        dropout: share dropped of the vector.
    """

    summary: str = "attention"
    dropout: float = 0.1


def build(features: Features, options: PatchOptions) -> KerasTensor:
    """From ``steps`` to ``vector``."""
    vector = _summarise(features["steps"], options.summary)
    return layers.Dropout(options.dropout)(vector) if options.dropout > 0 else vector


def _summarise(patches: KerasTensor, kind: str) -> KerasTensor:
    if kind == "average":
        return layers.GlobalAveragePooling1D()(patches)
    weights = layers.Softmax(axis=1)(layers.Dense(1)(patches))
    pooled = layers.Dot(axes=1)([weights, patches])
    return layers.Flatten()(pooled)


SUMMARY = Neck(name="patch_summary", takes="steps", gives="vector", options=PatchOptions, build=build)
