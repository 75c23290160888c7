"""Code of Keras that knows nothing of tuners, called with values by name; it saves its own models."""

import os

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True)


def keras_code(units, optimizer, saving_path):
    model = keras.Sequential([keras.layers.Dense(units, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer, loss="mean_squared_error", run_eagerly=True)
    model.fit(x, y, verbose=0)
    model.save(saving_path)
    return np.mean(np.abs(model.predict(x, verbose=0) - y))


class MyTuner(keras_tuner.RandomSearch):
    def run_trial(self, trial, **kwargs):
        hp = trial.hyperparameters
        return keras_code(
            units=hp.Int("units", 2, 8, 2),
            optimizer=hp.Choice("optimizer", ["adam", "adadelta"]),
            saving_path=f"{trial.trial_id}.keras",
        )


tuner = MyTuner(max_trials=2, overwrite=True, directory="results", project_name="apart")
tuner.search()
best = tuner.get_best_hyperparameters()[0]
again = keras_code(**best.values, saving_path="best.keras")

outcome = {
    "names": sorted(best.values),
    "files": sorted(name for name in os.listdir() if name.endswith(".keras")),
    "again": bool(np.isfinite(again)),
    "best": tuner.oracle.get_best_trials()[0].score == min(t.score for t in tuner.oracle.trials.values()),
}
