"""Residual network with pre-activation blocks (He et al., "Identity mappings", 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.models.family import Family
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import activate, convolve, dense_head, normalise

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec


@dataclass(frozen=True, kw_only=True)
class ResidualCnnOptions(AugmentationOptions):
    """Shape of the network.

    Attributes:
        stages: groups of blocks; each after the first halves the sides and doubles the channels.
        depth: residual blocks of each stage, two convolutions each.
        width: channels of the first stage.
        stem_stride: step of the first convolution in pixels; 2 makes everything four times cheaper.
        kernel_size: side of the kernels in pixels.
        normalisation: ``batch``, ``group`` or ``none``.
        activation: any activation of Keras by name.
        block_dropout: share dropped between the two convolutions of a block (Zagoruyko and
            Komodakis, 2016).
        dropout: share dropped before the task's head.
    """

    stages: int = 3
    depth: int = 1
    width: int = 32
    stem_stride: int = 2
    kernel_size: int = 3
    normalisation: str = "batch"
    activation: str = "relu"
    block_dropout: float = 0.0
    dropout: float = 0.2


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: ResidualCnnOptions
) -> KerasTensor:
    """Build the network from ``image`` to a vector ``(batch, features)``."""
    image = augment(inputs["image"], options)
    image = convolve(image, options.width, options.kernel_size, stride=options.stem_stride, bias=False)
    for stage in range(options.stages):
        for position in range(options.depth):
            stride = 2 if stage and not position and min(image.shape[1:3]) > 1 else 1
            image = _block(image, options.width * 2**stage, stride, options)
    image = activate(normalise(image, options.normalisation), options.activation)
    vector = layers.GlobalAveragePooling2D()(image)
    return dense_head(vector, width=0, dropout=options.dropout, activation=options.activation)


def _block(image: KerasTensor, filters: int, stride: int, options: ResidualCnnOptions) -> KerasTensor:
    bias = options.normalisation == "none"
    active = activate(normalise(image, options.normalisation), options.activation)
    changes = stride > 1 or image.shape[-1] != filters
    shortcut = convolve(active, filters, 1, stride=stride, bias=False) if changes else image
    inner = convolve(active, filters, options.kernel_size, stride=stride, bias=bias)
    inner = activate(normalise(inner, options.normalisation), options.activation)
    if options.block_dropout > 0:
        inner = layers.Dropout(options.block_dropout)(inner)
    inner = convolve(inner, filters, options.kernel_size, bias=bias)
    return layers.Add()([shortcut, inner])


FAMILY = Family(
    name="residual_cnn",
    modality="image",
    takes=("image",),
    gives="vector",
    options=ResidualCnnOptions,
    build=build,
)
