"""Boxes and masks after any change are those of the changed drawing, within a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.core.boxes import LABEL, padded
from automl.core.errors import ConfigError
from automl.training.batches.transforms.cutmix import CutMix
from automl.training.batches.transforms.framing import Framing
from automl.training.batches.transforms.mixup import Mixup
from automl.training.batches.transforms.scenes import Rescale, Symmetry
from automl.training.batches.transforms.transform import Batch, Kinds

KINDS = Kinds(inputs={"image": "image"}, targets={"boxes": "boxes", "mask": "class_map"})
TRANSFORMS = (
    Symmetry(symmetry="turned"),
    Rescale(rescale=0.4),
    Framing(mirrored=0.5, upended=0.5, framing=0.5),
)


def drawing(box, height, width):
    """A picture of one bright rectangle, its box, and a mask that is 1 on it."""
    x1, y1, x2, y2 = box
    mask = np.zeros((1, height, width), np.int32)
    mask[0, y1:y2, x1:x2] = 1
    shares = np.array(box, float) / [width, height, width, height]
    boxes = padded([np.array([[*shares, 2, 0]])])
    return Batch(
        inputs={"image": mask[..., None].astype(np.float32)},
        targets={"boxes": boxes, "mask": mask},
        kinds=KINDS,
    )


def edges(shown):
    """Of what is shown ``(h, w) bool``, in pixels."""
    rows, columns = np.nonzero(shown)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)


@st.composite
def rectangles(draw):
    height, width = draw(st.sampled_from([(48, 64), (40, 40), (33, 47)]))
    x1, y1 = draw(st.integers(0, width - 12)), draw(st.integers(0, height - 12))
    return (x1, y1, draw(st.integers(x1 + 8, width)), draw(st.integers(y1 + 8, height))), height, width


@settings(max_examples=60, deadline=None)
@given(rectangles(), st.integers(0, 10_000), st.sampled_from(TRANSFORMS))
def test_they_go_with_the_drawing(drawn, seed, transform):
    batch = drawing(*drawn)
    draws = transform.draw(np.random.default_rng(seed), np.zeros((1, 1), np.int32))

    after = transform.apply(batch, {name: values[0] for name, values in draws.items()}, lambda rows: batch)

    height, width = drawn[1:]
    picture, mask = after.inputs["image"][0, ..., 0] > 0.5, after.targets["mask"][0]
    box = after.targets["boxes"][0, 0]
    if box[LABEL] >= 0:
        corners = box[:4] * [width, height, width, height]
        np.testing.assert_allclose(edges(picture), corners, atol=1.0)
        np.testing.assert_allclose(edges(mask == 1), corners, atol=1.0)
    wrong = picture != (mask == 1)
    assert wrong.sum() <= 2 * (height + width)
    assert not picture[mask < 0].any()


@pytest.mark.parametrize("transform", [Mixup(mixup=0.2), CutMix(cutmix=1.0)])
def test_boxes_are_not_mixed(transform):
    with pytest.raises(ConfigError, match="boxes have no mean"):
        transform.check(drawing((2, 2, 12, 12), 20, 20))
