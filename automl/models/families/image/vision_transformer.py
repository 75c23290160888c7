"""Vision transformer (Dosovitskiy et al., 2021), with what helps it on little data.

Little data asks for the convolutional stem and the attention pooling of compact transformers (Hassani et
al., 2021): a network without them has to learn from scratch that neighbouring pixels belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.models.family import Family
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import activate, convolve, normalise
from automl.models.layers.image_positions import ImagePositions

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec


@dataclass(frozen=True, kw_only=True)
class VisionTransformerOptions(AugmentationOptions):
    """Shape of the network.

    Attributes:
        patch_size: side of a patch in pixels; at the edge patches are padded.
        stem_filters: channels of a 3x3 convolution ahead of the patches, 0 for none.
        depth: transformer blocks, norm first.
        width: size of a patch's vector, rounded up to a multiple of ``heads``.
        heads: attention heads.
        expansion: width of the inner dense layer, in multiples of ``width``.
        activation: of the inner dense layer.
        summary: how patches become one vector: ``average`` or ``attention`` (learned weights).
        block_dropout: share dropped of each branch before it is added.
        dropout: share dropped before the task's head.
    """

    patch_size: int = 4
    stem_filters: int = 32
    depth: int = 3
    width: int = 64
    heads: int = 4
    expansion: float = 2.0
    activation: str = "gelu"
    summary: str = "attention"
    block_dropout: float = 0.1
    dropout: float = 0.1


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: VisionTransformerOptions
) -> KerasTensor:
    """Build the network from ``image`` to a vector ``(batch, width)``."""
    image = augment(inputs["image"], options)
    patches = ImagePositions()(_patches(image, options))
    for _ in range(options.depth):
        patches = _block(patches, options)
    vector = _summarise(layers.LayerNormalization(epsilon=1e-6)(patches), options.summary)
    return layers.Dropout(options.dropout)(vector) if options.dropout > 0 else vector


def _patches(image: KerasTensor, options: VisionTransformerOptions) -> KerasTensor:
    width = -(-options.width // options.heads) * options.heads
    if options.stem_filters > 0:
        image = convolve(image, options.stem_filters, 3, bias=False)
        image = activate(normalise(image, "batch"), "relu")
    grid = convolve(image, width, options.patch_size, stride=options.patch_size, bias=True)
    return layers.Reshape((-1, width))(grid)


def _block(patches: KerasTensor, options: VisionTransformerOptions) -> KerasTensor:
    width = int(patches.shape[-1])
    normal = layers.LayerNormalization(epsilon=1e-6)(patches)
    attention = layers.MultiHeadAttention(options.heads, width // options.heads)
    patches = layers.Add()([patches, _drop(attention(normal, normal), options)])
    inner = layers.LayerNormalization(epsilon=1e-6)(patches)
    inner = activate(layers.Dense(round(options.expansion * width))(inner), options.activation)
    return layers.Add()([patches, _drop(layers.Dense(width)(inner), options)])


def _drop(branch: KerasTensor, options: VisionTransformerOptions) -> KerasTensor:
    return layers.Dropout(options.block_dropout)(branch) if options.block_dropout > 0 else branch


def _summarise(patches: KerasTensor, kind: str) -> KerasTensor:
    if kind == "average":
        return layers.GlobalAveragePooling1D()(patches)
    weights = layers.Softmax(axis=1)(layers.Dense(1)(patches))
    pooled = layers.Dot(axes=1)([weights, patches])
    return layers.Flatten()(pooled)


FAMILY = Family(
    name="vision_transformer",
    modality="image",
    takes=("image",),
    gives="vector",
    options=VisionTransformerOptions,
    build=build,
)
