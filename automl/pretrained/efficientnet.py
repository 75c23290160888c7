"""EfficientNet-Lite0 (Tan and Le, "EfficientNet", 2019), with weights from a file of PyTorch.

It has neither squeeze and excitation nor swish, as TensorFlow's authors made it for small machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import KerasTensor, layers

from automl.pretrained.network import Network, Values, network_from
from automl.pretrained.torch_file import read_tensors

_EPSILON = 1e-3


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Blocks of one shape; the first of them has the stride."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    filters: int


STAGES = (
    Stage(blocks=1, kernel=3, stride=1, expansion=1, filters=16),
    Stage(blocks=2, kernel=3, stride=2, expansion=6, filters=24),
    Stage(blocks=2, kernel=5, stride=2, expansion=6, filters=40),
    Stage(blocks=3, kernel=3, stride=2, expansion=6, filters=80),
    Stage(blocks=3, kernel=5, stride=1, expansion=6, filters=112),
    Stage(blocks=4, kernel=5, stride=2, expansion=6, filters=192),
    Stage(blocks=1, kernel=3, stride=1, expansion=6, filters=320),
)
STEM, HEAD, CLASSES = 32, 1280, 1000
"""Channels of the first and of the last convolution, and logits."""


def load(path: Path, name: str) -> Network:
    """Read the network up to its last map, for which 1,000 classes of ImageNet were told apart."""
    whole = classifier(path)
    features = keras.Model(whole.input, whole.get_layer("bn1_relu").output, name="backbone")
    return network_from(
        features,
        name=name,
        # the authors' rounding of what brings 0..255 to about -1..1
        values=Values(mean=127.0, deviation=128.0),
        blocks=tuple(_by_stage([layer.name for layer in features.layers if layer.weights])),
    )


def classifier(path: Path) -> keras.Model:
    """Build the whole network with the weights of a file.

    Returns:
        from pictures ``(n, height, width, 3) float32`` of about -1 to 1 to logits ``(n, 1000)`` of the
        classes of ImageNet in their usual order.

    Raises:
        DataError: the file holds no such weights.
    """
    tensors = read_tensors(path)
    model = build()
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(_weights(layer.name, tensors))
    return model


def build() -> keras.Model:
    """Build the network with weights of 0; layers are called as in the file, without underscores ahead."""
    image = keras.Input((None, None, 3), name="image")
    maps = _unit(image, layers.Conv2D(STEM, 3, 2, name="conv_stem", **_plain()), "bn0")
    number = 0
    for stage in STAGES:
        for place in range(stage.blocks):
            maps = _block(maps, stage, 1 if place else stage.stride, f"blocks.{number}.")
            number += 1
    maps = _unit(maps, layers.Conv2D(HEAD, 1, name="conv_head", **_plain()), "bn1")
    vector = layers.GlobalAveragePooling2D(name="average")(maps)
    logits = layers.Dense(CLASSES, name="fc", kernel_initializer="zeros")(vector)
    return keras.Model(image, logits, name="efficientnet_lite0")


def _block(maps: KerasTensor, stage: Stage, stride: int, name: str) -> KerasTensor:
    """Inverted residual block (Sandler et al., 2018)."""
    before, width = maps, maps.shape[-1]
    if stage.expansion > 1:
        expand = layers.Conv2D(stage.expansion * width, 1, name=f"{name}expand_conv", **_plain())
        maps = _unit(maps, expand, f"{name}bn0")
    depthwise = layers.DepthwiseConv2D(
        stage.kernel,
        stride,
        "same",
        use_bias=False,
        depthwise_initializer="zeros",
        name=f"{name}depthwise_conv",
    )
    maps = _unit(maps, depthwise, f"{name}bn1")
    project = layers.Conv2D(stage.filters, 1, name=f"{name}project_conv", **_plain())
    maps = _unit(maps, project, f"{name}bn2", active=False)
    if stride > 1 or width != stage.filters:
        return maps
    return layers.Add(name=f"{name}add")([before, maps])


def _unit(maps: KerasTensor, layer: keras.layers.Layer, norm: str, *, active: bool = True) -> KerasTensor:
    maps = layers.BatchNormalization(epsilon=_EPSILON, name=norm)(layer(maps))
    return layers.ReLU(max_value=6.0, name=f"{norm}_relu")(maps) if active else maps


def _plain() -> dict[str, object]:
    """Padding is TensorFlow's, with the odd pixel at the end; PyTorch's would put one on each side."""
    return {"padding": "same", "use_bias": False, "kernel_initializer": "zeros"}


def _weights(layer: str, tensors: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """The weights of a layer in Keras' order and layout."""
    name = ".".join(part if part.isdigit() else f"_{part}" for part in layer.split("."))
    weight = tensors[f"{name}.weight"]
    if f"{name}.running_mean" in tensors:
        return [tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    if weight.ndim == 2:
        return [weight.T, tensors[f"{name}.bias"]]
    # of a depthwise kernel the channels stand first, of which each has one filter
    return [weight.transpose((2, 3, 0, 1) if weight.shape[1] == 1 else (2, 3, 1, 0))]


def _by_stage(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Names of layers by stage: the stem, the stages, the last convolution."""
    stages = [number for number, stage in enumerate(STAGES, start=1) for _ in range(stage.blocks)]

    def stage_of(name: str) -> int:
        if name.startswith("blocks."):
            return stages[int(name.split(".")[1])]
        return 0 if name in ("conv_stem", "bn0") else len(STAGES) + 1

    for stage in range(len(STAGES) + 2):
        yield tuple(name for name in names if stage_of(name) == stage)
