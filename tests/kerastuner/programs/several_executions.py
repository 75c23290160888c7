"""Each trial trained twice, with callbacks of its own."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
y = x.sum(axis=1)
seen = []


class Counting(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1

    def on_train_end(self, logs=None):
        seen.append(self.epochs)


def build(hp):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(hp.Choice("units", [2, 4])), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse", run_eagerly=True)
    return model


tuner = keras_tuner.RandomSearch(
    build,
    objective="val_loss",
    max_trials=2,
    executions_per_trial=2,
    directory="results",
    project_name="executions",
)
tuner.search(x, y, epochs=2, validation_split=0.25, callbacks=[Counting()], verbose=0)

outcome = {
    "each execution has its own callbacks": seen,
    "scores": all(trial.score > 0 for trial in tuner.oracle.trials.values()),
    "trials": len(tuner.oracle.trials),
}
