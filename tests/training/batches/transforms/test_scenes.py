"""A picture and its map of classes after a change are those of the changed drawing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.core.errors import ConfigError
from automl.tasks.declaration import CLASS_MAP
from automl.training.batches.transforms.scenes import Lighting, Rescale, Symmetry
from automl.training.batches.transforms.transform import Batch, BatchTransform, Kinds
from tests.scenes import scene

KINDS = Kinds(inputs={"image": "image"}, targets={"target": CLASS_MAP})
ROWS = np.zeros((1, 8), np.int32)


def drawing(seed: int, height: int, width: int) -> Batch:
    """Eight times a map of classes, and a picture that is that map."""
    classes = np.stack([scene(seed, height, width)[1]] * 8).astype(np.int32)
    picture = classes[..., None].astype(np.float32)
    return Batch(inputs={"image": picture}, targets={"target": classes}, kinds=KINDS)


def changed(transform: BatchTransform, batch: Batch, seed: int) -> tuple[Batch, Mapping[str, np.ndarray]]:
    draws = {name: values[0] for name, values in transform.draw(np.random.default_rng(seed), ROWS).items()}
    return transform.apply(batch, draws, lambda rows: batch), draws


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), height=st.integers(5, 20), width=st.integers(5, 20))
def test_after_a_symmetry_classes_are_those_of_the_changed_picture(seed, height, width):
    after, draws = changed(Symmetry(symmetry="turned"), drawing(seed, height, width), seed)

    np.testing.assert_array_equal(after.inputs["image"][..., 0], after.targets["target"])
    before = drawing(seed, height, width).targets["target"][0]
    for map_, (left, top, across) in zip(after.targets["target"], draws["swapped"], strict=True):
        flipped = before[:: -1 if top else 1, :: -1 if left else 1]
        np.testing.assert_array_equal(map_, flipped.T if across and height == width else flipped)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), height=st.integers(8, 24), width=st.integers(8, 24))
def test_after_a_change_of_scale_classes_lie_on_the_picture_within_a_pixel(seed, height, width):
    before = drawing(seed, height, width)
    disc = Batch(
        inputs={"image": (before.inputs["image"] == 1).astype(np.float32)},
        targets={"target": (before.targets["target"] == 1).astype(np.int32)},
        kinds=KINDS,
    )

    after, _ = changed(Rescale(rescale=0.4), disc, seed)

    picture, classes = after.inputs["image"][..., 0], after.targets["target"]
    assert set(np.unique(classes)) <= {-1, 0, 1}
    assert not picture[classes == -1].any()
    # the nearest of four pixels has at least a quarter of the weight
    sure = (classes >= 0) & ((picture < 0.24) | (picture > 0.76))
    np.testing.assert_array_equal((picture > 0.5)[sure], (classes == 1)[sure])


def test_the_whole_picture_is_a_window_that_changes_nothing():
    batch = drawing(0, 12, 9)
    windows = np.tile(np.float32([0, 0, 1]), (8, 1))

    after = Rescale(rescale=0.1).apply(batch, {"windows": windows}, lambda rows: batch)

    np.testing.assert_allclose(after.inputs["image"], batch.inputs["image"], atol=1e-5)
    np.testing.assert_array_equal(after.targets["target"], batch.targets["target"])


def test_a_larger_window_has_a_margin_without_class():
    batch = drawing(0, 12, 12)
    windows = np.tile(np.float32([-0.5, -0.5, 2.0]), (8, 1))

    after = Rescale(rescale=0.5).apply(batch, {"windows": windows}, lambda rows: batch)

    known = after.targets["target"][0] >= 0
    assert known[3:9, 3:9].all()
    assert known.sum() == 36
    assert not after.inputs["image"][0][~known].any()


def test_light_leaves_classes_alone():
    batch = drawing(0, 9, 9)

    after, draws = changed(Lighting(lighting=0.3), batch, 1)

    np.testing.assert_array_equal(after.targets["target"], batch.targets["target"])
    factor, summand = draws["light"][0]
    np.testing.assert_allclose(
        after.inputs["image"][0], batch.inputs["image"][0] * factor + summand, rtol=1e-5, atol=1e-6
    )


def test_unknown_and_impossible_options_are_refused():
    with pytest.raises(ConfigError, match="Unknown symmetry 'spun'"):
        Symmetry(symmetry="spun")
    with pytest.raises(ConfigError, match="below 1"):
        Rescale(rescale=1.0).check(drawing(0, 9, 9))
