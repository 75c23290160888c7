"""Residual networks: the first version, the one with activations first, and the one with groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
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

GROUPS = 32
_normalised = partial(normalised, epsilon=1.001e-5)


class HyperResNet(NetworkSpace):
    """A space of residual networks; widths, strides and depths are those of KerasTuner.

    Hyperparameters: ``version`` (``v1``, He et al., 2016a; ``v2``, He et al., 2016b; ``next``, Xie et al.,
    2017), ``conv3_depth`` and ``conv4_depth`` (blocks of the second and third stage), ``pooling``, and with
    a layer of classes ``optimizer`` and ``learning_rate``.

    Arguments and errors are those of ``NetworkSpace``.
    """

    def build(self, hp: HyperParameters) -> keras.Model:
        """See ``HyperModel``."""
        version = _VERSIONS[hp.Choice("version", list(_VERSIONS), default="v2")]
        depths = (3, hp.Choice("conv3_depth", [4, 8]), hp.Choice("conv4_depth", [6, 23, 36]), 3)
        inputs, x = self.opened()
        x = version.stem(x)
        for stage, depth in enumerate(depths):
            x = version.staged(x, stage, depth)
        x = _normalised(x) if version.activates_first else x
        x = pooled(x, hp.Choice("pooling", ["avg", "max"], default="avg"))
        if not self.include_top:
            return keras.Model(inputs, x, name="ResNet")
        x = layers.Dense(self.classes, activation="softmax", name="probs")(x)
        model = keras.Model(inputs, x, name="ResNet")
        optimizer = keras.optimizers.get(hp.Choice("optimizer", ["adam", "rmsprop", "sgd"], default="adam"))
        optimizer.learning_rate = hp.Choice("learning_rate", [0.1, 0.01, 0.001], default=0.01)
        model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
        return model


def _first(x: Any, filters: int, stride: int, *, projected: bool) -> Any:
    """A bottleneck of the first version: the sum is activated."""
    shortcut = x
    if projected:
        shortcut = _normalised(layers.Conv2D(4 * filters, 1, strides=stride)(x), None)
    x = _normalised(layers.Conv2D(filters, 1, strides=stride)(x))
    x = _normalised(layers.Conv2D(filters, 3, padding="same")(x))
    x = _normalised(layers.Conv2D(4 * filters, 1)(x), None)
    return layers.Activation("relu")(layers.Add()([shortcut, x]))


def _second(x: Any, filters: int, stride: int, *, projected: bool) -> Any:
    """A bottleneck whose branch is activated first, so that the sums stay untouched."""
    activated = _normalised(x)
    shortcut = x
    if projected:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(activated)
    elif stride > 1:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x)
    x = _normalised(layers.Conv2D(filters, 1, use_bias=False)(activated))
    x = layers.ZeroPadding2D(1)(x)
    x = _normalised(layers.Conv2D(filters, 3, strides=stride, use_bias=False)(x))
    return layers.Add()([shortcut, layers.Conv2D(4 * filters, 1)(x)])


def _grouped(x: Any, filters: int, stride: int, *, projected: bool) -> Any:
    """A bottleneck whose middle convolution sees its channels in groups."""
    shortcut = x
    if projected:
        shortcut = layers.Conv2D(2 * filters, 1, strides=stride, use_bias=False)(x)
        shortcut = _normalised(shortcut, None)
    x = _normalised(layers.Conv2D(filters, 1, use_bias=False)(x))
    x = _normalised(_convolved_in_groups(layers.ZeroPadding2D(1)(x), filters, stride))
    x = _normalised(layers.Conv2D(2 * filters, 1, use_bias=False)(x), None)
    return layers.Activation("relu")(layers.Add()([shortcut, x]))


def _convolved_in_groups(x: Any, filters: int, stride: int) -> Any:
    """Convolve 3x3 within groups: TensorFlow trains ``Conv2D(groups=...)`` on GPUs alone.

    Each channel gives one part of each channel of its group; the parts are summed.
    """
    size = filters // GROUPS
    x = layers.DepthwiseConv2D(3, strides=stride, depth_multiplier=size, use_bias=False)(x)
    if channel_axis() == 1:
        x = layers.Reshape((GROUPS, size, size, *x.shape[2:]))(x)
        return layers.Reshape((filters, *x.shape[4:]))(keras.ops.sum(x, axis=2))
    x = layers.Reshape((*x.shape[1:3], GROUPS, size, size))(x)
    return layers.Reshape((*x.shape[1:3], filters))(keras.ops.sum(x, axis=4))


@dataclass(frozen=True, kw_only=True)
class _Version:
    """What tells one kind of residual network from another.

    Attributes:
        block: from a tensor, filters, a stride and whether the shortcut is projected, to a tensor.
        filters: of the bottlenecks, by stage.
        strides: by stage.
        strided: which block of a stage has its stride: 0 for the first, -1 for the last.
        activates_first: whether sums are activated at the end of all stages.
        bias: whether the first convolution has one.
    """

    block: Callable[..., Any]
    filters: tuple[int, int, int, int]
    strides: tuple[int, int, int, int]
    strided: int = 0
    activates_first: bool = False
    bias: bool = True

    def stem(self, x: Any) -> Any:
        """A quarter of the height and width."""
        x = layers.Conv2D(64, 7, strides=2, use_bias=self.bias)(layers.ZeroPadding2D(3)(x))
        x = x if self.activates_first else _normalised(x)
        return layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))

    def staged(self, x: Any, stage: int, depth: int) -> Any:
        """The blocks of one stage."""
        for place in range(depth):
            stride = self.strides[stage] if place == self.strided % depth else 1
            x = self.block(x, self.filters[stage], stride, projected=place == 0)
        return x


_VERSIONS: Mapping[str, _Version] = {
    "v1": _Version(block=_first, filters=(64, 128, 256, 512), strides=(1, 2, 2, 2)),
    "v2": _Version(
        block=_second,
        filters=(64, 128, 256, 512),
        strides=(2, 2, 2, 1),
        strided=-1,
        activates_first=True,
    ),
    "next": _Version(block=_grouped, filters=(64, 256, 512, 1024), strides=(2, 2, 2, 1), bias=False),
}
