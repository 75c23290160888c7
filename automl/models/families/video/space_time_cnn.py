"""Residual network of convolutions in space and in time by turns, R(2+1)D (Tran et al., 2018).

A convolution over three axes is taken apart into one over each frame and one over the times of each place:
fewer weights, and a non-linearity more. Both run as convolutions over two axes, on which every backend is
fast.

n  clips, t  frames, h and w  sides, f  features
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.families.video.frames import ClipOptions, seen
from automl.models.family import Family, Features, Slot
from automl.models.layers.clips import FramesApart, FramesTogether
from automl.models.layers.image_blocks import activate, convolve, normalise

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class SpaceTimeOptions(ClipOptions):
    """Shape of the network.

    Attributes:
        stages: groups of blocks; each after the first halves sides and frames and doubles the channels.
        depth: residual blocks of each stage.
        width: channels of the first stage.
        stem_stride: step of the first convolution in pixels; 2 makes everything four times cheaper.
        kernel_size: side of the kernels in pixels.
        time_kernel: frames that a convolution in time looks at.
        normalisation: ``batch``, ``group`` or ``none``.
        activation: any activation of Keras by name.
        block_dropout: share dropped between the convolutions of a block.
    """

    stages: int = 3
    depth: int = 1
    width: int = 16
    stem_stride: int = 2
    kernel_size: int = 3
    time_kernel: int = 3
    normalisation: str = "batch"
    activation: str = "relu"
    block_dropout: float = 0.0


def build(inputs: Inputs, options: SpaceTimeOptions) -> Features:
    """Give ``steps (n, t, f)``, fewer than frames, pooled over all places."""
    clips = seen(inputs.one("video"), options)
    clips = _in_space(clips, options.width, options.kernel_size, options.stem_stride)
    for stage in range(options.stages):
        for position in range(options.depth):
            stride = 2 if stage and not position else 1
            clips = _block(clips, options.width * 2**stage, stride, options)
    clips = activate(normalise(clips, options.normalisation), options.activation)
    vectors = layers.GlobalAveragePooling2D()(FramesApart()(clips))
    return {"steps": FramesTogether(clips.shape[1])(vectors)}


def _block(clips: KerasTensor, filters: int, stride: int, options: SpaceTimeOptions) -> KerasTensor:
    strides = [stride if min(sides) > 1 else 1 for sides in (clips.shape[2:4], clips.shape[1:2])]
    active = activate(normalise(clips, options.normalisation), options.activation)
    inner = _in_space(active, filters, options.kernel_size, strides[0])
    inner = activate(normalise(inner, options.normalisation), options.activation)
    if options.block_dropout > 0:
        inner = layers.Dropout(options.block_dropout)(inner)
    inner = _in_time(inner, filters, options.time_kernel, strides[1])
    if max(strides) == 1 and clips.shape[-1] == filters:
        return layers.Add()([clips, inner])
    shortcut = _in_time(_in_space(active, filters, 1, strides[0]), filters, 1, strides[1])
    return layers.Add()([shortcut, inner])


def _in_space(clips: KerasTensor, filters: int, kernel: int, stride: int) -> KerasTensor:
    """Convolve each frame."""
    frames = convolve(FramesApart()(clips), filters, kernel, stride=stride, bias=False)
    return FramesTogether(clips.shape[1])(frames)


def _in_time(clips: KerasTensor, filters: int, kernel: int, stride: int) -> KerasTensor:
    """Convolve the times of each place; where there is nothing to do, clips stay."""
    if kernel == stride == 1:
        return clips
    frames, height, width, channels = clips.shape[1:]
    lines = layers.Reshape((frames, height * width, channels))(clips)
    convolution = layers.Conv2D(
        filters,
        (kernel, 1),
        strides=(stride, 1),
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )
    lines = convolution(lines)
    return layers.Reshape((lines.shape[1], height, width, filters))(lines)


FAMILY = Family(
    name="video/space_time_cnn",
    slots=(Slot(kind="video", least=1),),
    gives=("steps",),
    options=SpaceTimeOptions,
    build=build,
    necks={"clip_summary": {}},
)
