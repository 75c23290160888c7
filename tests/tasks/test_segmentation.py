"""The class of each pixel: loss, baselines, masks in the size of the pictures, evidence."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import TARGET
from automl.metrics.metric import MEAN_IOU
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task
from automl.tasks.kinds.segmentation import SegmentationOptions
from automl.tasks.mask_files import MaskForm
from automl.tasks.pixel_facts import usual_metric
from automl.tasks.pixels import PixelLoss
from automl.tasks.plots import worst_masks
from automl.tasks.shown import Shown, evidence_of
from tests.scenes import scene

FORM = MaskForm(values=(0, 128, 255), titles=("0", "128", "255"))
TRUTH = np.stack([scene(seed)[1] for seed in range(4)]).astype(np.int16)


@pytest.fixture
def task():
    facts = {"masks": FORM.as_json()}
    return fit_task("segmentation", {TARGET: TRUTH}, names=("mask",), facts=facts)


def certain(classes: np.ndarray, k: int = 3) -> np.ndarray:
    return (20 * np.eye(k)[np.maximum(classes, 0)] - 10).astype(np.float32)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_right_answer_costs_next_to_nothing_and_a_wrong_one_much(share):
    classes = TRUTH.astype(np.int32)
    loss = PixelLoss(share)

    assert float(loss({TARGET: classes}, {TARGET: certain(classes)})) < 1e-3
    assert float(loss({TARGET: classes}, {TARGET: certain((classes + 1) % 3)})) > 0.5


def test_pixels_without_a_class_cost_nothing_whatever_is_said():
    classes = TRUTH.astype(np.int32)
    classes[:, :10] = -1
    one, other = certain(classes), certain(classes)
    other[:, :10] = np.random.default_rng(0).normal(size=other[:, :10].shape)

    losses = [float(PixelLoss(0.5)({TARGET: classes}, {TARGET: item})) for item in (one, other)]

    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_cross_entropy_is_that_of_keras():
    classes = TRUTH.astype(np.int32)
    logits = np.random.default_rng(0).normal(size=(*classes.shape, 3)).astype(np.float32)

    expected = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(classes, logits)

    assert float(PixelLoss(0.0)({TARGET: classes}, {TARGET: logits})) == pytest.approx(
        float(expected), rel=1e-4
    )


def test_balanced_weights_make_the_rare_class_count(task):
    plain, balanced = (
        task.loss(SegmentationOptions(dice_share=0.0, pixel_weight=weight))
        for weight in ("none", "balanced")
    )
    encoded = task.encode({TARGET: TRUTH})
    nothing_but_ground = {TARGET: certain(np.zeros_like(TRUTH))}

    assert float(balanced(encoded, nothing_but_ground)) > 2 * float(plain(encoded, nothing_but_ground))
    with pytest.raises(ConfigError, match="Unknown pixel_weight"):
        SegmentationOptions(pixel_weight="heavy")


def test_masks_come_in_the_size_of_the_pictures_with_their_values(task):
    chances = task.finish({TARGET: certain(TRUTH)})[TARGET]
    keys = {"height": np.full(4, 48), "width": np.full(4, 64)}

    columns = task.decode_for({TARGET: chances}, keys)

    mask = columns["prediction"][0]
    assert mask.shape == (48, 64)
    assert mask.dtype == np.uint8
    expected = np.array(FORM.values)[scene(0)[1]].repeat(2, axis=0).repeat(2, axis=1)
    assert (mask == expected).mean() > 0.97
    assert sum(columns[f"share_{title}"][0] for title in FORM.titles) == pytest.approx(1)


def test_the_mean_mask_beats_the_majority_where_things_have_their_place(task):
    top = np.zeros((6, 24, 32), np.int32)
    top[:, :9] = 1
    rules = task.baselines({TARGET: top}, {TARGET: top}, {})

    scores = {
        name: score_at_once(task.scorer(), {TARGET: top}, guess)["pixel_accuracy"]
        for name, guess in rules.items()
    }

    assert scores["mean_mask"] == 1.0
    assert scores["majority"] < 1.0


def test_more_than_two_classes_are_compared_by_their_mean_overlap():
    assert usual_metric({TARGET: TRUTH}).metric == MEAN_IOU
    assert usual_metric({TARGET: np.minimum(TRUTH, 1)}) is None


def test_evidence_shows_classes_and_the_worst_pictures(task):
    pictures = np.stack([scene(seed)[0] for seed in range(4)])[..., None]
    answer = TRUTH.copy()
    answer[2] = 0
    encoded, predictions = task.encode({TARGET: TRUTH}), task.finish({TARGET: certain(answer)})
    shown = Shown(
        task=task,
        encoded=encoded,
        truth={TARGET: TRUTH},
        predictions=predictions,
        inputs={"image": pictures},
    )

    evidence = evidence_of(shown)

    titles = [figure.title for figure in evidence.figures]
    assert titles == ["Overlap by class", "Confusion matrix of pixels", "Masks over the worst pictures"]
    assert evidence.mistakes[0].row == 2
    assert evidence.mistakes[0].size == pytest.approx((TRUTH[2] > 0).mean())
    assert len(worst_masks(shown).data) == 12
