"""Tuners of Keras models: what they are built with, what they keep, what they refuse."""

from __future__ import annotations

import contextlib
import threading

import keras
import numpy as np
import pytest

import automl.kerastuner as keras_tuner
from automl.kerastuner.engine.tuner_utils import SaveBestEpoch

X = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
Y = X.sum(axis=1)


def build(hp):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 64))])
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=True)
    return model


def tuner_in(folder, hypermodel=build, **options):
    options = {"objective": "val_loss", "max_trials": 1, "seed": 5, **options}
    return keras_tuner.RandomSearch(hypermodel, directory=folder, project_name="job", **options)


def search(tuner, **options):
    tuner.search(X, Y, **{"validation_data": (X, Y), "epochs": 1, "verbose": 0, **options})


class Subclassed(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.hidden, self.last = keras.layers.Dense(units), keras.layers.Dense(1)

    def call(self, x):
        return self.last(self.hidden(x))


def test_models_that_build_themselves_come_back(tmp_path):
    def subclassed(hp):
        model = Subclassed(hp.Int("units", 2, 8))
        model.compile("adam", "mse", run_eagerly=True)
        return model

    tuner = tuner_in(tmp_path, subclassed)
    search(tuner)
    (model,) = tuner.get_best_models()

    assert float(model.evaluate(X, Y, verbose=0)) == pytest.approx(
        tuner.oracle.get_best_trials()[0].score, rel=1e-4
    )


def test_a_fresh_optimizer_and_the_models_own_metrics(tmp_path):
    tuner = tuner_in(tmp_path, optimizer=keras.optimizers.SGD(0.5), max_trials=2)
    search(tuner)

    assert {trial.status for trial in tuner.oracle.trials.values()} == {"COMPLETED"}
    assert tuner.oracle.trials["0"].metrics.exists("val_mae")
    assert float(tuner.get_best_models()[0].optimizer.learning_rate) == 0.5


def test_models_are_built_in_the_scope_of_a_strategy(tmp_path):
    entered = []

    class Strategy:
        @contextlib.contextmanager
        def scope(self):
            entered.append(True)
            yield

    search(tuner_in(tmp_path, distribution_strategy=Strategy()))

    assert entered


def test_large_models_fail_with_their_size(tmp_path, capsys):
    tuner = tuner_in(tmp_path, max_model_size=3)
    search(tuner)
    tuner.results_summary()

    assert tuner.oracle.trials["0"].status == "FAILED"
    assert tuner.oracle.door.record_of(0).reason.startswith("FailedTrialError: Oversized model")
    assert tuner.get_best_models() == []
    assert "Oversized model" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("hypermodel", "options", "error", "text"),
    [
        (lambda hp: "model", {}, keras_tuner.FatalTypeError, "to give a Keras model, got 'model'"),
        (build, {"callbacks": [threading.Lock()]}, keras_tuner.FatalValueError, "deep-copyable"),
        (build, {"validation_data": None}, keras_tuner.FatalValueError, "no 'val_loss'"),
    ],
)
def test_mistakes_of_the_program_end_it(tmp_path, hypermodel, options, error, text):
    with pytest.raises(error, match=text):
        search(tuner_in(tmp_path, hypermodel), **options)


def test_a_hypermodel_that_is_not_tunable_has_its_defaults(tmp_path):
    class Still(keras_tuner.HyperModel):
        def build(self, hp):
            return build(hp)

    tuner = tuner_in(tmp_path, Still(tunable=False))
    search(tuner)

    assert tuner.oracle.get_space().space == []
    assert tuner.get_best_models()[0].layers[0].units == 2
    with pytest.raises(ValueError, match="should be either a HyperModel"):
        tuner_in(tmp_path, 3)


def test_a_space_may_be_declared(tmp_path):
    class Declared(keras_tuner.HyperModel):
        def declare_hyperparameters(self, hp):
            hp.Int("units", 2, 3)

        def build(self, hp):
            raise AssertionError("no model is needed to know the space")

    assert [item.name for item in tuner_in(tmp_path, Declared()).oracle.get_space().space] == ["units"]


def test_the_best_epoch_is_kept(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    path = tmp_path / "best.weights.h5"
    keeper = SaveBestEpoch(keras_tuner.Objective("val_loss", "min"), path)
    keeper.set_model(model)
    for epoch, loss in enumerate([3.0, 1.0, 2.0]):
        model.set_weights([np.full((1, 1), loss)])
        keeper.on_epoch_end(epoch, {"val_loss": loss})
    assert not path.exists()
    keeper.on_train_end()

    assert model.get_weights()[0].item() == 2.0
    model.load_weights(path)

    assert model.get_weights()[0].item() == 1.0


def test_a_model_that_saves_its_weights_in_its_own_way_is_asked_to(tmp_path):
    class Keeps(keras.Model):
        def save_weights(self, filepath, **options):
            self.kept_at = filepath

    keeper = SaveBestEpoch(keras_tuner.Objective("loss", "min"), tmp_path / "best.weights.h5")
    keeper.set_model(Keeps())
    keeper.on_epoch_end(0, {"loss": 1.0})

    assert keeper.model.kept_at == str(tmp_path / "best.weights.h5")


def test_hooks_for_batches_are_called_where_a_tuner_has_its_own(tmp_path):
    class Counting(keras_tuner.RandomSearch):
        batches = 0

        def on_batch_end(self, trial, model, batch, logs=None):
            self.batches += 1

    tuner = Counting(build, objective="val_loss", max_trials=1, directory=tmp_path, project_name="job")
    search(tuner, batch_size=8)

    assert tuner.batches == 3


def test_a_logger_is_told_to_have_no_effect(tmp_path):
    with pytest.deprecated_call(match="logger"):
        tuner_in(tmp_path, logger=1)


def test_without_the_objective_in_the_logs_the_last_epoch_is_kept(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    keeper = SaveBestEpoch(keras_tuner.Objective("score", "max"), tmp_path / "best.weights.h5")
    keeper.set_model(model)
    for epoch in range(2):
        model.set_weights([np.full((1, 1), float(epoch))])
        keeper.on_epoch_end(epoch, {"val_loss": epoch})
    keeper.write()
    model.load_weights(tmp_path / "best.weights.h5")

    assert model.get_weights()[0].item() == 1.0


def test_a_finished_project_is_not_searched_again(tmp_path):
    tuner = tuner_in(tmp_path)
    search(tuner)
    again = tuner_in(tmp_path)
    search(again)

    assert again.oracle.end_order == ["0"]
    assert again.remaining_trials == 0
