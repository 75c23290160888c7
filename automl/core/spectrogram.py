"""Mel spectrograms of sounds: the numbers behind them, and how they are made of samples on any backend.

As librosa and HTK define them (``librosa.feature.melspectrogram(htk=True, norm=None, power=2.0)``): a Hann
window around every ``hop``-th sample, zeros beyond both ends, the power of its frequencies, triangles that
are equally wide on the mel scale of O'Shaughnessy (1987). Clips of different lengths lie in one array, NaN
behind the end of each: a clip's spectrogram never depends on what it lies beside.

The discrete Fourier transform is a product with a matrix: for windows of some hundred samples that costs a
few per cent of the network behind it, and unlike an FFT it runs wherever a dense layer does.

Legend: n clips, s samples, t frames, w samples of a window, k frequencies, m mel bands, c coefficients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

FLOOR, RANGE = 1e-10, 1e-8
"""Least power, and least share of a clip's greatest: 80 decibels below it nothing is heard."""

FINEST = 16
"""Points of a transform at most, for a sample of the window."""


@dataclass(frozen=True, kw_only=True)
class MelScale:
    """How sounds become spectrograms.

    Attributes:
        rate: samples of a second.
        window: samples that a frame looks at, even.
        hop: samples from frame to frame.
        bands: m.
        low: frequency in Hz at which the lowest band begins.
        high: frequency in Hz at which the highest band ends, at most half of the rate.
    """

    rate: int
    window: int
    hop: int
    bands: int
    low: float
    high: float

    def frames(self, samples: int) -> int:
        """Frames of so many samples, one around the first of them included."""
        return 1 + samples // self.hop


def scale_of(
    rate: int, *, window_ms: float, hop_ms: float, bands: int, low: float, high_share: float
) -> MelScale:
    """Return a scale in the units that people use.

    Args:
        rate: samples of a second.
        window_ms: length of the window in milliseconds.
        hop_ms: milliseconds from frame to frame.
        bands: m.
        low: lowest frequency in Hz.
        high_share: highest frequency as a share of half the rate, in (0, 1].
    """
    high = high_share * rate / 2
    return MelScale(
        rate=rate,
        window=max(2, 2 * round(window_ms * rate / 2000)),
        hop=max(1, round(hop_ms * rate / 1000)),
        bands=bands,
        low=min(low, high / 2),
        high=high,
    )


@dataclass(frozen=True, kw_only=True)
class MelBank:
    """The matrices of a scale, float32.

    Attributes:
        scale: see there.
        size: points of the transform: a power of two, at least the window.
        waves: cosines and sines under the window ``(blocks * hop, 2 k)``, zeros behind the window.
        filters: what each frequency counts in each band ``(k, m)``; frequencies that count nowhere are left
            out of both.
    """

    scale: MelScale
    size: int
    waves: np.ndarray
    filters: np.ndarray


def mel_bank(scale: MelScale) -> MelBank:
    """Return the matrices of a scale, with so many frequencies that each band has one."""
    size = 1 << math.ceil(math.log2(scale.window))
    filters = _triangles(size, scale)
    while not filters.any(axis=0).all() and size < FINEST * scale.window:
        size *= 2
        filters = _triangles(size, scale)
    used = np.flatnonzero(filters.any(axis=1))
    angles = 2 * np.pi * np.outer(np.arange(scale.window), used) / size
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(scale.window) / scale.window)
    waves = np.concatenate([np.cos(angles), np.sin(angles)], axis=1) * window[:, None]
    rows = _blocks(scale) * scale.hop
    waves = np.pad(waves, [(0, rows - scale.window), (0, 0)])
    return MelBank(
        scale=scale,
        size=size,
        waves=waves.astype(np.float32),
        filters=filters[used].astype(np.float32),
    )


def mel_power(sound: Any, bank: MelBank, space: Any) -> Any:
    """Return the power in each band of each frame ``(n, t, m)``; 0 for frames behind the end of a clip.

    Args:
        sound: ``(n, s)`` float32, NaN behind the end of each clip; s is known.
        bank: matrices of the scale.
        space: NumPy, or ``keras.ops`` for tensors of the backend.
    """
    scale, samples = bank.scale, int(sound.shape[1])
    frames, blocks = scale.frames(samples), _blocks(bank.scale)
    wanted = (frames + blocks - 1) * scale.hop
    before = scale.window // 2
    heard = space.where(space.isnan(sound), 0.0, sound)
    padded = space.pad(heard, [[0, 0], [before, max(0, wanted - samples - before)]])[:, :wanted]
    steps = space.reshape(padded, (-1, frames + blocks - 1, scale.hop))
    # a frame is some blocks of one hop each: slices, which are cheaper everywhere than gathering samples
    framed = space.concatenate([steps[:, at : at + frames] for at in range(blocks)], axis=-1)
    parts = space.matmul(framed, bank.waves)
    count = bank.filters.shape[0]
    power = space.square(parts[..., :count]) + space.square(parts[..., count:])
    return space.matmul(power, bank.filters) * real_frames(sound, scale, space)[..., None]


def real_frames(sound: Any, scale: MelScale, space: Any) -> Any:
    """Return which frames lie within their clips ``(n, t)``: 1 and 0, float32.

    The first frame does in any case, so that none is without.
    """
    samples = int(sound.shape[1])
    known = space.where(space.isnan(sound), 0, 1)
    positions = np.arange(1, samples + 1, dtype="int32")
    length = space.max(known * positions, axis=1)
    starts = np.arange(scale.frames(samples), dtype="int32") * scale.hop
    return space.where(length[:, None] >= starts[None, :], np.float32(1), np.float32(0))


def decibels(power: Any, space: Any) -> Any:
    """Return the level of each band of each frame in decibels, at most 80 below the clip's greatest.

    Args:
        power: ``(n, t, m)``; what is silent throughout becomes ``FLOOR``.
        space: NumPy or ``keras.ops``.
    """
    greatest = space.max(power, axis=(1, 2), keepdims=True)
    least = space.maximum(greatest * RANGE, FLOOR)
    return space.log(space.maximum(power, least)) * np.float32(10 / math.log(10))


def cosines(bands: int, coefficients: int) -> np.ndarray:
    """Return the orthonormal matrix from levels of bands to cepstral coefficients ``(m, c)``: DCT-II."""
    angles = np.pi * np.outer(np.arange(bands) + 0.5, np.arange(coefficients)) / bands
    matrix = np.cos(angles) * math.sqrt(2 / bands)
    matrix[:, 0] /= math.sqrt(2)
    return matrix.astype(np.float32)


def corners(scale: MelScale) -> np.ndarray:
    """Return the frequencies in Hz ``(m + 2,)`` at which bands begin, have their middles, and end."""
    ends = np.linspace(_mel(scale.low), _mel(scale.high), scale.bands + 2)
    hertz: np.ndarray = 700 * (10 ** (ends / 2595) - 1)
    return hertz


def _blocks(scale: MelScale) -> int:
    return -(-scale.window // scale.hop)


def _triangles(size: int, scale: MelScale) -> np.ndarray:
    """``(k, m)``: triangles of height 1, from the middle of the band below to that of the band above."""
    frequencies = np.arange(size // 2 + 1) * scale.rate / size
    ends = corners(scale)
    rising = (frequencies[:, None] - ends[:-2]) / (ends[1:-1] - ends[:-2])
    falling = (ends[2:] - frequencies[:, None]) / (ends[2:] - ends[1:-1])
    triangles: np.ndarray = np.maximum(0, np.minimum(rising, falling))
    return triangles


def _mel(frequency: float) -> float:
    return 2595 * math.log10(1 + frequency / 700)
