"""How a sound becomes a picture of itself inside a model, as options that are searched.

n  clips, s  samples, t  frames, m  mel bands
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from automl.core.shaping import shaping
from automl.core.spectrogram import MelScale, scale_of
from automl.core.tensors import Bound
from automl.models.layers.log_mel import HeardFrames, MelLevels, NormalisedLevels
from automl.models.layers.spectrogram_changes import SpectrogramMasks, VariedLevels

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class SpectrogramOptions:
    """How a sound becomes a picture of itself.

    Attributes:
        window_ms: milliseconds that a frame looks at.
        hop_ms: milliseconds from frame to frame.
        mel_bands: bands of equal width on the mel scale.
        low_hz: frequency in Hz at which the lowest band begins.
        high_share: frequency at which the highest band ends, as a share of half the rate.
        level: what is taken out of each clip: ``clip``, its loudness, or ``band``, the mean of each band.
        trim: decibels below a clip's loudest frame at which silence begins, which is left out at both ends;
            0 for none.
        time_mask: longest stretch of time that is left out in training, as a share (Park et al., 2019).
        frequency_mask: widest stretch of bands that is left out in training, as a share.
        warp: by what share frequencies are stretched in training at most (Jaitly and Hinton, 2013).
        tilt: by how many decibels bands are made louder or quieter in training at most (Nam et al., 2022).
        noise: how loud noise is made in training at most, as a share of a clip's range of levels.
    """

    window_ms: int = 25
    hop_ms: int = 10
    mel_bands: int = 40
    low_hz: int = 20
    high_share: float = shaping(1.0)
    level: Literal["clip", "band"] = "clip"
    trim: int = 0
    time_mask: float = 0.0
    frequency_mask: float = 0.0
    warp: float = 0.0
    tilt: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Spectrogram:
    """A picture of sounds.

    Attributes:
        picture: ``(n, t, m, 1)``, 0 where nothing is heard.
        heard: which frames are looked at ``(n, t)``: 1 and 0.
        scale: how it was made.
    """

    picture: KerasTensor
    heard: KerasTensor
    scale: MelScale


def spectrogram_of(sound: Bound, options: SpectrogramOptions) -> Spectrogram:
    """Return the spectrogram of sounds.

    Args:
        sound: ``(n, s)``, with its rate.
        options: see there; what is left out is left out in training alone.
    """
    scale = scale_of(
        sound.spec.facts.rate,
        window_ms=options.window_ms,
        hop_ms=options.hop_ms,
        bands=options.mel_bands,
        low=options.low_hz,
        high_share=options.high_share,
    )
    levels = MelLevels(scale)(sound.tensor)
    heard = HeardFrames(scale, options.trim)(levels, sound.tensor)
    if options.warp or options.tilt or options.noise:
        levels = VariedLevels(scale, options.warp, options.tilt, options.noise)(levels)
    picture = NormalisedLevels(options.level)(levels, heard)
    if options.time_mask or options.frequency_mask:
        picture = SpectrogramMasks(options.time_mask, options.frequency_mask)(picture)
    return Spectrogram(picture=picture, heard=heard, scale=scale)
