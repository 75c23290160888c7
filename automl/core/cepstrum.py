"""Statistics of cepstral coefficients (MFCC, Davis and Mermelstein, 1980), for linear models of clips.

Legend: n clips, s samples, t frames, m mel bands, c coefficients, q parts of a clip, f statistics.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.spectrogram import MelBank, MelScale, cosines, decibels, mel_power, real_frames, scale_of

COEFFICIENTS, PARTS = 13, 5
"""13 are usual in speech: higher ones tell speakers apart."""

STATISTICS = (PARTS + 2) * COEFFICIENTS + 1
"""How many there are: f."""


def usual_scale(rate: int) -> MelScale:
    """Return the usual scale of speech, since Davis and Mermelstein (1980)."""
    return scale_of(rate, window_ms=25, hop_ms=10, bands=40, low=20, high_share=1.0)


def cepstral_statistics(sound: Any, bank: MelBank, space: Any) -> Any:
    """Return the statistics of each clip by itself ``(n, f)``.

    Of each coefficient the mean over each part of the clip, so that the order of sounds is seen, its
    deviation over the whole clip, and that of its change from frame to frame; and how long the clip is.

    Args:
        sound: ``(n, s)`` float32, NaN behind the end of each clip.
        bank: matrices of the scale.
        space: NumPy, or ``keras.ops`` for tensors of the backend.
    """
    real = real_frames(sound, bank.scale, space)
    levels = decibels(mel_power(sound, bank, space), space)
    coefficients = space.matmul(levels, cosines(bank.scale.bands, COEFFICIENTS))
    frames = space.sum(real, axis=1, keepdims=True)
    means = space.matmul(_parts(real, frames, space), coefficients)
    found = [
        space.reshape(means, (-1, PARTS * COEFFICIENTS)),
        _deviation(coefficients, real, space),
        _deviation(coefficients[:, 1:] - coefficients[:, :-1], real[:, 1:], space),
        space.log(frames),
    ]
    return space.concatenate(found, axis=1)


def _parts(real: Any, frames: Any, space: Any) -> Any:
    """Weights ``(n, q, t)`` of the frames in the mean over each part of a clip.

    Args:
        real: which frames lie within their clips ``(n, t)``.
        frames: how many do ``(n, 1)``.
        space: see above.
    """
    each = PARTS / frames[..., None]
    places = np.arange(real.shape[1], dtype=np.float32) + np.float32(0.5)
    middles = np.arange(PARTS, dtype=np.float32) + np.float32(0.5)
    # of fewer frames than parts each one counts in every part that it reaches into
    far = space.abs(places[None, None, :] * each - middles[None, :, None])
    inside = space.where(far < space.maximum(each, 1.0) / 2, np.float32(1), np.float32(0))
    weights = inside * real[:, None, :]
    return weights / space.maximum(space.sum(weights, axis=2, keepdims=True), 1.0)


def _deviation(values: Any, real: Any, space: Any) -> Any:
    """Standard deviation over the frames within each clip ``(n, c)``."""
    weights = real[..., None]
    count = space.maximum(space.sum(weights, axis=1), 1.0)
    mean = space.sum(values * weights, axis=1) / count
    centred = (values - mean[:, None, :]) * weights
    return space.sqrt(space.sum(space.square(centred), axis=1) / count)
