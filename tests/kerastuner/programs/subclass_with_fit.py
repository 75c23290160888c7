"""A hypermodel that tunes how it is trained, too."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(48, 3)).astype("float32")
y = x.sum(axis=1)


class MyHyperModel(keras_tuner.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((3,))])
        model.add(keras.layers.Dense(hp.Int("units", 4, 8), activation="relu"))
        model.add(keras.layers.Dense(1))
        model.compile("adam", loss="mse", metrics=["mae"], run_eagerly=True)
        return model

    def fit(self, hp, model, x, y, **kwargs):
        if hp.Boolean("normalize"):
            x = (x - x.mean(axis=0)) / x.std(axis=0)
        return model.fit(x, y, batch_size=hp.Choice("batch_size", [8, 16]), **kwargs)


tuner = keras_tuner.BayesianOptimization(
    MyHyperModel(name="mine"),
    objective=keras_tuner.Objective("val_mae", direction="min"),
    max_trials=2,
    seed=7,
    directory="results",
    project_name="fit",
)
tuner.search(x[:32], y[:32], validation_data=(x[32:], y[32:]), epochs=1, verbose=0)
best = tuner.get_best_hyperparameters()[0]
trial = tuner.oracle.get_best_trials(1)[0]

outcome = {
    "names": sorted(best.values),
    "batch_size": best.get("batch_size") in (8, 16),
    "metrics": sorted(trial.metrics.metrics),
    "score is that of the metric": trial.score == trial.metrics.get_best_value("val_mae"),
    "name": tuner.hypermodel.name,
}
