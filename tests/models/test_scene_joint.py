"""The network for boxes and masks: a grid of the stride asked for, and a vector for each pixel."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.jobs.matching import usable_families
from automl.models.families.scene.joint import FAMILY, JointOptions
from automl.testing import tensors
from automl.testing.networks import entry
from tests.contracts.samples.tasks.detection import FRAME

SMALL = {"width": 8, "stages": 3, "neck_width": 8, "pixel_width": 6}
PARTS = {"boxes": "detection", "mask": "segmentation"}


def built(shape, **options):
    inputs = entry([tensors.pictures(*shape)])
    features = FAMILY.build(inputs, JointOptions(**{**SMALL, **options}))
    return keras.Model(inputs.by_name(), dict(features))


@pytest.mark.parametrize("stride", [4, 8])
@pytest.mark.parametrize(("height", "width"), [(48, 64), (50, 37)])
def test_the_grid_has_its_stride_and_pixels_the_size_of_the_picture(height, width, stride):
    shapes = {
        name: item.shape[1:] for name, item in built((height, width, 3), stride=stride).output.items()
    }

    assert shapes == {
        "grid": (-(-height // stride), -(-width // stride), 8),
        "pixels": (height, width, 3),
    }


def test_pixels_keep_the_size_of_pictures_that_are_made_smaller_first():
    made = built((48, 64, 1), stride=4, input_share=0.75).output

    assert made["grid"].shape[1:3] == (9, 12)
    assert made["pixels"].shape[1:3] == (48, 64)


def test_mirror_images_change_the_pixels_alone():
    model = built((16, 24, 3), stride=4, mirror_images=True)
    pictures = np.random.default_rng(0).normal(size=(2, 16, 24, 3)).astype(np.float32)

    found = model({"image": pictures}, training=False)
    mirrored = model({"image": pictures[:, :, ::-1]}, training=False)

    assert found["grid"].shape[0] == found["pixels"].shape[0] == 2
    np.testing.assert_allclose(found["pixels"], np.flip(mirrored["pixels"], 2), atol=1e-5)
    assert np.abs(found["grid"] - np.flip(mirrored["grid"], 2)).max() > 1e-3


def test_a_stride_that_no_map_has_is_refused():
    with pytest.raises(ConfigError, match="stride"):
        built((48, 64, 3), stride=32)


def test_it_alone_serves_boxes_with_masks_and_nothing_else_by_default():
    data = (tensors.pictures(48, 64, 3), FRAME)

    assert list(usable_families("scene", data, "joint", (), PARTS)) == ["joint"]
    assert list(usable_families("scene", data, "detection", ())) == ["detector"]
    assert "joint" not in usable_families("image", data[:1], "segmentation", ())
    with pytest.raises(ConfigError, match="cannot do the task"):
        usable_families("scene", data, "joint", ("detector",), PARTS)
