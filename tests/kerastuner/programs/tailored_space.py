"""Parts of a space overridden, the rest left at its defaults; loss and optimizer replaced."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
y = (x[:, 0] > 0).astype("float32")


def build(hp):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("units", 4, 8, step=2))])
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(hp.Float("learning_rate", 1e-3, 1e-2)), "mse", metrics=["mae"])
    return model


hp = keras_tuner.HyperParameters()
hp.Fixed("learning_rate", value=1e-4)
tuner = keras_tuner.RandomSearch(
    build,
    hyperparameters=hp,
    tune_new_entries=False,
    objective="val_binary_accuracy",
    optimizer="sgd",
    loss="binary_crossentropy",
    metrics=["binary_accuracy"],
    max_trials=3,
    directory="results",
    project_name="tailored",
)
tuner.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
best = tuner.get_best_hyperparameters()[0]
model = tuner.get_best_models()[0]
rest = keras_tuner.RandomSearch(
    build,
    hyperparameters=hp.copy(),
    tune_new_entries=True,
    objective="val_loss",
    max_trials=1,
    directory="results",
    project_name="rest",
)
rest.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
try:
    keras_tuner.RandomSearch(
        build,
        hyperparameters=hp,
        allow_new_entries=False,
        objective="val_loss",
        directory="results",
        project_name="closed",
    )
    refused = False
except RuntimeError as error:
    refused = "allow_new_entries" in str(error)

outcome = {
    "statuses": {trial.status for trial in tuner.oracle.trials.values()},
    "rate": best.get("learning_rate"),
    "units": best.get("units"),
    "optimizer": type(model.optimizer).__name__,
    "refused": refused,
    "fixed and searched": [(item.name, type(item).__name__) for item in rest.oracle.get_space().space],
}
