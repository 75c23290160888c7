"""Losses between mappings: each target by itself, or all seen at once."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from automl.tasks.losses import JoinedLoss, MappingLoss

LARGE = 2**24 + 1
TRUTH = {"a": np.zeros((4, 1), np.float32), "b": np.full((4, 1), 3, np.float32)}
GUESS = {"a": np.ones((4, 1), np.float32), "b": np.ones((4, 1), np.float32)}


def joined(**weights: float) -> JoinedLoss:
    losses = {"a": keras.losses.MeanSquaredError(), "b": keras.losses.MeanAbsoluteError()}
    return JoinedLoss(losses, weights)


@keras.saving.register_keras_serializable(package="tests")
class Unequal(keras.losses.Loss):  # type: ignore[misc]
    """Share of whole numbers that differ."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.cast(ops.not_equal(y_true, LARGE), "float32") + 0 * y_pred


@pytest.mark.parametrize(("weights", "sum_"), [({}, 3.0), ({"b": 0.5}, 2.0), ({"a": 4.0, "b": 0.0}, 4.0)])
def test_losses_are_added_up_by_weight(weights: dict[str, float], sum_: float) -> None:
    assert float(joined(**weights)(TRUTH, GUESS)) == pytest.approx(sum_)


def test_a_single_loss_is_itself() -> None:
    loss = keras.losses.Huber()

    alone = JoinedLoss({"b": loss}, {"b": 7.0})

    assert alone.weights == ()
    assert float(alone(TRUTH, GUESS)) == float(loss(TRUTH["b"], GUESS["b"]))


@pytest.mark.parametrize("weights", [{}, {"b": 0.5}])
def test_a_joined_loss_comes_back_from_its_description(weights: dict[str, float]) -> None:
    loss = joined(**weights)

    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))

    assert again.get_config() == loss.get_config()
    assert float(again(TRUTH, GUESS)) == float(loss(TRUTH, GUESS))


@pytest.mark.parametrize(("reduction", "value"), [("sum_over_batch_size", 0.25), ("sum", 1.0)])
def test_whole_numbers_reach_a_loss_as_they_are(reduction: str, value: float) -> None:
    codes = np.array([LARGE, LARGE, LARGE, LARGE - 1], np.int32)  # alike in float32

    loss = JoinedLoss({"code": Unequal(reduction=reduction)})

    assert float(loss({"code": codes}, {"code": np.zeros(4, np.float32)})) == value


def test_a_loss_of_all_targets_is_reduced_over_the_examples() -> None:
    class Product(MappingLoss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return ops.mean((y_true["b"] - y_pred["a"]) * y_pred["b"], axis=-1)

    assert float(Product()(TRUTH, GUESS)) == 2.0
    assert float(Product(reduction="sum")(TRUTH, GUESS)) == 8.0
