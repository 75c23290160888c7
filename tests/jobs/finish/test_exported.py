"""The exported file is what counts: it is loaded and scored, and a difference is told."""

from __future__ import annotations

import itertools
import re
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective, TrialRecord
from automl.jobs.finish.exported import Check, check_exported, load_model
from automl.jobs.finish.winner import TrainedMember, TrainedWinner
from automl.tasks.catalog import restore_task
from automl.training.engine import Part

RMSE = Objective(name="rmse", direction="minimize")
X = np.linspace(-1, 1, 600, dtype=np.float32)[:, None]
TASK = restore_task(
    {"kind": "regression", "names": ["y"], "mean": [0], "scale": [1], "low": [-2], "high": [2]}
)
PREPARED: Any = SimpleNamespace(
    task=TASK,
    targets={"target": X},
    validation=SimpleNamespace(inputs={"x": X}, targets={"target": X}, groups=None),
    split=SimpleNamespace(validation={"x": X}),
)


def _line(slope: float) -> keras.Model:
    given = keras.Input((1,), name="x")
    model = keras.Model({"x": given}, {"target": keras.layers.Dense(1, use_bias=False)(given)})
    model.set_weights([np.array([[slope]])])
    return model


def _check(path: Any, core: keras.Model, **changed: Any) -> Check:
    known: dict[str, Any] = {"objective": RMSE, "expected": 0.0, "seconds": 60.0, **changed}
    return check_exported(path, _winner(core), **known)


def _winner(core: keras.Model, prepared: Any = PREPARED, **changed: Any) -> TrainedWinner:
    record = TrialRecord(number=0, configuration={}, state="complete")
    return TrainedWinner(prepared=prepared, members=(TrainedMember(record=record, core=core),), **changed)


def test_a_file_that_answers_as_it_was_trained_has_the_score_of_the_leaderboard(tmp_path):
    core = _line(1.0)
    core.save(tmp_path / "model.keras")

    check = _check(tmp_path / "model.keras", core)

    assert check.score == pytest.approx(0.0, abs=1e-6)
    assert (check.examples, check.fault, check.note) == (600, "", "")


@pytest.mark.parametrize(
    ("slope", "expected", "said"), [(0.5, 0.0, "differ by up to"), (1.0, 0.3, "leaderboard says 0.3")]
)
def test_a_difference_is_told(tmp_path, slope, expected, said):
    _line(slope).save(tmp_path / "model.keras")

    assert said in _check(tmp_path / "model.keras", _line(1.0), expected=expected).fault


@pytest.mark.parametrize("slope", [1.0, 0.5])
def test_outputs_of_another_form_than_the_targets_are_compared_by_their_size(tmp_path, slope):
    _boxes(slope).save(tmp_path / "model.keras")
    prepared = SimpleNamespace(**{**vars(PREPARED), "task": Boxes()})
    winner = _winner(_boxes(1.0), prepared)

    check = check_exported(tmp_path / "model.keras", winner, objective=RMSE, expected=0.0, seconds=60.0)

    assert ("differ by up to" in check.fault) == (slope != 1.0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sold", r"up to 0\.\d+ \(probability\)\.$"),
        ("price", r"up to [\d.]+ \(standard deviations of the target\)\.$"),
    ],
)
def test_targets_of_a_joint_task_are_compared_each_in_its_unit(tmp_path, name, said):
    sold = {"kind": "binary", "names": ["sold"], "classes": ["no", "yes"], "shares": [0.5, 0.5]}
    parts = {"sold": sold, "price": TASK.describe()}
    task = restore_task({"kind": "joint", "parts": parts, "references": {"sold": 0.5, "price": 1.0}})
    targets = {"sold": np.eye(2, dtype=np.float32)[(X[:, 0] > 0).astype(int)], "price": X}
    prepared = SimpleNamespace(**{**vars(PREPARED), "task": task, "targets": targets})
    core, other = (_two(**{name: slope}) for slope in (1.0, 0.5))
    keras.Model(core.input, task.finish(other(core.input))).save(tmp_path / "model.keras")
    asked = {"objective": Objective(name="skill", direction="maximize"), "expected": 0.0, "seconds": 60.0}

    check = check_exported(tmp_path / "model.keras", _winner(core, prepared), **asked)

    assert re.search(said, check.fault)


def _two(sold: float = 1.0, price: float = 1.0) -> keras.Model:
    given = keras.Input((1,), name="x")
    outputs = {"sold": keras.ops.concatenate([-sold * given, sold * given], axis=1), "price": price * given}
    return keras.Model({"x": given}, outputs)


class Boxes:
    """A task whose predictions have nothing of its targets' form: boxes, and how many there are."""

    declaration = TASK.declaration

    def describe(self):
        return {"kind": "regression"}

    def finish(self, outputs):
        return dict(outputs)

    def scorer(self):
        return self

    def update(self, targets, predictions):
        """Hear of nothing: the score is always the same."""

    def result(self):
        return {"rmse": 0.0}


def _boxes(slope: float) -> keras.Model:
    given = keras.Input((1,), name="x")
    boxes = keras.layers.Reshape((2, 4))(slope * keras.ops.repeat(given, 8, axis=1))
    count = keras.ops.cast(keras.ops.sum(given, axis=1) > 0, "int32")
    return keras.Model({"x": given}, {"boxes": boxes, "count": count})


def test_a_file_that_cannot_be_loaded_is_told(tmp_path):
    (tmp_path / "model.keras").write_text("no model")

    assert "cannot be used" in _check(tmp_path / "model.keras", _line(1.0)).fault


@pytest.mark.parametrize(("slope", "said"), [(1.0, ""), (0.5, "differ by up to")])
def test_without_time_a_first_batch_is_checked_all_the_same(tmp_path, slope, said):
    _line(slope).save(tmp_path / "model.keras")

    check = _check(tmp_path / "model.keras", _line(1.0), seconds=0.0)

    assert check.examples == 256
    assert check.score is not None
    assert said in check.fault
    assert bool(check.fault) == bool(said)


@pytest.mark.parametrize(("slope", "said"), [(1.0, ""), (0.5, "differ by up to")])
def test_with_folds_predictions_are_compared_and_no_score_is_told(tmp_path, slope, said):
    _line(slope).save(tmp_path / "model.keras")
    rows = np.arange(600, dtype=np.int32)
    winner = _winner(_line(1.0), parts=(Part(train=rows, validation=rows),))

    check = check_exported(tmp_path / "model.keras", winner, objective=RMSE, expected=5.0, seconds=60.0)

    assert (check.score, check.examples, check.note) == (None, 600, "")
    assert said in check.fault
    assert bool(check.fault) == bool(said)


def test_of_dear_examples_few_are_predicted_before_the_time_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("automl.jobs.finish.exported.BATCH_VALUES", 48)  # of the line's three a row
    core = _line(1.0)
    core.save(tmp_path / "model.keras")
    clock = itertools.count(0.0, 100.0)  # each look at it takes longer than there is
    monkeypatch.setattr("automl.jobs.finish.exported.time.monotonic", lambda: next(clock))

    check = _check(tmp_path / "model.keras", core)

    assert check.examples == 16
    assert check.note == "The exported model was scored on 16 of 600 examples."


def test_a_damaged_file_is_not_called_absent(tmp_path):
    (tmp_path / "model.keras").write_bytes(b"PK\3\4, and no more")

    with pytest.raises(ConfigError, match=r"model\.keras cannot be loaded .*: it is damaged"):
        load_model(tmp_path / "model.keras")
