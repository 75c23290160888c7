"""Searches that are cut short go on where they were; Hyperband continues weights and optimizers."""

from __future__ import annotations

import json
import shutil

import keras
import numpy as np
import pytest

import automl.kerastuner as keras_tuner
from automl.core.errors import ConfigError

X = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
Y = X.sum(axis=1)


def build(hp):
    model = keras.Sequential([keras.Input((3,))])
    return compiled(model, hp)


def build_later(hp):
    """Layers that know their input when they are trained."""
    return compiled(keras.Sequential(), hp)


def compiled(model, hp):
    model.add(keras.layers.Dense(hp.Int("units", 2, 8), "relu"))
    model.add(keras.layers.Dense(1))
    model.compile(
        keras.optimizers.Adam(hp.Float("rate", 1e-3, 1e-1, sampling="log")), "mse", run_eagerly=True
    )
    return model


def tuner_in(folder, hypermodel=build, **options):
    options = {"max_trials": 2, "seed": 5, **options}
    return keras_tuner.RandomSearch(hypermodel, "val_loss", directory=folder, project_name="job", **options)


class Stop(keras.callbacks.Callback):
    """Stands for a process that is killed in the middle of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise SystemExit


def search(tuner, *callbacks, **options):
    options = {"validation_data": (X, Y), "epochs": 4, "verbose": 0, **options}
    tuner.search(X, Y, callbacks=list(callbacks), **options)


@pytest.fixture(autouse=True)
def _every_epoch_is_kept(monkeypatch):
    monkeypatch.setattr("automl.kerastuner.continuation.SHARE", float("inf"))


def test_a_trial_that_was_cut_short_goes_on_at_its_epoch(tmp_path):
    whole = tuner_in(tmp_path / "whole", max_trials=1)
    search(whole)
    with pytest.raises(SystemExit):
        search(tuner_in(tmp_path / "cut", max_trials=1), Stop(2))

    begun: list[int] = []
    again = tuner_in(tmp_path / "cut", max_trials=1)
    again.on_epoch_begin = lambda trial, model, epoch, logs=None: begun.append(epoch)
    assert not again.oracle.trials
    search(again)

    assert begun == [2, 3]
    trial, other = again.oracle.trials["0"], whole.oracle.trials["0"]
    assert trial.hyperparameters.values == other.hyperparameters.values
    assert len(again.oracle.door.record_of(0).configuration) == 2


@pytest.mark.parametrize("hypermodel", [build, build_later])
def test_the_epochs_after_a_stop_are_those_of_a_search_without_one(tmp_path, hypermodel):
    whole, cut = (tuner_in(tmp_path / name, hypermodel, max_trials=1) for name in ("whole", "cut"))
    options = {"batch_size": 32, "shuffle": False}
    search(whole, **options)
    with pytest.raises(SystemExit):
        search(cut, Stop(3), **options)
    again = tuner_in(tmp_path / "cut", hypermodel, max_trials=1)
    search(again, **options)

    assert again.oracle.trials["0"].score == pytest.approx(whole.oracle.trials["0"].score, rel=1e-6)
    assert again.get_best_models()[0].predict(X, verbose=0) == pytest.approx(
        whole.get_best_models()[0].predict(X, verbose=0), rel=1e-4, abs=1e-6
    )


STEPS: list[int] = []


class Recorder(keras.callbacks.Callback):
    """Writes down the optimizer's steps at the begin of each epoch."""

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            STEPS.append(int(self.model.optimizer.iterations.numpy()))


def test_a_promoted_trial_begins_with_weights_and_optimizer_of_the_other(tmp_path):
    STEPS.clear()
    tuner = keras_tuner.Hyperband(
        build, "val_loss", max_epochs=2, factor=2, seed=0, directory=tmp_path, project_name="job"
    )
    search(tuner, Recorder(), batch_size=16)
    promoted = [t for t in tuner.oracle.trials.values() if "tuner/trial_id" in t.hyperparameters.values]

    assert len(promoted) == 1
    # two steps an epoch: first rounds of one epoch, then the second epoch of one, then whole trainings
    first = len([t for t in tuner.oracle.trials.values() if t.hyperparameters.values["tuner/epochs"] == 1])
    assert [0] * first + [2] + [0, 2] * 2 == STEPS
    assert not list(tmp_path.glob("job/trial_*/state-*"))


def test_a_trial_that_is_tried_again_begins_anew(tmp_path):
    attempts: list[int] = []

    class Unlucky(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            attempts.append(epoch)
            if attempts == [0, 1]:
                raise RuntimeError("out of luck")

        def __deepcopy__(self, memo):
            return type(self)()

    tuner = tuner_in(tmp_path, max_trials=1, max_retries_per_trial=1)
    search(tuner, Unlucky(), epochs=2)

    assert attempts == [0, 1, 0, 1]
    assert tuner.oracle.trials["0"].status == "COMPLETED"


def test_the_time_is_kept(tmp_path):
    tuner = tuner_in(tmp_path, max_trials=None, max_time=1.5)
    search(tuner, epochs=10_000)

    (trial,) = tuner.oracle.trials.values()
    assert trial.status == "COMPLETED"
    assert tuner.oracle.door.record_of(0).reason == "deadline"
    assert tuner.get_best_models()


def test_another_objective_is_refused(tmp_path):
    search(tuner_in(tmp_path, max_trials=1), epochs=1)

    with pytest.raises(ConfigError, match="other objectives"):
        keras_tuner.RandomSearch(build, "val_mae", directory=tmp_path, project_name="job")


def test_several_processes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")

    with pytest.raises(ConfigError, match=r"KERASTUNER_ORACLE_IP is set.*one process"):
        tuner_in(tmp_path)


def test_only_projects_are_overwritten(tmp_path):
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "thesis.tex").touch()

    with pytest.raises(ConfigError, match="is no project of a tuner"):
        tuner_in(tmp_path, overwrite=True)
    assert (tmp_path / "job" / "thesis.tex").exists()


def test_runs_are_logged_where_asked(tmp_path, empty_database):
    from mlflow import MlflowClient

    shutil.copy(empty_database, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    search(tuner_in(tmp_path, max_trials=1, tracking_uri=uri), epochs=2)

    client = MlflowClient(uri)
    (experiment,) = [item for item in client.search_experiments() if item.name == "job"]
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 2
    assert any("units" in run.data.params for run in runs)
    assert any("val_loss" in run.data.metrics for run in runs)


def test_a_project_that_kerastuner_began_is_gone_on_with(tmp_path):
    model = tuner_in(tmp_path / "made", max_trials=1)
    search(model, epochs=1)
    trial = model.oracle.trials["0"]
    folder = tmp_path / "job"
    for number, status in enumerate(["COMPLETED", "RUNNING"]):
        state = {**trial.get_state(), "trial_id": str(number), "status": status}
        (folder / f"trial_{number}").mkdir(parents=True)
        (folder / f"trial_{number}" / "trial.json").write_text(json.dumps(state))
    (folder / "oracle.json").write_text("{}")
    weights = "trial_0/checkpoint.weights.h5"
    shutil.copy(tmp_path / "made" / "job" / weights, folder / weights)

    tuner = tuner_in(tmp_path, max_trials=3)
    assert tuner.oracle.get_best_trials()[0].score == trial.score
    assert tuner.get_best_models()[0].predict(X, verbose=0).shape == (32, 1)
    search(tuner, epochs=1)

    assert sorted(tuner.oracle.trials) == ["0", "1", "2"]
    assert tuner.oracle.trials["1"].hyperparameters.values == trial.hyperparameters.values
    assert tuner.oracle.trials["1"].status == "COMPLETED"
