"""How networks for speech begin: two convolutions that make a spectrogram shorter and narrower.

n  clips, t  frames, u  steps, m  bands, f  features
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.spectrogram import MelScale
from automl.core.tensors import Bound
from automl.models.layers.image_blocks import activate, normalise
from automl.models.layers.spectrograms import SpectrogramOptions
from automl.models.layers.speech_frames import fitting_stride

if TYPE_CHECKING:
    from keras import KerasTensor

BAND_STRIDE = 2
"""Bands that each convolution makes one of, as in Amodei et al. (2016)."""


@dataclass(frozen=True, kw_only=True)
class StemOptions(SpectrogramOptions):
    """How a spectrogram becomes steps.

    Attributes:
        time_stride: frames that become one step: 1, 2 or 4; fewer where somebody speaks so fast that not
            every character would have a step of its own.
        filters: channels of the two convolutions.
        width: features of a step behind them.
        normalisation: ``batch``, ``group`` (over the channels of each clip) or ``none``.
        activation: any activation of Keras by name.
    """

    time_stride: int = 2
    filters: int = 24
    width: int = 96
    normalisation: str = "batch"
    activation: str = "relu"


def stem(picture: KerasTensor, sound: Bound, scale: MelScale, options: StemOptions) -> KerasTensor:
    """Return steps ``(n, u, width)`` of a spectrogram ``(n, t, m, 1)``.

    Args:
        picture: the spectrogram.
        sound: that it is made of.
        scale: of the spectrogram.
        options: see there.
    """
    stride = fitting_stride(sound, scale, options.time_stride)
    for step in (min(stride, 2), max(1, stride // 2)):
        picture = _convolved(picture, (step, BAND_STRIDE), options)
    _, time, bands, channels = picture.shape
    steps = layers.Reshape((time, bands * channels))(picture)
    steps = layers.Dense(options.width, use_bias=False, kernel_initializer="he_normal")(steps)
    return activate(normalise(steps, options.normalisation), options.activation)


def _convolved(picture: KerasTensor, strides: tuple[int, int], options: StemOptions) -> KerasTensor:
    layer = layers.Conv2D(
        options.filters,
        3,
        strides=strides,
        padding="same",
        use_bias=options.normalisation == "none",
        kernel_initializer="he_normal",
    )
    return activate(normalise(layer(picture), options.normalisation), options.activation)
