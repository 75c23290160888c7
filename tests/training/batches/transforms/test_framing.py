"""Boxes of a reframed picture are those of the reframed drawing, within a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.core.boxes import LABEL, padded
from automl.core.errors import ConfigError
from automl.training.batches.transforms.framing import Framing, reframed_classes, reframed_pictures
from automl.training.batches.transforms.moved_boxes import reframed_boxes
from automl.training.batches.transforms.transform import Batch, Kinds

HEIGHT, WIDTH = 48, 64


def drawn(box):
    """A picture of one bright rectangle ``(1, h, w, 1)``."""
    x1, y1, x2, y2 = box
    picture = np.zeros((1, HEIGHT, WIDTH, 1), np.float32)
    picture[0, y1:y2, x1:x2] = 1.0
    return picture


def seen(picture):
    """The edges of what is bright in a picture, in pixels."""
    rows, columns = np.nonzero(picture[0, ..., 0] > 0.5)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)


def encoded(box):
    shares = np.array(box, float) / [WIDTH, HEIGHT, WIDTH, HEIGHT]
    return padded([np.array([[*shares, 2, 0]])])


@st.composite
def rectangles(draw):
    x1, y1 = draw(st.integers(0, WIDTH - 12)), draw(st.integers(0, HEIGHT - 12))
    return x1, y1, draw(st.integers(x1 + 8, WIDTH)), draw(st.integers(y1 + 8, HEIGHT))


@settings(max_examples=150, deadline=None)
@given(rectangles(), st.integers(0, 10_000), st.floats(0, 1))
def test_a_box_goes_with_its_drawing(box, seed, framing):
    transform = Framing(mirrored=0.5, upended=0.5, framing=framing)
    draws = transform.draw(np.random.default_rng(seed), np.zeros((1, 1), np.int32))
    scale, shift = draws["scale"][0], draws["shift"][0]

    boxes = reframed_boxes(encoded(box), scale, shift)[0]
    picture = reframed_pictures(drawn(box), scale, shift)

    if boxes[0, LABEL] >= 0:
        edges = boxes[0, :4] * [WIDTH, HEIGHT, WIDTH, HEIGHT]
        np.testing.assert_allclose(seen(picture), edges, atol=1.0)


def test_a_box_that_leaves_the_frame_is_none_any_more():
    boxes = encoded((0, 0, 16, 12))

    moved = reframed_boxes(boxes, np.full((1, 2), 1.0, np.float32), np.full((1, 2), -0.3, np.float32))

    assert moved[0, 0, LABEL] == -1
    assert (moved[0, 0, :4] >= 0).all()


def test_mirrored_pictures_are_mirror_images():
    picture = np.random.default_rng(0).normal(size=(3, 6, 8, 2)).astype(np.float32)
    scale, shift = np.tile([[-1.0, 1.0]], (3, 1)), np.tile([[1.0, 0.0]], (3, 1))

    mirrored = reframed_pictures(picture, scale.astype(np.float32), shift.astype(np.float32))

    np.testing.assert_allclose(mirrored, picture[:, :, ::-1], atol=1e-5)


def test_mirrored_masks_are_mirror_images_and_what_comes_into_the_frame_has_no_class():
    classes = np.random.default_rng(0).integers(0, 5, (2, 6, 8)).astype(np.int32)
    turned, still = np.float32([[-1.0, 1.0]] * 2), np.float32([[1.0, 0.0]] * 2)

    mirrored = reframed_classes(classes, turned, still)
    half = reframed_classes(classes, np.full((2, 2), 0.5, np.float32), np.zeros((2, 2), np.float32))

    np.testing.assert_array_equal(mirrored, classes[:, :, ::-1])
    assert (half[:, 3:] == -1).all()
    assert (half[:, :, 4:] == -1).all()
    assert (half[:, :3, :4] >= 0).all()


def test_pictures_with_other_targets_are_refused():
    batch = Batch(
        inputs={"image": np.zeros((4, 6, 8, 1))},
        targets={"target": np.zeros((4, 3))},
        kinds=Kinds(inputs={"image": "image"}, targets={"target": "label"}),
    )

    with pytest.raises(ConfigError, match="images with boxes"):
        Framing(mirrored=0.5).check(batch)
