"""Dense layers with what goes around them: normalisation, activation, dropout."""

from __future__ import annotations

import keras
from keras import KerasTensor

from automl.core.errors import ConfigError, suggest

ACTIVATIONS = ("relu", "selu", "gelu", "mish", "silu", "elu", "tanh")
NORMALISATIONS = ("none", "batch", "layer")


def dense(features: KerasTensor, width: int, activation: str) -> KerasTensor:
    """One dense layer without activation, with the initial weights that suit ``activation``, then it."""
    if activation not in ACTIVATIONS:
        raise ConfigError(f"Unknown activation {activation!r}. {suggest(activation, ACTIVATIONS)}")
    kernel = "lecun_normal" if activation in ("selu", "tanh") else "he_normal"
    return keras.layers.Dense(width, kernel_initializer=kernel)(features)


def normalise(features: KerasTensor, kind: str) -> KerasTensor:
    """Normalise by batch, by row, or not at all."""
    if kind not in NORMALISATIONS:
        raise ConfigError(f"Unknown normalisation {kind!r}. {suggest(kind, NORMALISATIONS)}")
    if kind == "none":
        return features
    return (keras.layers.BatchNormalization if kind == "batch" else keras.layers.LayerNormalization)()(
        features
    )


def activate(features: KerasTensor, activation: str, dropout: float) -> KerasTensor:
    """Activation, then dropout where its rate is not 0."""
    active = keras.layers.Activation(activation)(features)
    return keras.layers.Dropout(dropout)(active) if dropout else active
