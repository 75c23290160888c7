"""Statistics of cepstral coefficients: the same by NumPy and by the backend, alone and padded."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from automl.core.cepstrum import (
    COEFFICIENTS,
    PARTS,
    STATISTICS,
    _parts,
    cepstral_statistics,
    usual_scale,
)
from automl.core.spectrogram import mel_bank

RATE = 2_000
BANK = mel_bank(usual_scale(RATE))


def clips(*lengths: int, room: int = 1_000) -> np.ndarray:
    values = np.random.default_rng(0).normal(size=(len(lengths), room)).astype(np.float32)
    values[np.arange(room)[None, :] >= np.array(lengths)[:, None]] = np.nan
    return values


def test_numpy_and_the_backend_agree() -> None:
    sounds = clips(1_000, 400, 60, 3, 0)

    by_numpy = cepstral_statistics(sounds, BANK, np)

    assert by_numpy.shape == (5, STATISTICS)
    assert by_numpy.dtype == np.float32
    assert np.isfinite(by_numpy).all()
    np.testing.assert_allclose(by_numpy, cepstral_statistics(sounds, BANK, ops), rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("length", [60, 400, 999])
def test_room_behind_a_clip_changes_nothing(length: int) -> None:
    (sound,) = clips(length)

    padded = cepstral_statistics(sound[None], BANK, np)

    alone = cepstral_statistics(sound[None, : length + 1], BANK, np)
    np.testing.assert_allclose(padded, alone, rtol=1e-3, atol=1e-3)


def test_silence_at_both_ends_and_loudness_change_nothing() -> None:
    (sound,) = clips(600)
    between = np.concatenate([np.zeros(80, np.float32), 0.1 * sound[:600], np.zeros(120, np.float32)])
    # frames that lie half in silence are heard, so that long ones count for little
    own = cepstral_statistics(sound[None, :600], BANK, np)
    other = cepstral_statistics(between[None], BANK, np)

    assert np.exp(other[0, -1]) == pytest.approx(np.exp(own[0, -1]), abs=2)
    np.testing.assert_allclose(other[0, : PARTS * COEFFICIENTS], own[0, : PARTS * COEFFICIENTS], atol=6)


def test_silence_alone_is_no_special_case() -> None:
    assert np.isfinite(cepstral_statistics(np.zeros((2, 500), np.float32), BANK, np)).all()


def test_parts_tell_the_order_of_sounds() -> None:
    times = np.arange(1_000) / RATE
    rising = np.sin(2 * np.pi * np.where(times < 0.25, 200, 600) * times).astype(np.float32)

    one, other = cepstral_statistics(np.stack([rising, rising[::-1]]), BANK, np)

    means = slice(0, PARTS * COEFFICIENTS)
    turned = other[means].reshape(PARTS, COEFFICIENTS)[::-1].ravel()
    assert np.abs(one[means] - other[means]).max() > 10
    np.testing.assert_allclose(one[means], turned, atol=8)
    np.testing.assert_allclose(one[means.stop :], other[means.stop :], atol=3)


@pytest.mark.parametrize(("frames", "counts"), [(9, [2, 2, 2, 2, 2, 2]), (12, [2] * 6), (3, [1] * 6)])
def test_a_frame_between_two_parts_counts_in_both_whatever_rounds(frames: int, counts: list[int]) -> None:
    heard = np.ones((1, frames), np.float32)

    weights = _parts(heard, heard.sum(axis=1, keepdims=True), np)

    assert (weights > 0).sum(axis=2).tolist() == [counts]
