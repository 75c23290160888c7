"""Sounds without some of their times and frequencies.

A sound is taken apart by a short-time Fourier transform and put together again without some cells
(Griffin and Lim, 1984); what is left is the same sound with holes.

Symbols: s samples, t spans of time, m bands of frequency, f transform frames, k frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import signal

from automl.core.spectrogram import MelScale, corners

SPANS, BANDS = 16, 8
"""Of a sound: of equal length, and of equal width on the mel scale."""

WINDOW = 0.032
"""Seconds that a frame looks at: long enough to tell voices' harmonics apart."""

SHOWN = (64, 96)
"""Bands and times of a drawn spectrogram."""

QUIET = 60.0
"""Decibels below the loudest place that are drawn as silence."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """How sounds of one rate are taken apart.

    Attributes:
        rate: samples of a second.
    """

    rate: int

    def without(self, sound: np.ndarray, gone: np.ndarray) -> np.ndarray:
        """Return a sound without some places.

        Args:
            sound: ``(s,) float32``, NaN behind its end.
            gone: places ``(t, m) bool``, bands from the lowest.
        """
        heard = sound[~np.isnan(sound)].astype(np.float64)
        if len(heard) < 2 or not gone.any():
            return sound
        parts, window, hop = self._parts(heard)
        spans = np.arange(parts.shape[1]) * SPANS // parts.shape[1]
        left = parts * ~gone[spans][:, self._bands(parts.shape[0])].T
        _, made = signal.istft(left, self.rate, nperseg=window, noverlap=window - hop)
        changed = sound.copy()
        changed[~np.isnan(sound)] = np.resize(made[: len(heard)], len(heard))
        return changed

    def picture(self, sound: np.ndarray) -> np.ndarray:
        """Return the spectrogram of a sound in grey ``(64, 96, 3) uint8``, high frequencies on top."""
        heard = sound[~np.isnan(sound)].astype(np.float64)
        if len(heard) < 2:
            return np.zeros((*SHOWN, 3), np.uint8)
        parts, _, _ = self._parts(heard)
        wanted = self._edges(SHOWN[0] - 1)[::-1] / (self.rate / 2) * (parts.shape[0] - 1)
        times = np.arange(SHOWN[1]) * parts.shape[1] // SHOWN[1]
        power = np.square(np.abs(parts[np.round(wanted).astype(int)][:, times]))
        level = 10 * np.log10(np.maximum(power / max(float(power.max()), 1e-20), 1e-20))
        grey = ((1 + level / QUIET).clip(0, 1) * 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)

    def laid_out(self, heat: np.ndarray) -> np.ndarray:
        """Return values of places ``(t, m)`` as they lie on the picture of a sound ``(64, 96)``."""
        down = np.arange(SHOWN[0]) * BANDS // SHOWN[0]
        along = np.arange(SHOWN[1]) * SPANS // SHOWN[1]
        return np.asarray(heat.T[::-1][down][:, along])

    def _parts(self, heard: np.ndarray) -> tuple[np.ndarray, int, int]:
        """The transform ``(k, f)``, the samples of its window, and those from frame to frame."""
        window = min(max(8, 2 * round(WINDOW * self.rate / 2)), len(heard))
        hop = max(1, window // 4)
        _, _, parts = signal.stft(heard, self.rate, nperseg=window, noverlap=window - hop)
        return np.asarray(parts), window, hop

    def _bands(self, frequencies: int) -> np.ndarray:
        """In which band each frequency lies ``(k,) int``."""
        hertz = np.linspace(0, self.rate / 2, frequencies)
        return np.searchsorted(self._edges(BANDS)[1:-1], hertz, side="right")

    def _edges(self, bands: int) -> np.ndarray:
        """Where bands begin and end, in Hz ``(bands + 1,)``."""
        scale = MelScale(rate=self.rate, window=2, hop=1, bands=bands - 1, low=0.0, high=self.rate / 2)
        return corners(scale)
