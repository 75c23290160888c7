"""Classes and errors laid over pictures."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from automl.tasks.mask_files import MaskForm
from automl.tasks.overlays import cell_of, colours_of, overlaid, plain_picture, with_errors

GREY = np.full((2, 3, 3), 100, np.uint8)
TWO = MaskForm(values=(0, 255), titles=("0", "255"))


def test_each_class_has_a_colour_of_its_own():
    many = MaskForm(values=tuple(range(30)), titles=tuple(map(str, range(30))))

    assert len(np.unique(colours_of(many), axis=0)) == 30
    assert len(np.unique(colours_of(TWO), axis=0)) == 2


def test_classes_have_the_colours_of_their_masks():
    colours = MaskForm(values=(0, 0x0A141E), titles=("a", "b"), mode="RGB")
    palette = MaskForm(values=(0, 2), titles=("0", "2"), mode="P", palette=(0, 0, 0, 1, 1, 1, 9, 8, 7))

    assert colours_of(colours).tolist() == [[0, 0, 0], [10, 20, 30]]
    assert colours_of(palette).tolist() == [[0, 0, 0], [9, 8, 7]]


def test_pixels_without_a_class_stay_as_they_are():
    codes = np.array([[0, 1, -1], [1, 0, -1]])

    over = overlaid(GREY, codes, colours_of(TWO))

    assert (over[:, 2] == 100).all()
    assert not (over[:, :2] == 100).all()


def test_only_what_is_wrong_is_red():
    truth, answer = np.array([[0, 1, -1], [1, 1, 1]]), np.array([[0, 0, 0], [1, 1, 1]])

    red = with_errors(GREY, truth, answer)

    assert np.argwhere(red[..., 0] > red[..., 1]).tolist() == [[0, 1]]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_pictures_of_any_values_can_be_shown(dtype):
    pixels = np.arange(6).reshape(2, 3, 1).astype(dtype) * 10

    shown = plain_picture(pixels)

    assert (shown.shape, shown.dtype) == ((2, 3, 3), np.uint8)
    assert shown.max() == pytest.approx(50 if dtype == np.uint8 else 255, abs=1)


def test_cells_are_small_png_files():
    cell = cell_of(np.zeros((400, 200, 3), np.uint8))

    assert Image.open(io.BytesIO(base64.b64decode(cell.png))).size == (80, 160)
