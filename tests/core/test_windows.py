"""Windows behave as an array and take the memory of their series."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.windows import Windows

BASE = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
STARTS = np.array([5, 0, 12, 12, 33])
WINDOWS = Windows(BASE, STARTS, 7)
ARRAY = np.stack([BASE[start : start + 7] for start in STARTS])


def test_shape_type_and_length_are_those_of_the_array() -> None:
    assert WINDOWS.shape == (5, 7, 3)
    assert WINDOWS.dtype == np.float32
    assert WINDOWS.ndim == 3
    assert len(WINDOWS) == 5


@pytest.mark.parametrize(
    "index",
    [
        2,
        -1,
        slice(1, 4),
        slice(None, None, -2),
        np.array([4, 0, 0]),
        np.array([True, False, True, False, False]),
        (slice(None), -1),
        (slice(None), slice(-1, None), slice(2)),
        (slice(None), np.array([6, 0, 3]), slice(2)),
        (np.array([1, 2]), np.array([6, 0]), 1),
        (1, slice(2, 5), 0),
        (..., 0),
        (None, 3),
    ],
)
def test_indexing_gives_what_the_array_gives(index: object) -> None:
    picked = WINDOWS[index]

    assert type(picked) is np.ndarray
    np.testing.assert_array_equal(picked, ARRAY[index])


@pytest.mark.parametrize("rows", [np.array([3, 1]), slice(1, None), np.array([], int)])
def test_taking_windows_gives_windows_of_the_same_series(rows: np.ndarray | slice) -> None:
    taken = WINDOWS.take(rows)

    assert taken.base is BASE
    np.testing.assert_array_equal(np.asarray(taken), ARRAY[rows])


def test_windows_at_one_distance_become_an_array_without_a_copy() -> None:
    array = np.asarray(Windows(BASE, np.arange(3, 30, 2), 7))

    assert np.shares_memory(array, BASE)
    assert not array.flags.writeable
    np.testing.assert_array_equal(array[4], BASE[11:18])


def test_an_array_of_another_type_or_a_copy_can_be_had() -> None:
    assert np.asarray(WINDOWS, "float64").dtype == np.float64
    assert np.array(Windows(BASE, np.arange(9), 7)).flags.writeable


def test_the_same_places_of_another_series() -> None:
    np.testing.assert_array_equal(np.asarray(WINDOWS.over(2 * BASE)), 2 * ARRAY)


def test_many_windows_take_the_memory_of_the_series() -> None:
    series = np.zeros((10_000, 2), "float32")
    windows = Windows(series, np.arange(9_000), 1_000)

    assert windows.nbytes == series.nbytes + 9_000 * 8


@pytest.mark.parametrize("starts", [[-1], [34], [0, 40]])
def test_windows_over_an_end_are_refused(starts: list[int]) -> None:
    with pytest.raises(ValueError, match="7 steps reaches over 40 rows"):
        Windows(BASE, np.array(starts), 7)
