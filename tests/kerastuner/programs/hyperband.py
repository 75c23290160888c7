"""Brackets in which the best of many train longer."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
y = (x[:, 0] > 0).astype("float32")


def build(hp):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 32)), keras.layers.Dense(1)]
    )
    model.compile(
        keras.optimizers.Adam(hp.Float("lr", 1e-3, 1e-1, sampling="log")), "mse", run_eagerly=True
    )
    return model


tuner = keras_tuner.Hyperband(
    build, objective="val_loss", max_epochs=3, factor=3, directory="results", project_name="hyperband"
)
tuner.search(
    x, y, epochs=3, validation_data=(x, y), callbacks=[keras.callbacks.EarlyStopping("val_loss")], verbose=0
)
values = [trial.hyperparameters.values for trial in tuner.oracle.trials.values()]

outcome = {
    "ids": sorted(tuner.oracle.trials),
    "plan": [
        (v["tuner/bracket"], v["tuner/round"], v["tuner/initial_epoch"], v["tuner/epochs"]) for v in values
    ],
    "promoted": sum("tuner/trial_id" in v for v in values),
    "best": type(tuner.get_best_models()[0]).__name__,
}
