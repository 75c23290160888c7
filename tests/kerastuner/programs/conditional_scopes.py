"""Families of models in one space, each with hyperparameters of its own."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(32, 6)).astype("float32")
y = (x[:, 0] > 0).astype("float32")


def build(hp):
    model = keras.Sequential([keras.Input((6,))])
    kind = hp.Choice("model_type", ["mlp", "cnn"])
    with hp.conditional_scope("model_type", ["mlp"]):
        if kind == "mlp":
            model.add(keras.layers.Dense(hp.Int("mlp_units", 4, 8), activation="relu"))
    with hp.conditional_scope("model_type", ["cnn"]):
        if kind == "cnn":
            model.add(keras.layers.Reshape((6, 1)))
            with hp.name_scope("conv"):
                model.add(keras.layers.Conv1D(hp.Int("filters", 2, 4), 3, activation="relu"))
            model.add(keras.layers.GlobalAveragePooling1D())
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], run_eagerly=True)
    return model


tuner = keras_tuner.RandomSearch(
    build, "val_accuracy", max_trials=3, seed=3, directory="results", project_name="scopes"
)
space = [hp.name for hp in tuner.oracle.get_space().space]
tuner.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
kinds = [trial.hyperparameters for trial in tuner.oracle.trials.values()]

outcome = {
    "space": space,
    "only active values": all(
        ("mlp_units" in hp.values) == (hp.get("model_type") == "mlp")
        and ("conv/filters" in hp.values) == (hp.get("model_type") == "cnn")
        for hp in kinds
    ),
    "contains": "conv/filters" in kinds[0] or "mlp_units" in kinds[0],
}
