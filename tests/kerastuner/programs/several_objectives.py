"""A sum of metrics, some to be large and some to be small."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
y = (x[:, 0] > 0).astype("float32")


def build(hp):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 64), "tanh")])
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], run_eagerly=True)
    return model


tuner = keras_tuner.BayesianOptimization(
    build,
    objective=["val_loss", keras_tuner.Objective("val_accuracy", "max")],
    max_trials=2,
    directory="results",
    project_name="several",
)
tuner.search(x, y, epochs=2, validation_data=(x, y), verbose=0)
trials = list(tuner.oracle.trials.values())
trial = tuner.oracle.get_best_trials()[0]
loss, accuracy = (trial.metrics.get_best_value(name) for name in ("val_loss", "val_accuracy"))

outcome = {
    "score": bool(np.isclose(trial.score, loss - accuracy)),
    "best": trial.score == min(item.score for item in trials),
    "metrics": sorted(trial.metrics.metrics),
    "objective": (tuner.oracle.objective.name, tuner.oracle.objective.direction),
}
