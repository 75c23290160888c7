"""The detector: a grid of the stride asked for, whatever the sides, in any precision."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import TARGET, ragged
from automl.models.families.scene.detector import FAMILY, DetectorOptions
from automl.tasks.catalog import fit_task
from automl.testing import tensors
from automl.testing.networks import entry
from automl.training.precision import policy
from tests.contracts.samples.tasks.detection import FRAME, boxes

SMALL = {"width": 8, "stages": 3, "neck_width": 8}


def grid(shape, **options):
    return FAMILY.build(entry([tensors.pictures(*shape)]), DetectorOptions(**{**SMALL, **options}))["grid"]


@pytest.mark.parametrize("stride", [4, 8, 16])
@pytest.mark.parametrize(("height", "width"), [(48, 64), (50, 37)])
def test_the_grid_has_the_stride_asked_for(height, width, stride):
    made = grid((height, width, 3), stride=stride)

    assert made.shape[1:] == (-(-height // stride), -(-width // stride), 8)


def test_pictures_may_be_made_smaller_first():
    assert grid((48, 64, 1), stride=4, input_share=0.5).shape[1:3] == (6, 8)


@pytest.mark.parametrize("stride", [3, 32])
def test_a_stride_that_no_map_has_is_refused(stride):
    with pytest.raises(ConfigError, match="stride"):
        grid((48, 64, 3), stride=stride)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_halves_end_in_whole_floats_and_finite_boxes(precision):
    targets = {TARGET: ragged(boxes(2) for _ in range(8))}
    task = fit_task(
        "detection", targets, names=("boxes",), facts={"labels": ["a", "b"], "height": 48, "width": 64}
    )
    with policy(precision):
        inputs = entry([tensors.pictures(48, 64, 3), FRAME])
        connected, context = task.connect(inputs, task.options())
        grid = FAMILY.build(connected, DetectorOptions(**SMALL))["grid"]
        outputs = task.head(grid, context, task.options())
        model = keras.Model(inputs.by_name(), {**outputs, **task.finish(outputs)})
    pictures = np.random.default_rng(0).normal(size=(2, 48, 64, 3)).astype(np.float32)

    found = model({"image": pictures, "frame": np.array([[48, 64]] * 2, np.float32)})

    assert {keras.backend.standardize_dtype(item.dtype) for item in found.values()} == {"float32"}
    assert np.isfinite(found[TARGET]).all()
    assert found[TARGET].shape[0::2] == (2, 6)
