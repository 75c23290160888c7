"""A hyperparameter of ``build`` that ``fit`` asks for by name; the best one is trained once more."""

import keras
import keras_tuner
import numpy as np

rng = np.random.default_rng(0)
x = rng.random(size=(24, 6, 6, 1)).astype("float32")
y = keras.utils.to_categorical(rng.integers(0, 2, 24), 2)


class MyHyperModel(keras_tuner.HyperModel):
    def build(self, hp):
        size = hp.Int("image_size", 3, 6)
        inputs = keras.Input((size, size))
        hidden = keras.layers.Dense(hp.Int("units", 2, 4), activation="relu")(
            keras.layers.Flatten()(inputs)
        )
        model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(hidden))
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
        return model

    def fit(self, hp, model, x, y, validation_data=None, **kwargs):
        if hp.Boolean("normalize"):
            x = keras.layers.Normalization()(x)
        size = hp.get("image_size")
        if validation_data:
            validation_data = (validation_data[0][:, :size, :size, 0], validation_data[1])
        return model.fit(
            x[:, :size, :size, 0],
            y,
            shuffle=hp.Boolean("shuffle"),
            validation_data=validation_data,
            **kwargs,
        )


tuner = keras_tuner.RandomSearch(
    MyHyperModel(),
    objective="val_accuracy",
    max_trials=2,
    overwrite=True,
    directory="results",
    project_name="image_sizes",
)
tuner.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
hypermodel = MyHyperModel()
best = tuner.get_best_hyperparameters()[0]
model = hypermodel.build(best)
history = hypermodel.fit(best, model, x, y, epochs=1, verbose=0)

outcome = {
    "names": sorted(best.values),
    "input": model.input_shape == (None, best.get("image_size"), best.get("image_size")),
    "trained": sorted(history.history),
    "statuses": {trial.status for trial in tuner.oracle.trials.values()},
}
