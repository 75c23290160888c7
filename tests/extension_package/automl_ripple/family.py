"""A perceptron whose activation is a learned ripple."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl_ripple.layers import Ripple


@dataclass(frozen=True, kw_only=True)
class RippleOptions:
    """Hyperparameters.

    Attributes:
        width: units of a hidden layer.
        depth: hidden layers.
        frequency: of the ripples at first.
    """

    width: int = 32
    depth: int = 2
    frequency: float = 1.0


def build(inputs: Inputs, options: RippleOptions) -> Features:
    """Flatten numbers and one-hot codes of categories, then ``depth`` times dense and ripple."""
    parts = [item.tensor for kind in ("numeric", "ranks") for item in inputs.all(kind)]
    for codes in inputs.all("categorical"):
        embedded = keras.layers.Embedding(max(codes.spec.facts.sizes), 4)(codes.tensor)
        parts.append(keras.layers.Flatten()(embedded))
    features = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    for _ in range(options.depth):
        features = Ripple(options.frequency)(keras.layers.Dense(options.width)(features))
    return {"vector": features}


FAMILY = Family(
    name="tabular/ripple",
    slots=(Slot(kind="numeric"), Slot(kind="ranks"), Slot(kind="categorical")),
    gives=("vector",),
    options=RippleOptions,
    build=build,
)
