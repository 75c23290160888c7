"""``run_trial`` overridden: the tuner's hooks, its model, its files."""

import os

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
y = x.sum(axis=1)
calls = []


def build(hp):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 64)), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse", run_eagerly=True)
    return model


class Tuner(keras_tuner.Tuner):
    def on_trial_begin(self, trial):
        calls.append("begin")
        super().on_trial_begin(trial)

    def on_epoch_end(self, trial, model, epoch, logs=None):
        calls.append("epoch")

    def run_trial(self, trial, x, y):
        model = self.hypermodel.build(trial.hyperparameters)
        history = model.fit(x, y, epochs=1, verbose=0)
        self.on_epoch_end(trial, model, 0, logs=history.history)
        model.save(os.path.join(self.get_trial_dir(trial.trial_id), "own.keras"))
        return {"loss": history.history["loss"][-1]}


tuner = Tuner(
    oracle=keras_tuner.oracles.RandomSearchOracle(objective="loss", max_trials=2),
    hypermodel=build,
    directory="results",
    project_name="own",
)
tuner.search(x, y)
folder = tuner.get_trial_dir(tuner.oracle.get_best_trials()[0].trial_id)

outcome = {
    "calls": calls,
    "file": os.path.exists(os.path.join(folder, "own.keras")),
    "project": os.path.basename(tuner.project_dir),
    "units": [type(hp.get("units")).__name__ for hp in tuner.get_best_hyperparameters(2)],
}
