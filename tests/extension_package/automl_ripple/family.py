"""A perceptron whose activation is a learned ripple."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import keras
from keras import KerasTensor

from automl.core.specs import InputSpec
from automl.models.family import Family
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


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: RippleOptions
) -> KerasTensor:
    """Flatten numbers and one-hot codes of categories, then ``depth`` times dense and ripple."""
    parts = [inputs[name] for name in ("numeric", "ranks") if name in inputs]
    if "categorical" in inputs:
        codes = keras.layers.Embedding(max(specs["categorical"].sizes), 4)(inputs["categorical"])
        parts.append(keras.layers.Flatten()(codes))
    features = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    for _ in range(options.depth):
        features = Ripple(options.frequency)(keras.layers.Dense(options.width)(features))
    return features


FAMILY = Family(
    name="ripple",
    modality="tabular",
    takes=("numeric", "ranks", "categorical"),
    gives="vector",
    options=RippleOptions,
    build=build,
)
