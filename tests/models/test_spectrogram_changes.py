"""Spectrograms in training: other voices, microphones and rooms, and stretches that are left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl.core.spectrogram import corners, scale_of
from automl.models.layers.spectrogram_changes import SpectrogramMasks, VariedLevels

SCALE = scale_of(8_000, window_ms=25, hop_ms=10, bands=40, low=20, high_share=1.0)
FRAMES = 30


def ridge(band: int, clips: int = 200) -> np.ndarray:
    """Levels that are greatest in one band ``(n, t, m, 1)``, in decibels."""
    levels = np.full((clips, FRAMES, SCALE.bands, 1), -60.0, np.float32)
    levels[:, :, band] = 0.0
    return levels


def varied(levels: np.ndarray, **options: Any) -> np.ndarray:
    layer = VariedLevels(SCALE, seed=1, **options)
    np.testing.assert_array_equal(layer(levels), levels)
    changed = np.asarray(layer(levels, training=True))
    assert changed.shape == levels.shape
    assert np.isfinite(changed).all()
    return changed[..., 0]


def test_a_warp_moves_formants_up_and_down_by_a_share_of_their_frequency() -> None:
    hertz = corners(SCALE)[1:-1]

    found = hertz[varied(ridge(20), warp=0.2).mean(axis=1).argmax(axis=1)] / hertz[20]

    assert found.min() == pytest.approx(1 / 1.2, abs=0.06)
    assert found.max() == pytest.approx(1.2, abs=0.06)
    assert abs(np.median(found) - 1) < 0.05


def test_a_warp_is_one_for_all_of_a_clip_and_leaves_the_highest_band() -> None:
    inner, top = varied(ridge(20), warp=0.2), varied(ridge(39), warp=0.2)

    np.testing.assert_allclose(inner, np.broadcast_to(inner[:, :1], inner.shape), atol=1e-4)
    assert (top.mean(axis=1).argmax(axis=1) >= 38).all()


def test_a_tilt_makes_bands_louder_or_quieter_along_lines() -> None:
    gains = varied(ridge(20), tilt=6.0) - ridge(20)[..., 0]

    assert 5.0 < np.abs(gains).max() <= 6.0
    assert abs(gains.mean()) < 0.5
    assert (
        np.abs(np.diff(gains, axis=2)).max() <= 12 / (39 / 4) + 1e-3
    )  # from -6 to 6 between two of five knots
    np.testing.assert_allclose(gains, np.broadcast_to(gains[:, :1], gains.shape), atol=1e-4)


def test_noise_fills_what_is_quiet_and_leaves_what_is_loud() -> None:
    noisy = varied(ridge(20), noise=0.5)

    quiet = np.delete(noisy, 20, axis=2).mean(axis=(1, 2))
    np.testing.assert_allclose(noisy[:, :, 20], 0, atol=0.2)
    assert quiet.max() < -38  # half of the range of 80 below the greatest, on average
    assert quiet.max() - quiet.min() > 10


@pytest.mark.parametrize(
    "options", [{"warp": 0.1}, {"tilt": 3.0}, {"noise": 0.4}, {"warp": 0.1, "noise": 0.4}]
)
def test_silence_is_no_special_case(options: dict[str, float]) -> None:
    varied(np.full((3, FRAMES, SCALE.bands, 1), -100.0, np.float32), **options)


def test_masks_leave_out_stretches_in_training_alone() -> None:
    levels = np.ones((200, 80, 40, 1), np.float32)
    layer = SpectrogramMasks(0.2, 0.3, seed=1)

    masked = np.asarray(layer(levels, training=True))[..., 0]

    np.testing.assert_array_equal(layer(levels), levels)
    gone_in_time = (masked == 0).all(axis=2).mean(axis=1)
    gone_in_bands = (masked == 0).all(axis=1).mean(axis=1)
    assert 0.1 < gone_in_time.mean() < 0.3  # two stretches of half the longest
    assert 0.15 < gone_in_bands.mean() < 0.4
    assert gone_in_time.max() <= 2 * 0.2 + 2 / 80
    assert len(np.unique(gone_in_time)) > 5
