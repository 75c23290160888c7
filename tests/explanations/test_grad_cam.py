"""A trained network looks where the difference is, and with weights at random it does not."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.explanations.anatomy import anatomy_of
from automl.explanations.by_gradients import explained_by_gradients
from automl.explanations.methods.maps import explain
from automl.explanations.overlay import overlaid, plain_pixels, png_of, smoothed
from tests.explanations.subjects import SIDE, patch_of, picture_subject, pictures

WITH_PATCH = (1, 3, 5, 7)


@pytest.fixture(scope="module")
def trained():
    """The subject of pictures after it was trained to see patches."""
    from dataclasses import replace

    keras.utils.set_random_seed(0)
    subject = picture_subject()
    anatomy = anatomy_of(subject.model())
    (network,) = anatomy.calls[0].networks
    pixels = anatomy.encode({"image": pictures()[0]})[0]
    labels = subject.task.encode(subject.examples.targets)["target"]
    network.compile(keras.optimizers.Adam(0.01), keras.losses.CategoricalCrossentropy(from_logits=True))
    network.fit({"image": pixels}, {"target": labels}, batch_size=10, epochs=15, verbose=0)
    return replace(subject, rows=WITH_PATCH)


def _hit(heat: np.ndarray, row: int) -> bool:
    """Whether a map is strongest on the patch, or next to it."""
    place = np.unravel_index(smoothed(heat).argmax(), heat.shape)
    return all(first - 2 <= at <= first + 5 for at, first in zip(place, patch_of(row), strict=True))


def test_maps_show_what_the_class_is_told_by(trained):
    found = explain(trained)

    assert found.values["how"] == "Grad-CAM"
    assert found.values["sanity"]["deletion"]["gain"] > 0.1
    hits = [_hit(np.array(row["parts"]["image"]), row["row"]) for row in found.values["rows"]]
    assert sum(hits) >= 3


def test_integrated_gradients_lie_on_the_patch_too(trained):
    found = explained_by_gradients(trained).attributions

    assert sum(_hit(item.parts["image"], item.row) for item in found) >= 3
    assert max(item.gap for item in found) <= 0.01


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_any_pixels_are_drawn(dtype):
    pixels = plain_pixels((np.arange(SIDE * SIDE).reshape(SIDE, SIDE, 1) % 250).astype(dtype))
    heat = np.zeros((SIDE, SIDE))
    heat[2:4, 2:4] = 1.0
    heat[8, 8] = -1.0

    shown = overlaid(pixels, heat)

    assert pixels.shape == shown.shape == (SIDE, SIDE, 3)
    assert shown[2, 2, 0] > shown[2, 2, 2]
    assert shown[8, 8, 2] > shown[8, 8, 0]
    assert png_of(shown)[:4] == b"\x89PNG"


def test_a_map_of_nothing_leaves_the_picture_grey():
    pixels = plain_pixels(np.full((SIDE, SIDE, 3), 100, np.uint8))

    np.testing.assert_array_equal(overlaid(pixels, np.zeros((SIDE, SIDE))), pixels)
