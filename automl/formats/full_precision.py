"""Models that compute in 16 bits, written in 32: few runtimes have the types that training on GPUs uses."""

from __future__ import annotations

import keras

from automl.data.raw_model import layers_within

FULL = "float32"


def computes_in_halves(model: keras.Model) -> bool:
    """Whether some layers compute in 16 bits; their weights have 32."""
    return any(_has_halves(layer) for layer in layers_within(model))


def in_full_precision(model: keras.Model) -> keras.Model:
    """Let every layer of a model compute in 32 bits from now on, and return the model."""
    for layer in layers_within(model):
        if _has_halves(layer):
            layer.dtype_policy = FULL
    return model


def _has_halves(layer: keras.Layer) -> bool:
    return "16" in str(layer.compute_dtype)
