"""Layers of pictures whose every pixel has a class, saved and loaded."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.letterbox import from_canvas, to_canvas
from automl.core.targets import TARGET
from automl.data.preprocessing.letterboxed import Letterbox
from automl.tasks.pixels import InPictureSize, PixelLoss

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def there_and_back(tmp_path_factory):
    """A saved model that brings pictures of any size to a canvas and back."""
    raw = keras.Input((None, None, 2), name="image")
    canvas = Letterbox(12, 8)(raw)
    path = tmp_path_factory.mktemp("model") / "model.keras"
    keras.Model({"image": raw}, {"canvas": canvas, "back": InPictureSize()([canvas, raw])}).save(path)
    return keras.models.load_model(path, safe_mode=True)


@pytest.mark.parametrize("size", [(12, 8), (24, 16), (7, 30), (40, 5)])
def test_pictures_of_any_size_come_back_in_it(there_and_back, size):
    pictures = RANDOM.uniform(0, 1, (3, *size, 2)).astype(np.float32)

    found = there_and_back.predict({"image": pictures}, verbose=0)

    expected = to_canvas(pictures, (12, 8), np)
    np.testing.assert_allclose(found["canvas"], expected, atol=1e-5)
    np.testing.assert_allclose(found["back"], from_canvas(expected, *size, np), atol=1e-5)


def test_pictures_of_the_size_of_the_canvas_pass_unchanged(there_and_back):
    pictures = RANDOM.uniform(0, 255, (2, 12, 8, 2)).astype(np.float32)

    found = there_and_back.predict({"image": pictures}, verbose=0)

    np.testing.assert_allclose(found["back"], pictures, rtol=1e-5)


def test_bytes_stay_whole():
    bytes_ = RANDOM.integers(0, 256, (1, 30, 20, 1)).astype(np.float32)

    small = np.asarray(Letterbox(12, 8, whole=True)(bytes_))

    np.testing.assert_array_equal(small, np.rint(small))


def test_dice_looks_at_each_picture_and_at_the_classes_that_occur_in_it():
    classes = np.zeros((2, 4, 4), np.int32)
    classes[1, :2] = 1
    logits = np.zeros((2, 4, 4, 3), np.float32)
    logits[..., 0] = 9  # all ground: right in the first picture, half of the second

    each = PixelLoss(1.0, reduction=None)({TARGET: classes}, {TARGET: logits})

    assert np.asarray(each) == pytest.approx([0.0, 0.5 * (1 - 17 / 25) + 0.5 * (1 - 1 / 9)], abs=0.01)
