"""Vision transformer (Dosovitskiy et al., 2021), with what helps it on little data.

Little data asks for the convolutional stem and the attention pooling of compact transformers (Hassani et
al., 2021): a network without them has to learn from scratch that neighbouring pixels belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import activate, convolve, normalise
from automl.models.layers.image_positions import ImagePositions

if TYPE_CHECKING:
    from keras import KerasTensor


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
        block_dropout: share dropped of each branch before it is added.
    """

    patch_size: int = 4
    stem_filters: int = 32
    depth: int = 3
    width: int = 64
    heads: int = 4
    expansion: float = shaping(2.0)
    activation: str = "gelu"
    block_dropout: float = 0.1


def build(inputs: Inputs, options: VisionTransformerOptions) -> Features:
    """Build the network from ``image``; the steps are patches, row by row, and the map is their grid."""
    image = augment(inputs.one("image").tensor, options)
    grid = _grid(image, options)
    patches = ImagePositions()(layers.Reshape((-1, grid.shape[-1]))(grid))
    for _ in range(options.depth):
        patches = _block(patches, options)
    patches = layers.LayerNormalization(epsilon=1e-6)(patches)
    return {"steps": patches, "map": layers.Reshape(grid.shape[1:])(patches)}


def _grid(image: KerasTensor, options: VisionTransformerOptions) -> KerasTensor:
    width = -(-options.width // options.heads) * options.heads
    if options.stem_filters > 0:
        image = convolve(image, options.stem_filters, 3, bias=False)
        image = activate(normalise(image, "batch"), "relu")
    return convolve(image, width, options.patch_size, stride=options.patch_size, bias=True)


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


FAMILY = Family(
    name="image/vision_transformer",
    slots=(Slot(kind="image", least=1),),
    gives=("steps", "map"),
    options=VisionTransformerOptions,
    build=build,
    necks={"patch_summary": {}},
)
