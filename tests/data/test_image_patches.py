"""Features of pictures by comparison with patches of them: responses, mirror images, sizes, saving."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.data.modalities.image import IMAGE
from automl.data.modality import ReadOptions
from automl.data.preprocessing.image_patches import (
    MOST_PATCHES,
    MOST_PRODUCTS,
    MOST_VALUES,
    PatchResponses,
    patch_count,
    patch_side,
)
from automl.data.source import open_source

RNG = np.random.default_rng(0)


def pictures(count: int = 6, height: int = 12, width: int = 10, channels: int = 3) -> np.ndarray:
    return RNG.normal(size=(count, height, width, channels)).astype(np.float32)


def fitted(
    images: np.ndarray, patches: int = 5, *, mirrored: bool = False, seed: int = 0
) -> PatchResponses:
    layer = PatchResponses(patches, 3, mirrored=mirrored)
    layer.fit(images, np.random.default_rng(seed))
    return layer


def features(layer: PatchResponses, images: np.ndarray) -> np.ndarray:
    return np.asarray(layer(images))


def test_a_feature_is_the_mean_response_of_a_quarter_beyond_a_threshold() -> None:
    images = pictures()
    layer = fitted(images)
    kernel, shift = np.asarray(layer.kernel)[..., 2], float(np.asarray(layer.shift)[2])
    places = [images[0, top : top + 3, left : left + 3] for top in range(5) for left in range(4)]
    even = [(item - item.mean()) / np.sqrt(item.var() + 0.01) for item in places]

    expected = np.mean([max((item * kernel).sum() + shift - 1.0, 0.0) for item in even])

    assert features(layer, images)[0, 2] == pytest.approx(expected, abs=1e-4)


def test_a_picture_alone_has_the_features_that_it_has_among_others() -> None:
    images = pictures()
    layer = fitted(images)

    np.testing.assert_allclose(features(layer, images[:1]), features(layer, images)[:1], atol=1e-5)


def test_brightness_and_contrast_hardly_count() -> None:
    images = pictures()
    layer = fitted(images)

    np.testing.assert_allclose(features(layer, 10 * images + 3), features(layer, images), atol=0.05)


@pytest.mark.parametrize("mirrored", [True, False])
def test_a_mirror_image_has_the_same_features_only_where_it_shows_the_same(mirrored: bool) -> None:
    images = pictures()
    layer = fitted(images, mirrored=mirrored)

    same = np.allclose(features(layer, images), features(layer, images[:, :, ::-1]), atol=1e-5)

    assert same is mirrored


def test_features_of_the_training_part_are_standardised() -> None:
    images = RNG.integers(0, 255, size=(40, 16, 16, 3)).astype(np.uint8)
    dataset = IMAGE.read(open_source((images, np.arange(40) % 2)), ReadOptions())

    preprocessing = IMAGE.fit(dataset, np.arange(30), 0)
    values = preprocessing.transform(dataset.examples, np.arange(30))["patches"]

    assert [spec.kind for spec in preprocessing.inputs] == ["image", "patches"]
    assert values.shape == (30, 8 * MOST_PATCHES)
    assert values.mean(axis=0) == pytest.approx(np.zeros(values.shape[1]), abs=1e-3)
    assert (values.std(axis=0) > 0.9).mean() > 0.9


def test_pictures_without_room_have_no_patches() -> None:
    images = RNG.integers(0, 255, size=(40, 5, 30, 1)).astype(np.uint8)
    dataset = IMAGE.read(open_source((images, np.arange(40) % 2)), ReadOptions())

    assert [item.kind for item in IMAGE.promises(dataset)] == ["image"]
    assert [spec.kind for spec in IMAGE.fit(dataset, np.arange(30), 0).inputs] == ["image"]


def test_patches_are_made_only_where_a_family_takes_them() -> None:
    images = RNG.integers(0, 255, size=(40, 12, 12, 1)).astype(np.uint8)
    dataset = IMAGE.read(open_source((images, np.arange(40) % 2)), ReadOptions())

    kinds = [
        [spec.kind for spec in IMAGE.fit(replace(dataset, wanted=wanted), np.arange(30), 0).inputs]
        for wanted in (None, frozenset(("image", "patches")), frozenset(("image",)))
    ]

    assert kinds == [["image", "patches"], ["image", "patches"], ["image"]]


@pytest.mark.parametrize("size", [(6, 6), (28, 28), (32, 200), (224, 224)])
@pytest.mark.parametrize("count", [10, 5_000, 1_000_000])
def test_the_features_of_many_pictures_fit_memory_and_time(size: tuple[int, int], count: int) -> None:
    patches, side = patch_count(count, *size, 3), patch_side(*size)
    height, width = (min(pixels, 32) for pixels in size)

    assert 8 <= patches <= MOST_PATCHES
    assert side <= min(height, width)
    if patches > 8:
        assert 8 * patches * count <= MOST_VALUES
        places = (height - side + 1) * (width - side + 1)
        assert 2 * patches * count * places * side * side * 3 <= MOST_PRODUCTS


def test_large_pictures_are_made_smaller() -> None:
    layer = fitted(pictures(4, 70, 40))

    assert features(layer, pictures(2, 70, 40)).shape == (2, layer.features)


def test_a_saved_layer_gives_the_same_features(tmp_path: Path) -> None:
    images = pictures()
    image = keras.Input(images.shape[1:])
    layer = fitted(images, mirrored=True)
    layer.standardise(features(layer, images))
    model = keras.Model(image, layer(image))

    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)

    np.testing.assert_allclose(again.predict(images, verbose=0), features(layer, images), atol=1e-5)
