"""Searches over models of the user's own."""

from __future__ import annotations

import numpy as np
import pytest

import automl
from automl.core.errors import ConfigError
from automl.tuning import parse_user_metric

X = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def build(trial):
    import keras

    units = trial.suggest_int("units", 2, 8)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(1)])
    if trial.number == 1:
        raise RuntimeError("this one is broken")
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def build_quickly(trial):
    import keras

    rate = trial.suggest_float("rate", 1e-3, 1e-1, log=True)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tune") / "job"
    return automl.tune(
        build, (X, Y), metric="val_accuracy", trials=3, epochs=2, out=str(folder), tracking=False
    )


def test_study_leaderboard_and_result_agree(tuned):
    assert len(tuned.study.trials) == len(tuned.leaderboard) == tuned.summary["trials"] == 3
    assert tuned.best == tuned.study.best_trial.params
    assert tuned.best_score == pytest.approx(tuned.study.best_value)


def test_the_sampler_that_knows_rungs_proposes_from_what_epochs_said(tmp_path):
    options = {"metric": "val_accuracy", "epochs": 2, "tracking": False, "pruner": "none"}
    result = automl.tune(build_quickly, (X, Y), trials=8, out=str(tmp_path / "job"), **options)

    assert all(trial.intermediate_values for trial in result.study.trials)
    assert {"random", "model"} <= set(result.leaderboard["origin"])


@pytest.mark.parametrize("name", ["rungs", "pasha"])
def test_trials_of_users_models_cannot_wait_at_rungs(name):
    with pytest.raises(ConfigError, match=rf"pruner '{name}': .*cannot be paused.* of: median, none"):
        automl.tune(build, (X, Y), trials=1, pruner=name)


def test_the_best_model_is_there(tuned):
    assert tuned.model.predict(X, verbose=0).shape == (120, 1)
    assert tuned.model.layers[0].units == tuned.best["units"]


def test_a_function_that_fails_is_a_failed_trial_with_its_reason(tuned):
    failed = tuned.leaderboard.set_index("trial").loc[1]

    assert failed["state"] == "failed"
    assert "this one is broken" in failed["reason"]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("val_loss", "minimize"),
        ("val_accuracy", "maximize"),
        ("val_f1_score", "maximize"),
        ("val_r2_score", "maximize"),
        ("mean_absolute_error", "minimize"),
        ("val_profit:max", "maximize"),
    ],
)
def test_directions_of_metrics(text, direction):
    assert parse_user_metric(text).direction == direction


@pytest.mark.parametrize("text", ["val_profit", "val_loss:less"])
def test_a_metric_of_unknown_direction_is_asked_for(text):
    with pytest.raises(ConfigError, match="min"):
        parse_user_metric(text)


@pytest.mark.parametrize("data", [X, (X,), (X[:3], Y[:3])])
def test_wrong_data_is_refused(data):
    with pytest.raises(automl.InputError, match="data"):
        automl.tune(build, data, trials=1)
