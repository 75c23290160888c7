"""Boxes from maps: peaks, one box for each thing, pixels of the file; and the loss that makes such maps."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from automl.core.boxes import LABEL, NAMED, SCORE, overlaps, padded
from automl.core.targets import TARGET, ragged
from automl.tasks.box_decoding import FRAME, SAME, DecodeBoxes, decoded
from automl.tasks.box_loss import HEAT, SIDES, BoxLoss, boxes_at
from automl.tasks.catalog import fit_task
from automl.tasks.evidence.detection import matched

TYPICAL, CANVAS = (0.25, 0.25), (48, 64)
FACTS = {"labels": ["cat", "dog"], "height": 48, "width": 64}


def outputs(heat, sides=None, frame=CANVAS):
    rows = len(heat)
    sides = np.zeros((*heat.shape[:3], 4), np.float32) if sides is None else sides
    frames = np.tile(np.array([frame], np.float32), (rows, 1))
    return {HEAT: heat.astype(np.float32), SIDES: sides.astype(np.float32), FRAME: frames}


def task(*boxes):
    return fit_task("detection", {TARGET: ragged(boxes)}, names=("boxes",), facts=FACTS)


def test_a_peak_becomes_a_box_in_pixels_of_the_picture_given():
    heat = np.full((1, 6, 8, 2), -9.0)
    heat[0, 2, 3, 1] = 4.0

    box = decoded(outputs(heat, frame=(96, 128)), TYPICAL, CANVAS)[0, 0]

    middle, half = np.array([3.5 / 8 * 128, 2.5 / 6 * 96]), np.array([16, 12])
    np.testing.assert_allclose(box[:4], np.concatenate([middle - half, middle + half]), atol=1e-3)
    assert box[SCORE] == pytest.approx(1 / (1 + np.exp(-4)), rel=1e-5)
    assert box[NAMED] == 1


def test_boxes_of_a_picture_with_other_proportions_stay_inside_of_it():
    heat = np.random.default_rng(0).normal(size=(2, 6, 8, 2))

    found = decoded(outputs(heat, frame=(100, 50)), TYPICAL, CANVAS)

    assert found[..., [0, 2]].max() <= 50
    assert found[..., [1, 3]].max() <= 100


def greedy(boxes):
    """Boxes that stay when they are gone through one by one, the surest first."""
    kept = []
    for box in boxes:
        same = [other for other in kept if other[NAMED] == box[NAMED]]
        if not any(overlaps(box[None, :4], other[None, :4])[0, 0] > SAME for other in same):
            kept.append(box)
    return np.array(kept)


@pytest.mark.parametrize("seed", range(5))
def test_of_boxes_that_cover_each_other_those_stay_that_going_through_them_leaves(seed, monkeypatch):
    random = np.random.default_rng(seed)
    raw = outputs(
        random.normal(size=(1, 6, 8, 2)), random.normal(size=(1, 6, 8, 4)) * 0.2 + [0, 0, 1.5, 1.5]
    )
    found = decoded(raw, TYPICAL, CANVAS)[0]
    monkeypatch.setattr("automl.tasks.box_decoding.SAME", 2.0)

    every = decoded(raw, TYPICAL, CANVAS)[0]

    expected = greedy(every[every[:, SCORE] > 0])
    assert len(expected) < (every[:, SCORE] > 0).sum()
    np.testing.assert_allclose(found[: len(expected)], expected, atol=1e-4)
    assert (found[len(expected) :, SCORE] == 0).all()


def test_the_layer_gives_what_arrays_give():
    random = np.random.default_rng(1)
    raw = outputs(random.normal(size=(3, 6, 8, 2)), random.normal(size=(3, 6, 8, 4)) * 0.4, frame=(30, 70))
    layer = DecodeBoxes.from_config(DecodeBoxes(TYPICAL, CANVAS).get_config())

    found = keras.ops.convert_to_numpy(layer([raw[name] for name in (HEAT, SIDES, FRAME)]))

    np.testing.assert_allclose(found, decoded(raw, TYPICAL, CANVAS), atol=1e-3)


def wanted_maps(boxes, height=6, width=8):
    """Maps that say exactly what is true."""
    heat, sides = np.full((1, height, width, 2), -12.0), np.zeros((1, height, width, 4))
    y, x = (np.indices((height, width)) + 0.5) / np.array([height, width]).reshape(2, 1, 1)
    for x1, y1, x2, y2, label, _ in boxes:
        column, row = int((x1 + x2) / 2 * width), int((y1 + y2) / 2 * height)
        heat[0, row, column, int(label)] = 12.0
        near = (abs(x - (x1 + x2) / 2) < (x2 - x1) / 2) & (abs(y - (y1 + y2) / 2) < (y2 - y1) / 2)
        offsets = ((x1 + x2) / 2 - x) / TYPICAL[0], ((y1 + y2) / 2 - y) / TYPICAL[1]
        logarithms = np.log((x2 - x1) / TYPICAL[0]), np.log((y2 - y1) / TYPICAL[1])
        for at, value in enumerate((*offsets, *(np.full_like(x, item) for item in logarithms))):
            sides[0, ..., at] = np.where(near, value, sides[0, ..., at])
    return heat, sides


def test_the_loss_of_true_maps_is_next_to_nothing_and_rises_with_errors():
    boxes = np.array([[0.05, 0.1, 0.3, 0.5, 0, 0], [0.5, 0.4, 0.95, 0.9, 1, 0]])
    heat, sides = wanted_maps(boxes)
    loss, truth = BoxLoss(TYPICAL, l1_weight=0.5), {TARGET: padded([boxes])}

    def worth(heat, sides):
        return float(loss(truth, outputs(heat, sides)))

    right = worth(heat, sides)
    assert right < 0.05
    assert worth(heat[..., ::-1], sides) > right + 1
    assert worth(heat, sides + 0.5) > right + 0.5
    np.testing.assert_allclose(
        decoded(outputs(heat, sides), TYPICAL, CANVAS)[0, :2, :4] / (64, 48, 64, 48),
        boxes[:, :4],
        atol=1e-3,
    )


def test_heat_within_a_crowd_is_neither_right_nor_wrong():
    crowd = np.array([[0.2, 0.2, 0.9, 0.9, 0, 1.0]])
    hot = np.full((1, 6, 8, 2), -9.0)
    hot[0, 3, 4] = 6.0
    loss, nothing = BoxLoss(TYPICAL), padded([np.zeros((0, 6))])

    assert float(loss({TARGET: padded([crowd])}, outputs(hot))) < 0.01
    assert float(loss({TARGET: nothing}, outputs(hot))) > 1


def test_a_picture_without_boxes_has_a_finite_loss():
    loss = BoxLoss(TYPICAL)({TARGET: padded([np.zeros((0, 6))])}, outputs(np.zeros((1, 6, 8, 2))))

    assert np.isfinite(float(loss))


def test_boxes_at_cells_lie_around_them():
    corners = boxes_at(np.zeros((1, 6, 8, 4), np.float32), TYPICAL, np)

    around = [0.0625 - 0.125, 1 / 12 - 0.125, 0.1875, 1 / 12 + 0.125]
    np.testing.assert_allclose(corners[0, 0, 0], around, atol=1e-6)


def test_answers_lie_in_pixels_of_the_file_and_unsure_ones_are_not_told():
    detection = task(np.array([[8.0, 8, 24, 20, 1, 0]]))
    found = np.zeros((1, 3, 6))
    found[0, 0], found[0, 1] = [8, 6, 24, 18, 0.9, 1], [1, 1, 2, 2, 0.05, 0]
    keys = {"width": np.array([640]), "height": np.array([480])}

    placed = detection.placed({TARGET: found}, keys)
    (told,) = json.loads(detection.decode(placed)["prediction"][0])

    assert told == {"label": "dog", "score": 0.9, "x1": 80.0, "y1": 60.0, "x2": 240.0, "y2": 180.0}


def test_the_mean_box_of_each_label_is_the_baseline():
    detection = task(np.array([[8.0, 8, 24, 20, 1, 0], [0, 0, 16, 12, 0, 0]]))
    encoded = detection.encode({TARGET: ragged([np.array([[8.0, 8, 24, 20, 1, 0], [0, 0, 16, 12, 0, 0]])])})

    (guess,) = detection.baselines(encoded, encoded, {})["mean box"][TARGET]

    np.testing.assert_allclose(guess[1, :4], [8, 8, 24, 20], atol=1e-4)
    assert set(guess[:, NAMED]) == {0, 1}


def test_small_boxes_stand_first():
    boxes = np.array([[0.0, 0, 60, 40, 1, 0], [20, 20, 30, 30, 0, 0]])

    encoded = task(boxes).encode({TARGET: ragged([boxes])})[TARGET]

    assert encoded[0, :, LABEL].tolist() == [0, 1]


def test_a_true_box_is_hit_once_and_a_crowd_by_any_number():
    truth = np.array([[0.0, 0, 10, 10, 0, 0], [20, 20, 40, 40, 1, 1]])
    first = [[0.0, 0, 10, 10, 0.9, 0], [0, 0, 10, 9, 0.8, 0]]
    found = np.array([*first, [20, 20, 40, 40, 0.7, 1], [20, 20, 40, 40, 0.6, 1]])

    hit, right = matched(truth, found)

    assert hit.tolist() == [True, True]
    assert right.tolist() == [True, False, True, True]
