"""Mel spectrograms: what an FFT gives, what padding does not do, levels, cepstral coefficients."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.spectrogram import MelScale, cosines, decibels, mel_bank, mel_power, real_frames, scale_of

RANDOM = np.random.default_rng(0)
SCALES = [
    scale_of(8_000, window_ms=25, hop_ms=10, bands=40, low=20, high_share=1.0),
    scale_of(16_000, window_ms=64, hop_ms=16, bands=64, low=125, high_share=0.8),
    scale_of(2_000, window_ms=16, hop_ms=20, bands=20, low=0, high_share=1.0),  # frames with gaps between
]


def sounds(lengths: tuple[int, ...], room: int) -> np.ndarray:
    """Noise with a tone, NaN behind the end of each."""
    values = RANDOM.normal(size=(len(lengths), room)) * 0.1 + np.sin(np.arange(room) / 3)
    values[np.arange(room)[None, :] >= np.array(lengths)[:, None]] = np.nan
    return values.astype(np.float32)


def by_fft(sound: np.ndarray, scale: MelScale, size: int) -> np.ndarray:
    """The textbook's way for one clip without padding ``(t, m)``, in 64 bits."""
    half = size // 2
    padded = np.pad(sound.astype(float), half)
    window = np.zeros(size)
    first = (size - scale.window) // 2
    window[first : first + scale.window] = np.hanning(scale.window + 1)[:-1]
    frames = [padded[at : at + size] * window for at in range(0, len(sound) + 1, scale.hop)]
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    mels = 2595 * np.log10(1 + np.array([scale.low, scale.high]) / 700)
    corners = 700 * (10 ** (np.linspace(*mels, scale.bands + 2) / 2595) - 1)
    frequencies = np.arange(half + 1) * scale.rate / size
    rows = [
        np.interp(frequencies, corners[band : band + 3], [0, 1, 0], left=0, right=0)
        for band in range(scale.bands)
    ]
    return power @ np.array(rows).T


@pytest.mark.parametrize("scale", SCALES)
def test_it_is_what_an_fft_gives(scale: MelScale) -> None:
    bank = mel_bank(scale)
    (sound,) = sounds((1_500,), 1_500)

    (power,) = mel_power(sound[None], bank, np)

    wanted = by_fft(sound, scale, bank.size)
    assert power.shape == (scale.frames(1_500), scale.bands) == wanted.shape
    np.testing.assert_allclose(power, wanted, rtol=1e-3, atol=1e-6 * wanted.max())


@pytest.mark.parametrize("scale", SCALES)
def test_each_band_hears_something(scale: MelScale) -> None:
    assert mel_bank(scale).filters.any(axis=0).all()


def test_padding_changes_nothing_before_it() -> None:
    scale, (sound,) = SCALES[0], sounds((1_000,), 1_000)
    padded = np.pad(sound, (0, 700), constant_values=np.nan)

    alone, beside = (mel_power(item[None], mel_bank(scale), np)[0] for item in (sound, padded))

    np.testing.assert_allclose(beside[: len(alone)], alone, rtol=1e-4, atol=1e-6)
    assert (beside[len(alone) :] == 0).all()


def test_frames_are_real_up_to_the_end_of_a_clip() -> None:
    scale = SCALES[0]  # a hop of 80 samples

    real = real_frames(sounds((0, 79, 80, 400), 400), scale, np)

    assert real.sum(axis=1).tolist() == [1, 1, 2, 6]


def test_levels_are_decibels_at_most_80_below_the_greatest() -> None:
    power = np.array([[[1.0, 1e-3], [1e-12, 100.0]], [[0.0, 0.0], [0.0, 0.0]]])

    levels = decibels(power, np)

    np.testing.assert_allclose(levels[0], [[0, -30], [-60, 20]], atol=1e-5)
    np.testing.assert_allclose(levels[1], -100, atol=1e-5)


def test_cosines_are_orthonormal() -> None:
    matrix = cosines(40, 20)

    np.testing.assert_allclose(matrix.T @ matrix, np.eye(20), atol=1e-6)
