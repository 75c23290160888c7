"""U-Net (Ronneberger et al., 2015): a way down to few pixels and back up, each step beside its like.

Normalised, and with residual blocks where wanted, as in later work. Pictures may have any sides: where
halving rounds up, the way back cuts off what is too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.image_blocks import activate, convolve, normalise
from automl.models.layers.mirror_images import with_mirror_images

if TYPE_CHECKING:
    from keras import KerasTensor

LEAST_SIDE = 4
"""Maps with a shorter side are not halved again."""


@dataclass(frozen=True, kw_only=True)
class UnetOptions:
    """Shape of the network.

    Attributes:
        levels: sizes of maps, each half of the one before.
        width: channels of the first level; they double with each level.
        most_width: channels of any level at most.
        convolutions: of each level, on either way.
        stem_stride: step of the first convolution in pixels; 2 makes everything about four times cheaper,
            and pixels are told apart by a last convolution at full size.
        residual: whether the convolutions of a level are added to what they start from (He et al., 2016).
        normalisation: ``batch``, ``group`` or ``none``.
        activation: any activation of Keras by name.
        dropout: share dropped of the smallest maps.
        mirror_images: whether predictions are the mean of those for a picture and its mirror image.
    """

    levels: int = 4
    width: int = 16
    most_width: int = 256
    convolutions: int = 2
    stem_stride: int = 1
    residual: bool = False
    normalisation: str = "batch"
    activation: str = "relu"
    dropout: float = 0.1
    mirror_images: bool = False


def build(inputs: Inputs, options: UnetOptions) -> Features:
    """Build from ``image`` to ``pixels``, a vector for each pixel of the picture."""
    (pixels,) = with_mirror_images(
        inputs.one("image").tensor,
        lambda pictures: [_network(pictures, options)],
        wanted=options.mirror_images,
    )
    return {"pixels": pixels}


def _network(image: KerasTensor, options: UnetOptions) -> KerasTensor:
    small = _convolved(image, options.width, options, stride=options.stem_stride)
    skips, values = [], small
    for level in range(options.levels):
        if level:
            values = layers.MaxPooling2D(2, padding="same")(values)
        values = _level(values, _width(level, options), options)
        skips.append(values)
        if min(values.shape[1:3]) < 2 * LEAST_SIDE:
            break
    values = skips.pop()
    if options.dropout > 0:
        values = layers.Dropout(options.dropout)(values)
    while skips:
        beside = skips.pop()
        raised = _raised(values, beside, int(beside.shape[-1]))
        values = _level(layers.Concatenate()([beside, raised]), int(beside.shape[-1]), options)
    if options.stem_stride > 1:
        raised = _raised(values, image, options.width, stride=options.stem_stride)
        values = _convolved(layers.Concatenate()([image, raised]), options.width, options)
    return values


def _width(level: int, options: UnetOptions) -> int:
    return int(min(options.width * 2**level, options.most_width))


def _level(values: KerasTensor, width: int, options: UnetOptions) -> KerasTensor:
    """The convolutions of a level."""
    inner = values
    for _ in range(options.convolutions):
        inner = _convolved(inner, width, options)
    if not options.residual:
        return inner
    same = values.shape[-1] == width
    return layers.Add()([inner, values if same else convolve(values, width, 1, bias=False)])


def _convolved(values: KerasTensor, width: int, options: UnetOptions, *, stride: int = 1) -> KerasTensor:
    bias = options.normalisation == "none"
    values = convolve(values, width, 3, stride=stride, bias=bias)
    return activate(normalise(values, options.normalisation), options.activation)


def _raised(values: KerasTensor, like: KerasTensor, width: int, *, stride: int = 2) -> KerasTensor:
    """Maps of ``stride`` times the sides, cut to those of ``like``."""
    raised = layers.Conv2DTranspose(width, stride, strides=stride, kernel_initializer="he_normal")(values)
    over = [raised.shape[axis] - like.shape[axis] for axis in (1, 2)]
    return layers.Cropping2D(((0, over[0]), (0, over[1])))(raised) if any(over) else raised


FAMILY = Family(
    name="image/unet",
    slots=(Slot(kind="image", least=1),),
    gives=("pixels",),
    options=UnetOptions,
    build=build,
)
