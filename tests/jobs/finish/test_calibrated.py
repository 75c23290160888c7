"""The calibrated winner: on held-out predictions, of one network, of several and of folds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.specs import TrialRecord
from automl.jobs.assembly import exported_model
from automl.jobs.finish.calibrated import MADE_UP, calibrated
from automl.jobs.finish.winner import TrainedMember, TrainedWinner
from automl.tasks.catalog import restore_task

RANDOM = np.random.default_rng(0)
N = 3000
X = RANDOM.normal(scale=1.5, size=(N, 1)).astype(np.float32)
TASK = restore_task({"kind": "binary", "names": ["y"], "classes": ["no", "yes"], "shares": [0.5, 0.5]})
TRUTH = np.eye(2, dtype=np.float32)[(RANDOM.random(N) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)]
RAW = keras.Input((1,), name="x")
PREPARED: Any = SimpleNamespace(
    task=TASK,
    targets={"target": TRUTH},
    validation=SimpleNamespace(groups=None),
    split=SimpleNamespace(validation={"x": X}),
    preprocessing=SimpleNamespace(model=keras.Model({"x": RAW}, {"x": keras.layers.Rescaling(1.0)(RAW)})),
)


def member(sharpness: float, weight: float = 1.0, noise: float = 0.0, folds: int = 0) -> TrainedMember:
    """A network that is as many times too certain, and errs by noise of its own."""
    given = keras.Input((1,), name="x")
    core = keras.Model({"x": given}, {"target": keras.layers.Dense(2, use_bias=False)(given)})
    core.set_weights([np.array([[0.0, sharpness]])])
    logits = np.hstack([np.zeros((N, 1)), (X + noise * RANDOM.normal(size=X.shape)) * sharpness])
    metrics = {"accuracy": 0.7, "parameters": 2.0}
    record = TrialRecord(number=0, configuration={}, state="complete", metrics=metrics)
    return TrainedMember(
        record=record,
        core=core,
        weight=weight,
        outputs={"target": logits.astype(np.float32)},
        folds=(np.zeros((folds, 1, 2), np.float32),) if folds else (),
    )


def winner(*members: TrainedMember) -> TrainedWinner:
    return TrainedWinner(prepared=PREPARED, members=members)


def test_a_network_that_is_too_certain_is_told_and_put_right() -> None:
    found = calibrated(winner(member(2.5)), seed=0)

    assert found.winner.temperature == pytest.approx(2.5, rel=0.15)
    assert found.facts is not None
    assert found.facts["after"] < found.facts["before"]
    assert "val_log_loss falls" in found.note
    assert found.winner.metrics["log_loss"] == pytest.approx(found.facts["after"], rel=0.01)
    assert found.winner.metrics["parameters"] == 2.0


def test_the_exported_model_answers_at_that_temperature() -> None:
    subject = calibrated(winner(member(2.5)), seed=0).winner

    predicted = subject.exported().predict({"x": X}, verbose=0)

    np.testing.assert_allclose(predicted, subject.predictions()["target"], atol=1e-5)
    plain = exported_model(PREPARED, [member(2.5).core]).predict({"x": X}, verbose=0)
    assert np.abs(predicted - plain).max() > 0.1


def test_what_is_right_stays_as_it_is() -> None:
    found = calibrated(winner(member(1.0)), seed=0)

    assert (found.winner.temperature, found.facts, found.note) == (1.0, None, "")


def test_networks_of_folds_that_are_averaged_get_half_of_it() -> None:
    alone = calibrated(winner(member(2.5)), seed=0).winner.temperature

    assert calibrated(winner(member(2.5, folds=5)), seed=0).winner.temperature == pytest.approx(alone**0.5)


def test_averaged_folds_that_are_not_certain_enough_get_all_of_it() -> None:
    alone = calibrated(winner(member(0.5)), seed=0).winner.temperature
    assert alone < 1.0

    assert calibrated(winner(member(0.5, folds=5)), seed=0).winner.temperature == pytest.approx(alone)


def test_what_is_told_of_averaged_folds_is_at_the_temperature_that_they_get() -> None:
    facts = calibrated(winner(member(2.5, folds=5)), seed=0).facts
    whole = calibrated(winner(member(2.5)), seed=0).facts
    assert facts
    assert whole
    assert whole["after"] < facts["after"] < facts["before"] == pytest.approx(whole["before"])


def test_averaged_folds_get_nothing_where_single_networks_are_nearly_right():
    alone = calibrated(winner(member(1.12)), seed=0).winner.temperature
    assert 1.0 < alone < MADE_UP

    assert calibrated(winner(member(1.12, folds=5)), seed=0).facts is None


def test_a_task_without_probabilities_is_left_alone() -> None:
    task = restore_task(
        {"kind": "regression", "names": ["y"], "mean": [0], "scale": [1], "low": [-9], "high": [9]}
    )
    prepared = SimpleNamespace(**{**vars(PREPARED), "task": task})

    assert calibrated(TrainedWinner(prepared=prepared, members=(member(1.0),)), seed=0).facts is None
