"""A function that builds models, searched at random."""

import keras
import keras_tuner
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(48, 4)).astype("float32")
y = (x[:, 0] > 0).astype("int32")


def build_model(hp):
    model = keras.Sequential([keras.Input((4,))])
    for i in range(hp.Int("num_layers", 1, 2)):
        units = hp.Int(f"units_{i}", min_value=4, max_value=12, step=4)
        model.add(keras.layers.Dense(units, activation=hp.Choice("activation", ["relu", "tanh"])))
    if hp.Boolean("dropout"):
        model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Dense(2, activation="softmax"))
    rate = hp.Float("lr", min_value=1e-4, max_value=1e-2, sampling="log")
    model.compile(
        keras.optimizers.Adam(learning_rate=rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=True,  # quicker than to compile so small a model
    )
    return model


build_model(keras_tuner.HyperParameters())
tuner = keras_tuner.RandomSearch(
    hypermodel=build_model,
    objective="val_accuracy",
    max_trials=2,
    executions_per_trial=1,
    overwrite=True,
    directory="results",
    project_name="helloworld",
)
tuner.search_space_summary()
tuner.search(x[:32], y[:32], epochs=1, validation_data=(x[32:], y[32:]), verbose=0)
tuner.results_summary()
models = tuner.get_best_models(num_models=2)
best = tuner.get_best_hyperparameters(2)[0]
again = build_model(best)
again.fit(x, y, epochs=1, verbose=0)

outcome = {
    "trials": len(tuner.oracle.trials),
    "ids": sorted(tuner.oracle.trials),
    "statuses": sorted({trial.status for trial in tuner.oracle.trials.values()}),
    "values": {name: type(value).__name__ for name, value in best.values.items() if name != "units_1"},
    "models": [type(model).__name__ for model in models],
    "predicts": models[0].predict(x[:3], verbose=0).shape,
    "remaining": tuner.remaining_trials,
}
