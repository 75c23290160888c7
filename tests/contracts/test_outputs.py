"""What every engine promises of several targets: amounts beside whole numbers, outputs of unlike shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from automl.core.specs import Objective
from automl.tasks.losses import JoinedLoss, MappingLoss
from automl.training.compiled import CompiledEngine
from automl.training.engine import Candidate, Epoch, Split, StopReason, TrainingOptions
from automl.training.scoring import Collected
from tests.contracts.test_engine import ENGINES

ROWS, HELD = 230, 70
POINTS = np.random.default_rng(0).normal(size=(ROWS + HELD, 3)).astype(np.float32)
LARGE = 2**24 + 1
"""A whole number that float32 has not."""
TARGETS = {
    "price": POINTS.sum(axis=1, keepdims=True),
    "kind": (POINTS[:, 0] > 0).astype(np.int32) + LARGE,
}
ERROR = Objective(name="error", direction="minimize")


class WithWholeNumbers(MappingLoss):
    """Sees both outputs: the logits of a kind, which is told by a number, and the price."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        assert "int32" in str(y_true["kind"].dtype)
        onehot = ops.one_hot(y_true["kind"] - LARGE, 2)
        kind = keras.losses.categorical_crossentropy(onehot, y_pred["kind"], from_logits=True)
        return kind + ops.mean(ops.square(y_true["price"] - y_pred["price"][:, :, 0]), axis=-1)


@keras.saving.register_keras_serializable(package="tests")
class Price(keras.losses.Loss):  # type: ignore[misc]
    """Of an output that has an axis more than its target."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.square(y_true - y_pred[:, :, 0]), axis=-1)


@keras.saving.register_keras_serializable(package="tests")
class Kind(keras.losses.Loss):  # type: ignore[misc]
    """Of one output alone; Keras would round the numbers of the kinds."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        onehot = ops.one_hot(y_true - LARGE, 2)
        return keras.losses.categorical_crossentropy(onehot, y_pred, from_logits=True)


def score(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
    assert {name: values.shape for name, values in outputs.items()} == {
        "price": (HELD, 1, 1),
        "kind": (HELD, 2),
        "code": (HELD,),
    }
    assert outputs["code"].dtype == np.int32
    assert (outputs["code"] == outputs["kind"].argmax(axis=1) + LARGE).all()
    right = outputs["code"] == TARGETS["kind"][ROWS:]
    error = np.abs(outputs["price"][:, :, 0] - TARGETS["price"][ROWS:]).mean()
    return {"error": float(error), "accuracy": float(right.mean())}


def split() -> Split:
    return Split(
        train={"numeric": POINTS[:ROWS]},
        train_targets={name: values[:ROWS] for name, values in TARGETS.items()},
        validation={"numeric": POINTS[ROWS:]},
        scorer=lambda: Collected(HELD, score),
    )


def candidate(loss: keras.losses.Loss, **options: Any) -> Candidate:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((3,), name="numeric")
    hidden = keras.layers.Dense(8, activation="relu")(inputs)
    logits = keras.layers.Dense(2)(hidden)
    outputs = {
        "price": keras.layers.Reshape((1, 1))(keras.layers.Dense(1)(hidden)),
        "kind": logits,
        "code": ops.cast(ops.argmax(logits, axis=-1), "int32") + LARGE,
    }
    settings = {"learning_rate": 0.05, "batch_size": 16, "schedule": "constant", **options}
    return Candidate(
        model=keras.Model({"numeric": inputs}, outputs),
        loss=loss,
        options=TrainingOptions(**settings),
        epochs=4,
        seed=0,
    )


def go_on(epoch: Epoch) -> StopReason:
    return ""


@pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
@pytest.mark.parametrize("parts", [1, 4])
def test_a_loss_sees_all_outputs_and_whole_numbers_unrounded(engine: Callable[[], Any], parts: int) -> None:
    subject = candidate(WithWholeNumbers(), accumulation=parts)

    (outcome,) = engine().train([subject], split(), objective=ERROR, observers=[go_on])

    last = outcome.epochs[-1].metrics
    assert last["val_accuracy"] > 0.9
    assert last["val_error"] < 0.3


def test_engines_agree_on_the_losses_of_several_outputs() -> None:
    curves = []
    for engine in ENGINES.values():
        (outcome,) = engine().train(
            [candidate(WithWholeNumbers())], split(), objective=ERROR, observers=[go_on]
        )
        curves.append([epoch.metrics["loss"] for epoch in outcome.epochs])

    assert curves[0] == pytest.approx(curves[1], rel=1e-4)


def test_weights_of_joined_losses_are_dials_of_one_program() -> None:
    def joined(price: float) -> JoinedLoss:
        return JoinedLoss({"price": Price(), "kind": Kind()}, {"price": price})

    engine, part = CompiledEngine(), split()

    outcomes = [
        engine.train([candidate(joined(weight))], part, objective=ERROR, observers=[go_on])[0]
        for weight in (1.0, 0.25)
    ]

    assert [outcome.facts["program"] for outcome in outcomes] == ["miss", "hit"]
    first, second = (outcome.epochs[0].metrics["loss"] for outcome in outcomes)
    assert first > second


def test_outputs_come_in_portions_that_cover_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automl.training.program.PORTION_VALUES", 256)
    monkeypatch.setattr("automl.training.inputs._VECTORS", 32)
    seen: list[np.ndarray] = []

    class Watching(Collected):
        def update(self, positions: np.ndarray, outputs: Mapping[str, np.ndarray]) -> None:
            seen.append(positions)
            super().update(positions, outputs)

    portioned = replace(split(), scorer=lambda: Watching(HELD, score))
    (outcome,) = CompiledEngine().train(
        [candidate(WithWholeNumbers())], portioned, objective=ERROR, observers=[go_on]
    )

    assert [len(positions) for positions in seen[:2]] == [64, 6]
    assert np.concatenate(seen).tolist() == list(range(HELD)) * len(outcome.epochs)
