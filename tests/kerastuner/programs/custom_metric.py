"""A metric of the program's own as the objective; models that do not know their input before they train."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True)


class Worst(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(name="worst", **kwargs)
        self.worst = self.add_weight(name="largest", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = keras.ops.max(keras.ops.abs(y_true - y_pred))
        self.worst.assign(keras.ops.maximum(self.worst, error))

    def result(self):
        return self.worst


def build_regressor(hp):
    model = keras.Sequential([keras.layers.Dense(hp.Int("units", 2, 6, 2), activation="relu")])
    model.add(keras.layers.Dense(1))
    model.compile("adam", loss="mean_squared_error", metrics=[Worst()], run_eagerly=True)
    return model


tuner = keras_tuner.RandomSearch(
    build_regressor,
    objective=keras_tuner.Objective("val_worst", direction="min"),
    max_trials=2,
    overwrite=True,
    directory="results",
    project_name="custom_metric",
)
tuner.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
model = tuner.get_best_models()[0]
model.build(input_shape=(None, 3))
told = []
model.summary(print_fn=lambda text, **kwargs: told.append(text))
worst = float(np.abs(model.predict(x, verbose=0) - y).max())

outcome = {
    "metrics": sorted(tuner.oracle.trials["0"].metrics.metrics),
    "score is that of the metric": bool(np.isclose(worst, tuner.oracle.get_best_trials()[0].score, 1e-4)),
    "summary": "Dense" in "".join(told),
}
