"""Cheap dropout masks: as often as asked for, and of no visible order."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.training.masks import hashed, kept_units

on_jax = pytest.mark.skipif(
    keras.backend.backend() != "jax",
    reason="needs KERAS_BACKEND=jax: contracts/test_backends.py runs it so",
)


def test_hashes_of_neighbours_are_spread_evenly() -> None:
    numbers = hashed(np.arange(200_000, dtype=np.uint32))

    counts = np.histogram(numbers, bins=64, range=(0, 2**32))[0]
    assert counts.sum() == 200_000
    assert np.abs(counts / (200_000 / 64) - 1).max() < 0.08
    assert len(np.unique(numbers)) == 200_000


def test_hashes_of_neighbours_do_not_follow_each_other() -> None:
    numbers = hashed(np.arange(200_000, dtype=np.uint32)).astype(np.float64)

    for distance in (1, 2, 64, 128, 256):
        assert abs(np.corrcoef(numbers[:-distance], numbers[distance:])[0, 1]) < 0.01


def mask(seed: int, count: int = 0, rate: float = 0.3) -> np.ndarray:
    state = keras.ops.convert_to_tensor(np.array([seed, count], np.uint32))
    return np.array(kept_units(state, (256, 128), rate))


@on_jax
@pytest.mark.parametrize("rate", [1e-4, 0.15, 0.5, 0.99])
def test_units_stay_as_often_as_asked_for(rate: float) -> None:
    share = np.mean([mask(seed=3, count=count, rate=rate).mean() for count in range(20)])

    assert share == pytest.approx(1 - rate, abs=0.003)


@on_jax
def test_no_row_and_no_unit_is_left_out_more_often() -> None:
    masks = np.stack([mask(seed=5, count=count) for count in range(50)])

    assert masks.mean(axis=(0, 1)).std() == pytest.approx((0.3 * 0.7 / (50 * 256)) ** 0.5, rel=0.3)
    assert masks.mean(axis=(0, 2)).std() == pytest.approx((0.3 * 0.7 / (50 * 128)) ** 0.5, rel=0.3)


@on_jax
def test_masks_of_other_seeds_and_steps_have_nothing_in_common() -> None:
    first = mask(seed=1).ravel()

    np.testing.assert_array_equal(mask(seed=1).ravel(), first)
    for other in (mask(seed=2), mask(seed=1, count=1), mask(seed=1, count=2)):
        assert abs(np.corrcoef(first, other.ravel())[0, 1]) < 0.03
