"""The pieces that image families share: convolution, normalisation, activation, dense head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import layers

from automl.core.errors import ConfigError, suggest

if TYPE_CHECKING:
    from keras import KerasTensor

NORMALISATIONS = ("batch", "group", "none")
GROUP_CHANNELS = 8
"""Channels of one group of group normalisation (Wu and He, 2018), fewer where it must divide."""


def convolve(image: KerasTensor, filters: int, kernel: int, *, stride: int = 1, bias: bool) -> KerasTensor:
    """Convolve with padding, He-initialised (He et al., 2015).

    Args:
        image: ``(batch, height, width, channels)``.
        filters: channels of the result.
        kernel: side of the kernel in pixels.
        stride: step in pixels; the sides shrink by it, rounded up.
        bias: whether to add one; superfluous before a normalisation.
    """
    layer = layers.Conv2D(
        filters, kernel, strides=stride, padding="same", use_bias=bias, kernel_initializer="he_normal"
    )
    return layer(image)


def normalise(image: KerasTensor, kind: str) -> KerasTensor:
    """Normalise activations by ``kind``: ``batch``, ``group`` or ``none``.

    Batch statistics move with momentum 0.9: small data sets see too few steps for Keras' 0.99.
    """
    if kind not in NORMALISATIONS:
        raise ConfigError(f"Unknown normalisation {kind!r}. {suggest(kind, NORMALISATIONS)}")
    if kind == "none":
        return image
    if kind == "batch":
        return layers.BatchNormalization(momentum=0.9)(image)
    channels = int(image.shape[-1])
    return layers.GroupNormalization(groups=_groups(channels))(image)


def activate(image: KerasTensor, name: str) -> KerasTensor:
    """Apply an activation of Keras by name."""
    return layers.Activation(keras.activations.get(name))(image)


def dense_head(vector: KerasTensor, *, width: int, dropout: float, activation: str) -> KerasTensor:
    """Drop out, then one dense layer of ``width`` units unless that is 0, then drop out again."""
    if dropout > 0:
        vector = layers.Dropout(dropout)(vector)
    if width == 0:
        return vector
    vector = layers.Dense(width, kernel_initializer="he_normal")(vector)
    vector = activate(vector, activation)
    return layers.Dropout(dropout)(vector) if dropout > 0 else vector


def _groups(channels: int) -> int:
    wanted = max(1, channels // GROUP_CHANNELS)
    return next(groups for groups in range(wanted, 0, -1) if channels % groups == 0)
