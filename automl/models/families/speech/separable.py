"""Convolutions over time alone, channel by channel and then across channels, without recurrence.

Kriman et al., "QuartzNet", 2020: as good as networks of full convolutions on speech, with a tenth of the
weights. All steps are computed at once, so it is quick where many cores or an accelerator are at hand.

n  clips, t  frames, u  steps, f  features
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers, ops

from automl.core.tensors import Inputs
from automl.models.families.speech.stem import StemOptions, stem
from automl.models.family import Family, Features, Slot
from automl.models.layers.image_blocks import activate, normalise
from automl.models.layers.spectrograms import spectrogram_of
from automl.models.layers.speech_frames import real_steps

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class SeparableOptions(StemOptions):
    """Shape of the network.

    Attributes:
        blocks: residual blocks, one on another.
        kernel_size: steps that a convolution looks at; odd.
        convolutions: in each block.
        dropout: share dropped at the end of each block.
    """

    blocks: int = 4
    kernel_size: int = 11
    convolutions: int = 2
    dropout: float = 0.1


def build(inputs: Inputs, options: SeparableOptions) -> Features:
    """Build from ``sound`` to ``frames (n, u, f)``."""
    sound = inputs.one("sound")
    found = spectrogram_of(sound, options)
    steps = stem(found.picture, sound, found.scale, options)
    # what stands behind the end of a clip would reach into it with every convolution
    real = ops.expand_dims(ops.cast(real_steps(sound, found.scale, steps), steps.dtype), -1)
    steps = steps * real
    for _ in range(options.blocks):
        steps = _block(steps, real, options)
    return {"frames": steps}


def _block(steps: KerasTensor, real: KerasTensor, options: SeparableOptions) -> KerasTensor:
    inner = steps
    for place in range(options.convolutions):
        layer = layers.SeparableConv1D(
            options.width, options.kernel_size, padding="same", use_bias=options.normalisation == "none"
        )
        inner = normalise(layer(inner), options.normalisation)
        if place < options.convolutions - 1:
            inner = activate(inner, options.activation) * real
    steps = activate(layers.Add()([steps, inner]), options.activation)
    return (layers.Dropout(options.dropout)(steps) if options.dropout > 0 else steps) * real


FAMILY = Family(
    name="speech/separable",
    slots=(Slot(kind="sound", least=1),),
    gives=("frames",),
    options=SeparableOptions,
    build=build,
)
