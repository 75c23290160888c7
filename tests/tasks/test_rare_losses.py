"""Losses for a rare class: smallest where the logits are those of true probabilities."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import named
from automl.tasks.catalog import fit_task
from automl.tasks.decoding import finished
from automl.tasks.kinds.classification import ClassificationOptions
from automl.tasks.rare_losses import (
    FOCUSED,
    FocalLoss,
    FromFocused,
    UnbiasedCrossentropy,
    thinned_rows,
    weights_of,
)

EACH = np.eye(2, dtype=np.float32)
ODDS = np.linspace(-9, 4, 2601).astype(np.float32)
"""Logarithms of odds, finely enough to find the best of them."""


def expected(loss_of_class: Any, share: float) -> np.ndarray:
    """The expected loss at each of ``ODDS`` where the second class has a share."""
    return np.asarray((1 - share) * loss_of_class(0) + share * loss_of_class(1))


def two(odds: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros_like(odds), odds], axis=1)


@pytest.mark.parametrize("share", [0.002, 0.05, 0.4])
@pytest.mark.parametrize("power", [0.5, 1.0])
def test_weights_leave_the_logits_those_of_true_probabilities(share: float, power: float) -> None:
    loss = UnbiasedCrossentropy(weights_of((0.98, 0.02), power))

    def of_class(at: int) -> np.ndarray:
        return np.asarray(loss.call(np.tile(EACH[at], (len(ODDS), 1)), two(ODDS)))

    best = ODDS[expected(of_class, share).argmin()]
    assert best == pytest.approx(np.log(share / (1 - share)), abs=0.02)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.4, 0.9])
@pytest.mark.parametrize("gamma", [1.0, 2.0, 3.0])
def test_the_focal_loss_is_undone(share: float, gamma: float) -> None:
    loss = FocalLoss(gamma)

    def of_class(at: int) -> np.ndarray:
        truth = {"target": np.tile(EACH[at], (len(ODDS), 1))}
        return np.asarray(loss.call(truth, {FOCUSED: two(ODDS)}))

    best = ODDS[[expected(of_class, share).argmin()]]
    logits = np.asarray(FromFocused(gamma)(two(best)))[0]

    assert abs(best[0]) < abs(np.log(share / (1 - share)))
    assert logits[1] - logits[0] == pytest.approx(np.log(share / (1 - share)), abs=0.06)


@pytest.mark.parametrize("share", [0.01, 0.2])
@pytest.mark.parametrize("kept", [0.1, 0.3])
def test_rows_that_are_left_out_are_undone(share: float, kept: float) -> None:
    seen = share / (share + kept * (1 - share))
    loss = UnbiasedCrossentropy([1.0, 1.0], kept=[kept, 1.0])

    def of_class(at: int) -> np.ndarray:
        return np.asarray(loss.call(np.tile(EACH[at], (len(ODDS), 1)), two(ODDS)))

    best = ODDS[expected(of_class, seen).argmin()]
    focused = np.asarray(FromFocused(1.0)(two(ODDS[:1])) - FromFocused(1.0, [kept, 1.0])(two(ODDS[:1])))

    assert best == pytest.approx(np.log(share / (1 - share)), abs=0.02)
    np.testing.assert_allclose(focused, np.log([[kept, 1.0]]), atol=1e-5)


def test_a_share_of_the_common_class_is_left_out() -> None:
    codes = np.array([0] * 90 + [1] * 10)

    rows = thinned_rows(codes, np.arange(20, 100), [0.5, 1.0], seed=0)

    assert (codes[rows] == 0).sum() == 35
    assert rows[-10:].tolist() == list(range(90, 100))
    assert rows.min() >= 20
    assert (np.diff(rows) > 0).all()


def test_a_task_thins_only_where_it_is_told_to() -> None:
    labels = named(np.array(["a"] * 95 + ["b"] * 5, dtype=object))
    task = fit_task("binary", labels, names=("y",), facts={})
    encoded = task.encode(labels)

    assert task.thinned(encoded, None, ClassificationOptions(), 0) is None
    assert len(task.thinned(encoded, None, ClassificationOptions(common_kept=0.2), 0)) == 19 + 5


def test_sure_rows_have_finite_logits() -> None:
    logits = np.asarray(FromFocused(2.0)(np.float32([[0, 60], [60, 0], [0, 0]])))

    assert np.isfinite(logits).all()
    assert logits[:2].argmax(axis=1).tolist() == [1, 0]


def test_weights_count_the_mean_row_as_one() -> None:
    weights = weights_of((0.9, 0.1), 1.0)

    assert weights == pytest.approx([1 / 1.8, 1 / 0.2])
    assert weights_of((0.9, 0.1), 0.0) == [1.0, 1.0]


@pytest.mark.parametrize("loss", [UnbiasedCrossentropy([1.0, 2.0], 0.1), FocalLoss(2.0)])
def test_losses_come_back_from_their_configuration(loss: keras.losses.Loss) -> None:
    assert type(loss).from_config(loss.get_config()).get_config() == loss.get_config()


@pytest.mark.parametrize("rare_loss", ["weighted", "focal"])
def test_a_head_of_each_finishes_to_probabilities(rare_loss: str) -> None:
    labels = named(np.array(["a"] * 95 + ["b"] * 5, dtype=object))
    task = fit_task("binary", labels, names=("y",), facts={})
    options = ClassificationOptions(rare_loss=rare_loss)
    entry = keras.Input((3,))
    model = keras.Model(entry, task.head(entry, None, options))
    model.compile("adam", loss=task.loss(options))

    outputs = model.predict_on_batch(np.ones((4, 3), np.float32))
    probabilities = finished(task, {name: np.asarray(value) for name, value in outputs.items()})["target"]

    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)
    assert task.taught(options).rare_loss == "plain"


@pytest.mark.parametrize("options", [{"rare_loss": "sharp"}, {"focal_gamma": 0.5}, {"common_kept": 0.0}])
def test_what_there_is_not_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"rare_loss|focal_gamma|common_kept"):
        ClassificationOptions(**options)
