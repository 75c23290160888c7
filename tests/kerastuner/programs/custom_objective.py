"""A metric of the program's own, returned by name."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
y = x.sum(axis=1)


class HyperRegressor(keras_tuner.HyperModel):
    def build(self, hp):
        model = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 4)), keras.layers.Dense(1)]
        )
        model.compile("adam", "mse", run_eagerly=True)
        return model

    def fit(self, hp, model, x, y, validation_data, **kwargs):
        model.fit(x, y, **kwargs)
        predicted = model.predict(validation_data[0], verbose=0)[:, 0]
        return {
            "agreement": float(np.mean(np.sign(predicted) == np.sign(validation_data[1]))),
            "extra": 1.0,
        }


tuner = keras_tuner.RandomSearch(
    HyperRegressor(),
    objective=keras_tuner.Objective("agreement", "max"),
    max_trials=2,
    directory="results",
    project_name="custom",
)
tuner.search(x, y, validation_data=(x, y), verbose=0)
trial = tuner.oracle.get_best_trials()[0]

outcome = {
    "metrics": sorted(trial.metrics.metrics),
    "direction": trial.metrics.get_direction("agreement"),
    "score": 0 <= trial.score <= 1,
    "model": type(tuner.get_best_models()[0]).__name__,
}
