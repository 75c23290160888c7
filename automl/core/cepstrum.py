"""Statistics of cepstral coefficients (MFCC, Davis and Mermelstein, 1980), for linear models of clips.

Legend: n clips, s samples, t frames, m mel bands, c coefficients, q parts, f statistics.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.spectrogram import MelBank, MelScale, cosines, decibels, mel_power, real_frames, scale_of

COEFFICIENTS, PARTS = 13, 6
"""13 are usual in speech: higher ones tell speakers apart."""

QUIET = 40.0
"""Decibels below a clip's loudest frame: what comes before the first louder frame, and behind the last, is
taken for silence, of which some recordings have more than others (Rabiner and Sambur, 1975)."""

STATISTICS = (PARTS + 2) * COEFFICIENTS + 1
"""How many there are: f."""


def usual_scale(rate: int) -> MelScale:
    """Return the usual scale of speech, since Davis and Mermelstein (1980)."""
    return scale_of(rate, window_ms=25, hop_ms=10, bands=40, low=20, high_share=1.0)


def cepstral_statistics(sound: Any, bank: MelBank, space: Any) -> Any:
    """Return the statistics of each clip by itself ``(n, f)``.

    They are those of what lies between the silences at both ends. Of each coefficient the mean over each
    part of it, so that the order of sounds is seen, its deviation, and that of its change from frame to
    frame; and how long it is. The first coefficient, the loudness, counts from its greatest value: the
    distance of a microphone is left out.

    Args:
        sound: ``(n, s)`` float32, NaN behind the end of each clip.
        bank: matrices of the scale.
        space: NumPy, or ``keras.ops`` for tensors of the backend.
    """
    levels = decibels(mel_power(sound, bank, space), space)
    heard = heard_frames(levels, real_frames(sound, bank.scale, space), space)
    coefficients = space.matmul(levels, cosines(bank.scale.bands, COEFFICIENTS))
    loudness = coefficients[:, :, :1]
    greatest = space.max(space.where(heard[..., None] > 0, loudness, -np.inf), axis=1, keepdims=True)
    coefficients = space.concatenate([loudness - greatest, coefficients[:, :, 1:]], axis=2)
    frames = space.sum(heard, axis=1, keepdims=True)
    means = space.matmul(_parts(heard, frames, space), coefficients)
    found = [
        space.reshape(means, (-1, PARTS * COEFFICIENTS)),
        _deviation(coefficients, heard, space),
        _deviation(coefficients[:, 1:] - coefficients[:, :-1], heard[:, 1:] * heard[:, :-1], space),
        space.log(frames),
    ]
    return space.concatenate(found, axis=1)


def heard_frames(levels: Any, real: Any, space: Any, quiet: float = QUIET) -> Any:
    """Return which frames lie between the silences at both ends of their clips ``(n, t)``: 1 and 0.

    Args:
        levels: in decibels ``(n, t, m)``.
        real: which frames lie within their clips ``(n, t)``.
        space: NumPy, or ``keras.ops`` for tensors of the backend.
        quiet: decibels below the loudest frame at which silence begins.
    """
    loudness = space.where(real > 0, space.max(levels, axis=2), -np.inf)
    loud = loudness > space.max(loudness, axis=1, keepdims=True) - quiet
    places, count = np.arange(levels.shape[1], dtype=np.float32)[None, :], np.float32(levels.shape[1])
    first = space.min(space.where(loud, places, count), axis=1, keepdims=True)
    last = space.max(space.where(loud, places, np.float32(-1)), axis=1, keepdims=True)
    inside = space.logical_and(places >= first, places <= last)
    return space.where(inside, np.float32(1), np.float32(0))


def _parts(heard: Any, frames: Any, space: Any) -> Any:
    """Weights ``(n, q, t)`` of the frames in the mean over each part of what is heard.

    Args:
        heard: which frames are, one after another ``(n, t)``.
        frames: how many ``(n, 1)``.
        space: see above.
    """
    places = (space.cumsum(heard, axis=1) - np.float32(0.5))[:, None, :]
    middles = np.arange(PARTS, dtype=np.float32)[None, :, None] + np.float32(0.5)
    # times frames and parts, all are halves of whole numbers: no runtime rounds a frame into another part
    ahead = places * PARTS - middles * frames[..., None]
    # one between two parts counts in both; of fewer frames than parts each counts where it holds the middle
    reach = space.maximum(frames[..., None], float(PARTS)) / 2
    inside = space.where(space.abs(ahead) <= reach, np.float32(1), np.float32(0))
    weights = inside * heard[:, None, :]
    return weights / space.maximum(space.sum(weights, axis=2, keepdims=True), 1.0)


def _deviation(values: Any, heard: Any, space: Any) -> Any:
    """Standard deviation over the frames that are heard ``(n, c)``."""
    weights = heard[..., None]
    count = space.maximum(space.sum(weights, axis=1), 1.0)
    mean = space.sum(values * weights, axis=1) / count
    centred = (values - mean[:, None, :]) * weights
    return space.sqrt(space.sum(space.square(centred), axis=1) / count)
