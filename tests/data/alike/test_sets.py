"""Copies of pictures and texts are found, whatever became of them; what is merely similar is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from automl.data.alike.pictures import is_clips, is_pictures, look_of, small_pictures
from automl.data.alike.sets import alike_examples
from automl.data.modality import Dataset, Examples


def of(inputs: dict[str, Any], **facts: Any) -> Dataset:
    count = len(next(iter(inputs.values())))
    targets = {"target": np.resize(np.array(["a", "b"], object), count)}
    examples = Examples(inputs=inputs, targets=targets, **facts)
    return Dataset(examples=examples, schema={}, task="binary", target_names=("y",))


def scenes(count: int = 120, side: int = 48, seed: int = 0) -> np.ndarray:
    """Pictures of coloured blobs over one common gradient ``(n, side, side, 3) uint8``."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[:side, :side] / side
    made = np.repeat((80 * down)[None, :, :, None], count, axis=0).repeat(3, axis=-1)
    for picture in made:
        for _ in range(6):
            y, x, width = random.random(3) * [1, 1, 0.2] + [0, 0, 0.08]
            blob = np.exp(-((down - y) ** 2 + (across - x) ** 2) / (2 * width**2))
            picture += blob[:, :, None] * random.uniform(-60, 160, 3)
    return np.clip(made, 0, 255).astype(np.uint8)


def compressed(picture: Image.Image, tmp_path) -> Image.Image:
    picture.save(tmp_path / "again.jpg", quality=50)
    return Image.open(tmp_path / "again.jpg")


CHANGES = {
    "compressed": compressed,
    "turned": lambda picture, _: picture.rotate(3, Image.Resampling.BILINEAR),
    "brighter": lambda picture, _: ImageEnhance.Brightness(picture).enhance(1.15),
    "less contrast": lambda picture, _: ImageEnhance.Contrast(picture).enhance(0.7),
    "smaller": lambda picture, _: picture.resize((30, 30)).resize(picture.size),
    "mirrored": lambda picture, _: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "the same": lambda picture, _: picture,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_is_found_again(change, tmp_path):
    pixels = scenes()
    copy = np.asarray(CHANGES[change](Image.fromarray(pixels[7]), tmp_path))

    alike = alike_examples(of({"image": np.concatenate([pixels, copy[None]])}))

    assert np.flatnonzero(alike.repeated).tolist() == [7, 120]
    assert alike.sets[7] == alike.sets[120]
    assert (alike.what, alike.near, alike.is_chain) == ("images", True, False)


def test_pictures_of_one_setting_are_not_alike():
    assert not alike_examples(of({"image": scenes(400, 24, seed=3)})).repeated.any()


def test_pictures_of_one_colour_are_alike_only_where_they_are_equal():
    pixels = scenes(40, 24)
    pixels[3], pixels[5], pixels[9] = 10, 10, 200

    assert np.flatnonzero(alike_examples(of({"image": pixels})).repeated).tolist() == [3, 5]


def test_clips_are_compared_by_their_mean_frame():
    clips = scenes(90, 24).reshape(30, 3, 24, 24, 3)
    again = np.clip(clips[:1].astype(int) + 9, 0, 255).astype(np.uint8)

    alike = alike_examples(of({"video": np.concatenate([clips, again])}))

    assert (alike.what, np.flatnonzero(alike.repeated).tolist()) == ("videos", [0, 30])


def test_frames_of_a_film_are_a_chain():
    near = np.linspace(0, 1, 30)[:, None, None, None]
    first, last = scenes(2, 24, seed=5).astype(float)
    film = (first * (1 - near) + last * near).astype(np.uint8)

    assert alike_examples(of({"image": np.concatenate([film, scenes(60, 24)])})).is_chain


def texts(count: int = 200, seed: int = 0) -> list[str]:
    random = np.random.default_rng(seed)
    words = ["".join(random.choice(list("abcdefghijklmnop"), 6)) for _ in range(300)]
    return [" ".join(random.choice(words, 14)) for _ in range(count)]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        str.upper,
        lambda text: f"  {text}! ",
        lambda text: text.replace(text.split()[4], "another", 1),
        lambda text: " ".join(text.split()[1:]),
    ],
    ids=["the same", "upper case", "blanks", "a word exchanged", "a word left out"],
)
def test_a_text_is_found_again(change):
    written = texts()

    alike = alike_examples(of({"text": np.array([*written, change(written[7])], object)}))

    assert np.flatnonzero(alike.repeated).tolist() == [7, 200]
    assert (alike.what, alike.near) == ("texts", True)


def test_short_texts_are_alike_only_where_they_say_the_same():
    written = np.array([*texts(60), "so it is", "so is it", "So it  is"], object)

    assert np.flatnonzero(alike_examples(of({"text": written})).repeated).tolist() == [60, 62]


def test_sounds_are_compared_by_their_content_alone():
    sounds = np.random.default_rng(0).normal(size=(20, 100)).astype(np.float32)
    sounds[4] = sounds[9]
    sounds[5] = sounds[9] * 1.01

    alike = alike_examples(of({"sound": sounds}))

    assert (alike.what, alike.near) == ("examples", False)
    assert np.flatnonzero(alike.repeated).tolist() == [4, 9]


def test_validation_data_is_compared_as_well():
    pixels = scenes()
    others = Examples(inputs={"image": pixels[[3, 5]] // 2})

    alike = alike_examples(of({"image": pixels}), others)

    assert alike.sets[120] == alike.sets[3]
    assert alike.sets[121] == alike.sets[5]


@pytest.mark.parametrize(
    "inputs",
    [
        {"a": np.zeros(20)},
        {"a": np.array(["red", "green"] * 10, object)},
        {"image": np.zeros((20, 8, 8, 3)), "a": np.zeros(20)},
    ],
    ids=["numbers", "categories", "several inputs"],
)
def test_rows_of_a_table_are_not_looked_at(inputs):
    assert alike_examples(of(inputs)) is None


def test_shapes_tell_what_inputs_are():
    assert is_pictures(np.zeros((2, 8, 9, 3)))
    assert not is_pictures(np.zeros((2, 8, 9, 12)))
    assert is_clips(np.zeros((2, 4, 8, 9, 1), np.uint8))
    assert look_of(small_pictures(np.zeros((2, 5, 40, 1), np.uint8), np.arange(2))).max() == 0
