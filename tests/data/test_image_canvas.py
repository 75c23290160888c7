"""Pictures keep their proportions on the canvas, in files as in the exported model."""

from __future__ import annotations

import tracemalloc

import keras
import numpy as np
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.data.cache import ArrayCache
from automl.data.image_canvas import choose_canvas
from automl.data.image_heads import Form, read_heads
from automl.data.images import fit_arrays
from automl.data.kinds.kind import Place
from automl.data.look import learn_pictures, read_pictures
from automl.data.preprocessing.image import channel_statistics
from automl.data.preprocessing.letterboxed import Frame, Letterbox

SIZES = [(640, 480), (480, 640), (333, 211), (64, 48), (1000, 30), (7, 9)]
FORM = Form(height=48, width=64, channels=3, letterbox=True)


def smooth(width, height, seed=0):
    """A picture without edges, which all ways of resampling see alike."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (4, 4, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def canvas(heads, side):
    return choose_canvas(heads, side, longest=320, multiple=16)


def learn(paths, **place):
    return learn_pictures(paths, Place(where="here", **place), choose=canvas)


@pytest.fixture
def files(tmp_path):
    paths = []
    for place, (width, height) in enumerate(SIZES):
        paths.append(tmp_path / f"{place}.png")
        Image.fromarray(smooth(width, height, place)).save(paths[-1])
    return paths


def test_the_model_draws_what_the_reader_draws(files):
    pictures, look, _ = learn(files, image_size=320)
    height, width = look.form.height, look.form.width

    for row, path in enumerate(files):
        pixels = np.asarray(Image.open(path)).astype(np.float32)
        layer = keras.ops.convert_to_numpy(Letterbox(height, width, whole=True)(pixels[None]))[0]

        assert layer.shape == (height, width, 3)
        assert np.abs(layer - pictures.pixels[row]).max() <= 1
        assert (layer == pictures.pixels[row]).mean() > 0.99


def test_pictures_of_any_size_go_through_one_compiled_model():
    raw = keras.Input((None, None, 3), name="image")
    model = keras.Model(raw, {"image": Letterbox(48, 64)(raw), "frame": Frame()(raw)})

    for width, height in SIZES[:4]:
        found = model.predict(smooth(width, height)[None].astype(np.float32), verbose=0)

        assert found["image"].shape == (1, 48, 64, 3)
        assert found["frame"].tolist() == [[height, width]]


def test_a_picture_of_the_size_of_the_canvas_stays_as_it_is():
    pixels = smooth(64, 48)[None]

    assert fit_arrays(pixels, FORM) is pixels
    np.testing.assert_array_equal(Letterbox(48, 64, whole=True)(pixels.astype(np.float32)), pixels)


def test_pictures_in_memory_are_drawn_as_files_are(files):
    pixels = np.asarray(Image.open(files[2]))[None]

    pictures, _ = read_pictures([files[2]], learn(files[3:4])[1], Place(where="here"))

    drawn = fit_arrays(pixels, FORM)
    assert drawn.dtype == np.uint8
    assert (drawn == pictures.pixels).mean() > 0.99


def test_the_canvas_has_the_proportions_of_most_pictures(files):
    pictures, look, notes = learn([files[0]] * 5 + [files[1]])

    assert look.form == Form(height=240, width=320, channels=3, letterbox=True)
    assert pictures.sizes.tolist() == [[480, 640]] * 5 + [[640, 480]]
    told = "6 images of 480 x 640 to 640 x 480 pixels were read as 240 x 320 pixels, RGB"
    assert any(told in note and "proportions kept" in note for note in notes)


def test_sides_are_rounded_up_so_that_nothing_is_lost(files):
    heads = read_heads(files[2:3])

    assert choose_canvas(heads, None, longest=400).text == "211 x 333 pixels, RGB"
    assert choose_canvas(heads, None, longest=400, multiple=16).text == "224 x 336 pixels, RGB"
    assert choose_canvas(heads, 100, longest=400).text == "63 x 100 pixels, RGB"


def test_a_canvas_that_takes_too_much_memory_is_refused(files):
    with pytest.raises(DataError, match="expected an image size between 1 and"):
        choose_canvas(read_heads(files), 100_000, longest=320)


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_sizes_are_those_of_pictures_as_they_are_looked_at(ending, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(smooth(64, 32)).save(tmp_path / f"turned.{ending}", exif=exif)

    pictures, look, _ = learn([tmp_path / f"turned.{ending}"])

    assert pictures.sizes.tolist() == [[64, 32]]
    assert look.form.height == 64


def test_kept_pixels_are_those_of_the_first_time(files, tmp_path):
    place = Place(where="here", cache=ArrayCache(tmp_path / "cache"))

    first, look, _ = learn_pictures(files, place, choose=canvas)
    again, _ = read_pictures(files, look, place)

    np.testing.assert_array_equal(first.pixels, again.pixels)
    np.testing.assert_array_equal(first.sizes, again.sizes)


def test_more_than_a_few_broken_pictures_are_refused(files):
    files[0].write_bytes(b"no picture")

    with pytest.raises(DataError, match="At most 5 %"):
        learn(files)


def test_statistics_of_large_pictures_need_little_memory():
    pixels = np.random.default_rng(0).integers(0, 256, (60, 240, 320, 3)).astype(np.uint8)
    tracemalloc.start()

    mean, variance = channel_statistics(pixels, np.arange(60))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20
    np.testing.assert_allclose(mean, pixels.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(variance, pixels.var(axis=(0, 1, 2)))
