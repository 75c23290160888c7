"""Predictions that look at a picture and at its mirror image."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.models.layers.mirror_images import with_mirror_images
from automl.testing import tensors
from automl.testing.networks import network

SMALL = {"cnn": {"filters": 4, "blocks": 2, "residual": 1}, "residual_cnn": {"width": 4, "stages": 2}}


def pictures(count: int = 6) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, 8, 8, 3)).astype(np.float32)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_a_picture_and_its_mirror_image_get_one_answer(name: str) -> None:
    model = network(f"image/{name}", [tensors.pictures(8, 8, 3)], mirror_images=True, **SMALL[name])
    images = pictures()

    plain, mirrored = (np.asarray(model({"image": item})) for item in (images, images[:, :, ::-1]))

    np.testing.assert_allclose(plain, mirrored, atol=1e-5)
    alone = np.asarray(model({"image": images[2:3]}))
    np.testing.assert_allclose(alone, plain[2:3], atol=1e-5)


def test_maps_are_averaged_where_they_belong() -> None:
    image = keras.Input((4, 4, 1))
    (mean,) = with_mirror_images(image, lambda item: [item], wanted=True)
    model, images = keras.Model(image, mean), pictures()[:, :4, :4, :1]

    np.testing.assert_allclose(model(images), images)
    np.testing.assert_allclose(model(images, training=True), images)


def test_nothing_is_added_where_mirror_images_are_not_wanted() -> None:
    image = keras.Input((4, 4, 1))

    assert with_mirror_images(image, lambda item: [item], wanted=False) == [image]
