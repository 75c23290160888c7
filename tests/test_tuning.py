"""Searches over models of the user's own."""

from __future__ import annotations

import inspect
import signal
import threading
import traceback
from types import SimpleNamespace

import keras
import numpy as np
import optuna
import pandas as pd
import pytest

import automl
from automl.core.errors import ConfigError, SearchError
from automl.jobs.progress import SilentProgress
from automl.training.fit_data import FitData
from automl.tuning import _options, parse_user_metric

X = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def build(trial):
    units = trial.suggest_int("units", 2, 8)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(1)])
    if trial.number == 1:
        raise RuntimeError("this one is broken")
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def build_quickly(trial):
    rate = trial.suggest_float("rate", 1e-3, 1e-1, log=True)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tune") / "job"
    options = {"metric": "val_accuracy", "trials": 3, "epochs": 2, "tracking": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STUDIES", f"sqlite:///{folder}.db")
        yield automl.tune(build, (X, Y), out=str(folder), storage="env:STUDIES", **options)


def test_study_leaderboard_and_result_agree(tuned):
    assert len(tuned.study.trials) == len(tuned.leaderboard) == tuned.summary["trials"] == 3
    assert tuned.best == tuned.study.best_trial.params
    assert tuned.best_score == pytest.approx(tuned.study.best_value)


def test_the_job_file_keeps_what_the_environment_holds_by_its_name(tuned):
    assert "storage: env:STUDIES" in (tuned.folder / "job.yaml").read_text()


def test_the_type_of_the_result_tells_that_it_predicts_as_keras_does(tuned):
    assert inspect.signature(automl.tune).return_annotation == type(tuned).__name__
    assert "DataFrame" not in str(inspect.signature(type(tuned).predict).return_annotation)


def test_a_search_over_the_users_code_is_not_resumed_without_it(tuned):
    with pytest.raises(ConfigError, match=r"models of your own.*Call automl\.tune again"):
        automl.resume(tuned.folder)


def test_the_sampler_that_knows_rungs_proposes_from_what_epochs_said(tmp_path):
    options = {"metric": "val_accuracy", "epochs": 2, "tracking": False, "pruner": "none"}
    result = automl.tune(build_quickly, (X, Y), trials=8, out=str(tmp_path / "job"), **options)

    assert all(trial.intermediate_values for trial in result.study.trials)
    assert {"random", "model"} <= set(result.leaderboard["origin"])


def build_in_vain(trial):
    raise RuntimeError("nothing to build")


def test_where_all_trials_fail_the_cause_names_the_line_of_the_users_function(tmp_path):
    options = {"out": str(tmp_path / "job"), "tracking": False, "verbose": 0}
    with pytest.raises(SearchError, match="nothing to build") as caught:
        automl.tune(build_in_vain, (X, Y), trials=2, **options)

    places = [frame.name for frame in traceback.extract_tb(caught.value.__cause__.__traceback__)]
    assert places[-1] == "build_in_vain"


def test_a_function_that_returns_no_model_is_told_so(tmp_path):
    with pytest.raises(SearchError, match=r"it returned None: does it end with `return model`\?"):
        automl.tune(lambda trial: None, (X, Y), trials=1, out=str(tmp_path / "job"), tracking=False)


@pytest.mark.parametrize(
    ("built", "options", "message"),
    [
        (keras.Sequential([keras.layers.Dense(1)]), {}, "build: expected a function .* got Sequential"),
        (None, {}, "build: expected a function .* got NoneType"),
        (build, {"metric": ["val_loss", "val_accuracy"]}, "metric: expected the name of one metric"),
        (build, {"trials": "3"}, "trials: expected a whole number, got '3'"),
        (build, {"metric": keras.metrics.AUC()}, "metric: expected the name of one metric"),
    ],
)
def test_what_is_no_function_or_no_name_is_refused_before_the_first_trial(built, options, message):
    with pytest.raises(ConfigError, match=message):
        automl.tune(built, (X, Y), **options)


@pytest.mark.parametrize("name", ["rungs", "pasha"])
def test_trials_of_users_models_cannot_wait_at_rungs(name):
    with pytest.raises(ConfigError, match=rf"pruner '{name}': .*cannot be paused.* of: median, none"):
        automl.tune(build, (X, Y), trials=1, pruner=name)


def test_of_the_best_models_the_best_alone_is_kept(tuned):
    assert tuned.models() == [tuned.model]
    assert tuned.models(0) == []


def test_a_trial_that_its_function_prunes_has_not_failed(tmp_path):
    def pruning(trial):
        if trial.number == 0:
            raise optuna.TrialPruned
        return build_quickly(trial)

    options = {"epochs": 1, "tracking": False, "verbose": 0, "out": str(tmp_path / "job")}
    result = automl.tune(pruning, (X, Y), trials=2, **options)

    assert (result.summary["pruned"], result.summary["failed"]) == (1, 0)
    assert result.study.trials[0].state == optuna.trial.TrialState.PRUNED


class EndedByTheUser(SilentProgress):
    """Hears the first epoch, behind which the user presses Ctrl-C."""

    def epoch(self, number, epoch, metrics):
        signal.raise_signal(signal.SIGINT)


def test_a_search_that_is_interrupted_in_its_first_trial_has_the_model_until_then(tmp_path):
    options = {"epochs": 50, "tracking": False, "out": str(tmp_path / "job")}
    result = automl.tune(build_quickly, (X, Y), trials=2, progress=EndedByTheUser(), **options)

    assert result.summary["state"] == "interrupted"
    assert result.leaderboard["epochs"].tolist() == [1]
    assert result.predict(X).shape == (120, 1)


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


@pytest.mark.parametrize("text", ["val_profit", "val_loss:less", "parameters:min"])
def test_a_metric_of_unknown_direction_is_asked_for(text):
    with pytest.raises(ConfigError, match="min"):
        parse_user_metric(text)


def build_a_class(trial):
    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = keras.layers.Dense(trial.suggest_int("units", 2, 4))
            self.out = keras.layers.Dense(1, "sigmoid")

        def call(self, x):
            return self.out(self.hidden(x["x"]))

    trial.suggest_categorical("batch_size", [8, 16])
    model = Model()
    model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(), "accuracy"])
    return model


class Steps(keras.callbacks.Callback):
    """Counts the steps of all trainings that it sees, and adds to the logs."""

    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1

    def on_epoch_end(self, epoch, logs=None):
        logs["val_steps"] = float(self.seen)


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    shuffled = pd.Series(Y, index=np.random.default_rng(1).permutation(len(Y)))
    watcher = SilentProgress()
    result = automl.tune(
        build_a_class,
        ({"x": pd.DataFrame(X)}, shuffled),
        validation=({"x": X}, Y),
        metric="val_auc",
        trials=3,
        epochs=2,
        callbacks=[Steps()],
        class_weight={0: 1.0, 1: 2.0},
        out=str(tmp_path_factory.mktemp("tune") / "job"),
        tracking=False,
        progress=watcher,
    )
    return result, watcher.notes


def test_each_trial_is_scored_by_the_metric_that_keras_numbers(searched):
    board = searched[0].leaderboard

    assert set(board["state"]) == {"complete"}
    assert board["val_auc"].notna().all()
    assert not [name for name in board if name.startswith("val_auc_")]


def test_callbacks_begin_anew_and_see_the_searched_batch_size(searched):
    board = searched[0].leaderboard

    assert set(board["val_steps"] / board["best_epoch"] - np.ceil(120 / board["batch_size"])) == {0}


def test_the_result_evaluates_as_keras_does(searched):
    result, _ = searched
    scored = result.evaluate(({"x": X}, Y))

    assert scored["rows"] == 120
    assert scored["metrics"]["auc"] == pytest.approx(result.best_score, abs=1e-3)
    assert set(scored["metrics"]) == {"loss", "auc", "accuracy"}


def test_a_class_of_the_users_loads_again_by_its_function(searched):
    result, notes = searched
    again = automl.load(result.folder, build=build_a_class)

    np.testing.assert_allclose(again.predict({"x": X}), result.predict({"x": X}), rtol=1e-5)
    assert again.best == result.best
    assert len(again.study.trials) == 3
    assert "automl.load(folder, build=build)" in " ".join(notes)
    with pytest.raises(ConfigError, match=r"automl\.load\(folder, build=build\)"):
        _ = automl.load(result.folder).model


def test_a_model_that_a_file_holds_loads_without_its_function(tuned):
    np.testing.assert_allclose(automl.load(tuned.folder).predict(X), tuned.predict(X), rtol=1e-5)
    assert tuned.summary["notes"] == []


@pytest.mark.parametrize(
    ("data", "message"), [("new.csv", "model of your own"), (({"x": X}, Y[1:]), "120, targets 119")]
)
def test_data_that_the_model_cannot_take_is_refused(searched, data, message):
    with pytest.raises(automl.InputError, match=message):
        searched[0].evaluate(data)


def test_weights_of_classes_and_of_rows_exclude_each_other():
    with pytest.raises(ConfigError, match="class_weight: the data have sample weights"):
        automl.tune(build, (X, Y, np.ones(120)), class_weight={0: 1.0, 1: 2.0})


def test_a_callback_that_cannot_be_copied_is_refused_before_the_search(tmp_path):
    callback = Steps()
    callback.lock = threading.Lock()

    with pytest.raises(ConfigError, match="Steps cannot be copied for each trial"):
        automl.tune(build, (X, Y), callbacks=[callback], out=str(tmp_path / "job"))
    assert not (tmp_path / "job").exists()


@pytest.mark.parametrize("data", [X, (X,), (X[:3], Y[:3])])
def test_wrong_data_is_refused(data):
    with pytest.raises(automl.InputError, match="data"):
        automl.tune(build, data, trials=1)


@pytest.mark.parametrize(
    ("given", "count"),
    [(None, 0), (Steps(), 1), (lambda trial: None, 0), (lambda trial: Steps(), 1), ((Steps(), Steps()), 2)],
    ids=["none", "one", "function of none", "function of one", "tuple"],
)
def test_callbacks_are_given_in_any_way_that_fit_takes(given, count):
    options = _options(32, given, None, 0, FitData(arrays=(X, Y), rows=len(X)))
    assert len(options(SimpleNamespace(params={})).callbacks) == count


def test_a_batch_size_may_be_a_number_of_numpy():
    options = _options(np.int64(16), None, None, 0, FitData(arrays=(X, Y), rows=len(X)))
    assert type(options(SimpleNamespace(params={})).batch_size) is int
