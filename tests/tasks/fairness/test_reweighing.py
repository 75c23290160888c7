"""Weights of training rows: group and class become independent; the loss finds them in the targets."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.tasks.fairness.reweighing import ReweighedLoss, row_weights
from automl.training.dials import find_dials

GROUPS = np.array(["f"] * 40 + ["m"] * 60)
CLASSES = np.array([0] * 30 + [1] * 10 + [0] * 20 + [1] * 40)
ENCODED = np.eye(2, dtype=np.float32)[CLASSES]


def test_group_and_class_are_independent_with_them() -> None:
    weights = row_weights(GROUPS, ENCODED)

    shares = [
        weights[(group == GROUPS) & (CLASSES == 1)].sum() / weights[group == GROUPS].sum() for group in "fm"
    ]
    assert shares == pytest.approx([0.5, 0.5])
    assert weights.mean() == pytest.approx(1)


def test_the_loss_weighs_rows_and_leaves_those_alone_that_fill_a_batch() -> None:
    plain = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    logits = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    labels, weights = ENCODED[[0, 50, 99]], np.array([2.0, 0.5, 0.0], np.float32)

    found = ReweighedLoss(plain).call(labels * weights[:, None], logits)

    np.testing.assert_allclose(found, weights * np.asarray(plain.call(labels, logits)), rtol=1e-5)


def test_its_numbers_stay_dials_and_it_is_made_again_from_its_configuration() -> None:
    loss = ReweighedLoss(keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1))

    again = ReweighedLoss.from_config(loss.get_config())

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    assert [dial.name for dial in find_dials(model, again)] == ["label_smoothing"]
