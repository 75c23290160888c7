"""Sounds without a place in time and frequency: what was there is silent, the rest is as before."""

from __future__ import annotations

import numpy as np
import pytest

from automl.explanations.filtered import BANDS, SHOWN, SPANS, Filter

RATE = 4000
TIME = np.arange(RATE) / RATE
LOW, HIGH = (np.sin(2 * np.pi * hertz * TIME) for hertz in (150, 1600))
SOUND = np.concatenate([LOW + HIGH, np.full(500, np.nan)]).astype(np.float32)


def gone(spans: slice, bands: slice) -> np.ndarray:
    chosen = np.zeros((SPANS, BANDS), bool)
    chosen[spans, bands] = True
    return chosen


@pytest.mark.parametrize(
    ("bands", "left"), [(slice(0, 2), HIGH), (slice(-2, None), LOW), (slice(None), 0 * LOW)]
)
def test_a_band_is_silent_and_the_others_are_heard(bands, left):
    found = Filter(rate=RATE).without(SOUND, gone(slice(None), bands))

    assert found.dtype == np.float32
    assert np.isnan(found[RATE:]).all()
    assert np.abs(found[:RATE] - left)[200:-200].max() < 0.1


def test_a_span_of_time_is_silent_and_the_others_are_heard():
    found = Filter(rate=RATE).without(SOUND, gone(slice(0, SPANS // 2), slice(None)))

    assert np.abs(found[: RATE // 2 - 200]).max() < 0.1
    np.testing.assert_allclose(found[RATE // 2 + 200 : RATE], SOUND[RATE // 2 + 200 : RATE], atol=0.05)


@pytest.mark.parametrize("samples", [0, 1, 2, 30])
def test_the_shortest_sounds_keep_their_form(samples):
    short = np.full(40, np.nan, np.float32)
    short[:samples] = 0.5
    everything = gone(slice(None), slice(None))

    found, picture = Filter(rate=RATE).without(short, everything), Filter(rate=RATE).picture(short)

    assert np.isfinite(found).sum() == samples
    assert picture.shape == (*SHOWN, 3)


def test_maps_lie_on_the_spectrogram():
    picture = Filter(rate=RATE).picture(SOUND)
    laid = Filter(rate=RATE).laid_out(gone(slice(0, 1), slice(0, 1)).astype(float))

    bright = picture[..., 0].mean(axis=1)
    assert bright[: SHOWN[0] // 2].argmax() < SHOWN[0] // 4  # 1,600 of 2,000 Hz, high frequencies on top
    assert laid[-1, 0] == 1.0
    assert laid.sum() == SHOWN[0] * SHOWN[1] / (SPANS * BANDS)
