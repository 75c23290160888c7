"""A hypermodel with a training loop of its own, which calls the callbacks itself."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True)


class MyHyperModel(keras_tuner.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 4))])
        model.add(keras.layers.Dense(1))
        model.compile("sgd", "mse", run_eagerly=True)
        return model

    def fit(self, hp, model, x, y, validation_data, callbacks=None, **kwargs):
        batch = hp.Int("batch_size", 8, 16, step=8)
        for callback in callbacks:
            callback.set_model(model)
        best = float("inf")
        for epoch in range(2):
            for begin in range(0, len(x), batch):
                model.train_on_batch(x[begin : begin + batch], y[begin : begin + batch])
            loss = float(model.test_on_batch(*validation_data))
            for callback in callbacks:
                callback.on_epoch_end(epoch, logs={"my_metric": loss})
            best = min(best, loss)
        return best


tuner = keras_tuner.RandomSearch(
    MyHyperModel(),
    objective=keras_tuner.Objective("my_metric", "min"),
    max_trials=2,
    overwrite=True,
    directory="results",
    project_name="loop",
)
tuner.search(x=x, y=y, validation_data=(x, y))
model = tuner.get_best_models()[0]
trial = tuner.oracle.get_best_trials()[0]

outcome = {
    "names": sorted(trial.hyperparameters.values),
    "weights are those of the score": bool(
        np.isclose(float(model.evaluate(x, y, verbose=0)), trial.score, rtol=1e-4)
    ),
}
