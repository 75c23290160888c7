"""A space that comes with the library, of which one part is searched; its loss is replaced."""

import keras
import keras_tuner
import numpy as np

rng = np.random.default_rng(0)
x = rng.random(size=(4, 8, 8, 1)).astype("float32")
y = rng.integers(0, 3, size=(4, 1))
hp = keras_tuner.HyperParameters()
hp.Choice("learning_rate", values=[1e-2, 1e-3])
for name, value in {"conv2d_num_filters": 4, "sep_num_filters": 4, "num_residual_blocks": 0}.items():
    hp.Fixed(name, value)  # smaller than any of the library's own
tuner = keras_tuner.RandomSearch(
    keras_tuner.applications.HyperXception(input_shape=(8, 8, 1), classes=3),
    hyperparameters=hp,
    tune_new_entries=False,
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    objective="val_accuracy",
    max_trials=1,
    overwrite=True,
    directory="results",
    project_name="ready_made",
)
tuner.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
tuner.search_space_summary()
model = tuner.get_best_models()[0]

outcome = {
    "searched": [item.name for item in tuner.oracle.get_space().space],
    "rest": {name: tuner.get_best_hyperparameters()[0].get(name) for name in ("pooling", "dropout_rate")},
    "model": (model.name, isinstance(model, keras.Model), model.output_shape),
    "loss": model.loss,
}
