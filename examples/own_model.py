"""Tune your own model: you write the function that builds it.

python examples/own_model.py --trials 10
"""

from __future__ import annotations

import argparse

import keras
import optuna
from sklearn.datasets import load_digits

import automl


def build(trial: optuna.Trial) -> keras.Model:
    """Return a compiled model with the trial's hyperparameters."""
    model = keras.Sequential([keras.Input((64,)), keras.layers.Rescaling(1 / 16)])
    for _ in range(trial.suggest_int("depth", 1, 3)):
        model.add(keras.layers.Dense(trial.suggest_int("width", 16, 128, log=True), activation="relu"))
        model.add(keras.layers.Dropout(trial.suggest_float("dropout", 0.0, 0.5)))
    model.add(keras.layers.Dense(10, activation="softmax"))
    rate = trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main() -> None:
    """Tune the model on scikit-learn's digits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()

    data = load_digits(return_X_y=True)
    result = automl.tune(build, data, metric="val_accuracy", trials=options.trials, epochs=options.epochs)

    print(result.best_score, result.best)


if __name__ == "__main__":
    main()
