"""A vector for each pixel of pictures of any sides."""

from __future__ import annotations

import numpy as np
import pytest

from automl.models.catalog import FAMILIES
from automl.models.families.image.unet import UnetOptions
from automl.testing.networks import entry
from automl.testing.tensors import pictures

SMALL = {"width": 4, "convolutions": 1}


def pixels(*shape: int, **options):
    import keras

    inputs = entry([pictures(*shape)])
    features = FAMILIES["image/unet"].build(inputs, UnetOptions(**{**SMALL, **options}))
    return keras.Model(inputs.by_name(), features["pixels"])


@pytest.mark.parametrize("side", [(16, 16), (13, 22), (9, 31)])
@pytest.mark.parametrize("stride", [1, 2])
def test_each_pixel_gets_a_vector_whatever_the_sides(side, stride):
    assert pixels(*side, 3, stem_stride=stride).output.shape == (None, *side, 4)


def test_small_maps_are_not_halved_again():
    few, many = (pixels(16, 16, 1, levels=levels) for levels in (3, 6))

    assert len(few.layers) == len(many.layers)


def test_channels_double_up_to_a_limit():
    model = pixels(64, 64, 1, levels=4, most_width=8)

    assert max(layer.output.shape[-1] for layer in model.layers) == 16, "two maps of eight side by side"


def test_a_picture_and_its_mirror_image_get_mirrored_answers():
    model = pixels(12, 10, 3, mirror_images=True)
    images = np.random.default_rng(0).normal(size=(2, 12, 10, 3)).astype(np.float32)

    plain, mirrored = (np.asarray(model({"image": item})) for item in (images, images[:, :, ::-1]))

    np.testing.assert_allclose(plain, mirrored[:, :, ::-1], atol=1e-5)


def test_residual_levels_have_a_way_around_their_convolutions():
    plain, residual = (pixels(16, 16, 3, levels=2, residual=item) for item in (False, True))

    assert residual.count_params() > plain.count_params()
