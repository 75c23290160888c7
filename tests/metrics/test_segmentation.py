"""Overlap of predicted and true classes of pixels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, jaccard_score, log_loss

from automl.metrics.scorer import score_at_once
from automl.metrics.segmentation import PixelScorer

RANDOM = np.random.default_rng(0)


def drawn(k: int) -> tuple[np.ndarray, np.ndarray]:
    p = RANDOM.dirichlet(np.ones(k), (3, 6, 5))
    return RANDOM.integers(0, k, (3, 6, 5)).astype(np.int32), p.astype(np.float32)


@pytest.mark.parametrize("k", [2, 4])
def test_scores_are_those_of_scikit_learn_over_all_pixels(k):
    y, p = drawn(k)

    scores = score_at_once(PixelScorer(), y, p)

    truth, guess = y.ravel(), p.argmax(-1).ravel()
    assert scores["dice"] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert scores["mean_iou"] == pytest.approx(jaccard_score(truth, guess, average="macro"))
    assert scores["pixel_accuracy"] == pytest.approx(accuracy_score(truth, guess))
    assert scores["log_loss"] == pytest.approx(log_loss(truth, p.reshape(-1, k)), rel=1e-5)


def test_dice_of_two_classes_is_that_of_the_positive_one():
    y, p = drawn(2)

    score = score_at_once(PixelScorer(0), y, p)["dice"]

    assert score == pytest.approx(f1_score(y.ravel(), p.argmax(-1).ravel(), pos_label=0))


def test_pixels_without_a_class_do_not_count():
    y, p = drawn(3)
    half = y.copy()
    half[:, 3:] = -1

    assert score_at_once(PixelScorer(), half, p) == pytest.approx(
        score_at_once(PixelScorer(), y[:, :3], p[:, :3])
    )


def test_batches_give_what_all_at_once_give():
    y, p = drawn(3)
    scorer = PixelScorer()

    for row in range(3):
        scorer.update(y[row : row + 1], p[row : row + 1])

    assert scorer.result() == pytest.approx(score_at_once(PixelScorer(), y, p))


def test_a_positive_class_that_is_nowhere_and_not_predicted_is_right():
    y, p = np.zeros((1, 2, 2), np.int32), np.broadcast_to([1.0, 0.0], (1, 2, 2, 2))

    assert score_at_once(PixelScorer(1), y, p)["dice"] == 1.0
