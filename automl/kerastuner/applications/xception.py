"""Networks of separable convolutions with shortcuts (Xception; Chollet, 2017)."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from automl.kerastuner.applications.entrance import (
    NetworkSpace,
    channel_axis,
    normalised,
    pooled,
)
from automl.kerastuner.engine.hyperparameters import HyperParameters

SELF_NORMALISING = "selu"
"""The activation that takes the place of batch normalisation (Klambauer et al., 2017)."""


class HyperXception(NetworkSpace):
    """A space of networks of separable convolutions.

    Hyperparameters: ``activation``, ``conv2d_num_filters``, ``kernel_size`` and ``initial_strides`` of the
    first convolution, ``sep_num_filters`` and ``num_residual_blocks``, ``pooling``, and with a layer of
    classes ``num_dense_layers``, ``dropout_rate``, ``dense_use_bn`` and ``learning_rate``.

    Arguments and errors are those of ``NetworkSpace``.
    """

    def build(self, hp: HyperParameters) -> keras.Model:
        """See ``HyperModel``."""
        activation = hp.Choice("activation", ["relu", SELF_NORMALISING])
        inputs, x = self.opened()
        filters = hp.Choice("conv2d_num_filters", [32, 64, 128], default=64)
        kernel = hp.Choice("kernel_size", [3, 5])
        x = _convolved(x, filters, kernel, hp.Choice("initial_strides", [2]), activation)
        filters = hp.Int("sep_num_filters", 128, 768, step=128, default=256)
        for _ in range(hp.Int("num_residual_blocks", 2, 8, default=4)):
            x = _residual(x, filters, activation)
        x = _residual(x, 2 * filters, activation, halved=True)
        x = pooled(x, hp.Choice("pooling", ["avg", "flatten", "max"]))
        if not self.include_top:
            return keras.Model(inputs, x, name="Xception")
        x = self._dense(hp, x, activation)
        x = layers.Dense(self.classes, activation="softmax")(x)
        model = keras.Model(inputs, x, name="Xception")
        optimizer = keras.optimizers.Adam(hp.Choice("learning_rate", [1e-3, 1e-4, 1e-5]))
        model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
        return model

    def _dense(self, hp: HyperParameters, x: Any, activation: str) -> Any:
        """Dense layers, each with as many units as there are classes."""
        count = hp.Int("num_dense_layers", 1, 3)
        dropout = hp.Float("dropout_rate", 0.0, 0.6, step=0.1, default=0.5)
        batch = hp.Choice("dense_use_bn", [True, False])
        for _ in range(count):
            x = layers.Dense(self.classes, activation=activation, **_weights(activation))(x)
            if batch and activation != SELF_NORMALISING:
                x = layers.BatchNormalization()(x)
            x = layers.Dropout(dropout)(x) if dropout else x
        return x


def _residual(x: Any, filters: int, activation: str, *, halved: bool = False) -> Any:
    """Two separable convolutions and what goes past them; at half the height and width if wanted."""
    shortcut = x
    if halved:
        shortcut = layers.Conv2D(filters, 1, strides=2, padding="same")(x)
    elif x.shape[channel_axis()] != filters:
        shortcut = layers.Conv2D(filters, 1, padding="same")(x)
    for _ in range(2):
        x = _separable(x, filters, activation)
    if halved:
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add()([x, shortcut])


def _separable(x: Any, filters: int, activation: str) -> Any:
    if activation == SELF_NORMALISING:
        drawn = {"depthwise_initializer": "lecun_normal", "pointwise_initializer": "lecun_normal"}
        return layers.SeparableConv2D(filters, 3, padding="same", activation=activation, **drawn)(x)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    return normalised(x, activation)


def _convolved(x: Any, filters: int, kernel: int, stride: int, activation: str) -> Any:
    options: dict[str, Any] = {"strides": stride, "padding": "same"}
    if activation == SELF_NORMALISING:
        options |= {"activation": activation, **_weights(activation)}
        return layers.Conv2D(filters, kernel, **options)(x)
    return normalised(layers.Conv2D(filters, kernel, use_bias=False, **options)(x), activation)


def _weights(activation: str) -> dict[str, Any]:
    """How weights are drawn: activations that normalise themselves need their own way."""
    return {"kernel_initializer": "lecun_normal"} if activation == SELF_NORMALISING else {}
