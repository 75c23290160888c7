"""Pictures keep their proportions on the canvas, in files as in the exported model."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image

from automl.core.boxes import fitted_sides
from automl.core.errors import DataError
from automl.data.cache import ArrayCache
from automl.data.kinds.kind import Place
from automl.data.preprocessing.canvas import Canvas, Frame, on_canvas
from automl.data.scenes.canvas import draw, learn

SIZES = [(640, 480), (480, 640), (333, 211), (64, 48), (1000, 30), (7, 9)]


def smooth(width, height, seed=0):
    """A picture without edges, which all ways of resampling see alike."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (4, 4, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


@pytest.fixture
def files(tmp_path):
    paths = []
    for place, (width, height) in enumerate(SIZES):
        paths.append(tmp_path / f"{place}.png")
        Image.fromarray(smooth(width, height, place)).save(paths[-1])
    return paths


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_sides_fit_the_canvas_and_keep_their_ratio(width, height):
    inner = fitted_sides(height, width, (240, 320), np)

    assert inner[0] <= 240
    assert inner[1] <= 320
    assert 240 - inner[0] < 1 or 320 - inner[1] < 1
    assert abs(inner[1] - max(1, inner[0] * width / height)) <= max(1, width / height)
    narrow = fitted_sides(np.float32(height), np.float32(width), (240, 320), keras.ops)
    assert [float(side) for side in narrow] == [float(side) for side in inner]


def test_the_model_draws_what_the_reader_draws(files):
    drawn = learn(files, Place(where="here", image_size=320))
    height, width = drawn.look.form.height, drawn.look.form.width

    for row, path in enumerate(files):
        pixels = np.asarray(Image.open(path)).astype(np.float32)
        layer = keras.ops.convert_to_numpy(Canvas(height, width)(pixels[None]))[0]

        assert layer.shape == (height, width, 3)
        assert np.abs(layer - drawn.pixels[row]).max() <= 1
        assert (layer == drawn.pixels[row]).mean() > 0.99


def test_pictures_of_any_size_go_through_one_compiled_model():
    raw = keras.Input((None, None, 3), name="image")
    model = keras.Model(raw, {"image": Canvas(48, 64)(raw), "frame": Frame()(raw)})

    for width, height in SIZES[:4]:
        found = model.predict(smooth(width, height)[None].astype(np.float32), verbose=0)

        assert found["image"].shape == (1, 48, 64, 3)
        assert found["frame"].tolist() == [[height, width]]


def test_a_picture_of_the_size_of_the_canvas_stays_as_it_is():
    pixels = smooth(64, 48)[None]

    assert on_canvas(pixels, 48, 64) is pixels
    np.testing.assert_array_equal(Canvas(48, 64)(pixels.astype(np.float32)), pixels)


def test_the_canvas_has_the_proportions_of_most_pictures(files):
    drawn = learn([files[0]] * 5 + [files[1]], Place(where="here"))

    assert (drawn.look.form.height, drawn.look.form.width) == (240, 320)
    assert drawn.sides.tolist() == [[640, 480]] * 5 + [[480, 640]]


def test_the_sides_are_those_of_the_picture_as_it_is_to_be_seen(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(smooth(64, 32)).save(tmp_path / "turned.jpg", exif=exif)

    drawn = learn([tmp_path / "turned.jpg"], Place(where="here"))

    assert drawn.sides.tolist() == [[32, 64]]
    assert drawn.look.form.height == 64


def test_kept_pixels_are_those_of_the_first_time(files, tmp_path):
    place = Place(where="here", cache=ArrayCache(tmp_path / "cache"))

    first = learn(files, place)
    again = draw(files, first.look, place)

    np.testing.assert_array_equal(first.pixels, again.pixels)


def test_more_than_a_few_broken_pictures_are_refused(files):
    files[0].write_bytes(b"no picture")

    with pytest.raises(DataError, match="At most 5 %"):
        learn(files, Place(where="here"))
