"""Pictures on a canvas and back, in NumPy and on the backend."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from automl.core.letterbox import fitted, fitted_sides, from_canvas, nearest, to_canvas, to_size

SIDES = st.integers(1, 60)


@settings(max_examples=60, deadline=None)
@given(height=SIDES, width=SIDES, rows=SIDES, columns=SIDES)
def test_a_picture_fills_one_side_and_keeps_its_proportions(height, width, rows, columns):
    down, across = fitted(height, width, (rows, columns))

    assert 1 <= down <= rows
    assert 1 <= across <= columns
    assert down == rows or across == columns
    assert abs(down / height - across / width) <= max(0.5 / height, 0.5 / width, 1 / height, 1 / width)


def test_many_pictures_are_fitted_as_each_by_itself():
    sizes = np.random.default_rng(0).integers(1, 4000, (300, 2))
    wanted = [fitted(high, wide, (240, 336)) for high, wide in sizes.tolist()]

    for space, given_as in ((np, sizes), (keras.ops, sizes.astype(np.float32))):
        down, across = fitted_sides(given_as[:, 0], given_as[:, 1], (240, 336), space)

        found = np.stack([np.asarray(down), np.asarray(across)], axis=1)
        np.testing.assert_array_equal(found, wanted)


def test_a_picture_of_the_size_of_the_canvas_passes_unchanged():
    picture = np.random.default_rng(0).uniform(0, 255, (1, 9, 7, 3)).astype(np.float32)

    np.testing.assert_allclose(to_canvas(picture, (9, 7), np), picture, rtol=1e-6)


def test_what_is_left_over_is_empty():
    canvas = to_canvas(np.ones((1, 4, 8, 1), np.float32), (16, 16), np)

    np.testing.assert_allclose(canvas[0, :8, :, 0], 1.0, rtol=1e-5)
    assert not canvas[0, 8:].any()


@pytest.mark.parametrize("size", [(30, 20), (13, 40), (5, 9)])
def test_smooth_pictures_come_back_in_their_size(size):
    y, x = np.mgrid[: size[0], : size[1]] / max(size)
    picture = (0.5 + 0.3 * np.sin(2 * y) * np.cos(2 * x)).astype(np.float32)[None, ..., None]

    back = from_canvas(to_canvas(picture, (32, 24), np), *size, np)

    assert back.shape == picture.shape
    assert np.abs(back - picture).max() < 0.1


def test_the_backend_gives_what_numpy_gives():
    picture = np.random.default_rng(0).uniform(0, 1, (2, 11, 17, 2)).astype(np.float32)

    canvas = to_canvas(keras.ops.convert_to_tensor(picture), (8, 8), keras.ops)
    back = from_canvas(canvas, 11, 17, keras.ops)

    np.testing.assert_allclose(np.asarray(canvas), to_canvas(picture, (8, 8), np), atol=1e-5)
    np.testing.assert_allclose(
        np.asarray(back), from_canvas(to_canvas(picture, (8, 8), np), 11, 17, np), atol=1e-5
    )


def test_classes_of_pixels_lie_on_their_picture():
    classes = np.zeros((40, 20), np.int16)
    classes[10:30, 6:14] = 1

    mask = nearest(classes, (20, 20), -1)
    picture = to_canvas(classes[None, ..., None].astype(np.float32), (20, 20), np)[0, ..., 0]

    assert (mask[:, 10:] == -1).all()
    np.testing.assert_array_equal(mask[:, :10] == 1, picture[:, :10] > 0.5)


@pytest.mark.parametrize("size", [(50, 34), (11, 9), (23, 70)])
def test_bytes_become_those_that_readers_of_files_see(size):
    picture = np.random.default_rng(0).integers(0, 256, size).astype(np.uint8)
    down, across = fitted(*size, (24, 32))

    canvas = to_canvas(picture[None, ..., None].astype(np.float32), (24, 32), np, whole=True)

    read = np.asarray(Image.fromarray(picture).resize((across, down), Image.Resampling.BILINEAR))
    made = canvas[0, :down, :across, 0]
    assert np.abs(made - read).max() <= 1
    assert (made == read).mean() > 0.95  # halves may be rounded either way


@pytest.mark.parametrize("size", [(90, 70), (24, 20), (10, 64), (32, 24)])
def test_bytes_are_stretched_as_pillow_does_it(size):
    picture = np.random.default_rng(0).integers(0, 256, size).astype(np.uint8)

    made = to_size(picture[None, ..., None].astype(np.float32), (32, 24), np, whole=True)[0, ..., 0]

    read = np.asarray(Image.fromarray(picture).resize((24, 32), Image.Resampling.BILINEAR))
    assert np.abs(made - read).max() <= 1
    assert (made == read).mean() > 0.95
    assert size != (32, 24) or (made == picture).all()
