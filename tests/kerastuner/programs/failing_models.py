"""Models refused while they are built: tried again, given up at once, or the end of the search."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
y = x.sum(axis=1)
builds = []


def tuner_for(error, name):
    def build_model(hp):
        sizes = hp.Int("units_1", 1, 2), hp.Int("units_2", 1, 2)
        model = keras.Sequential([keras.Input((3,)), *map(keras.layers.Dense, sizes)])
        model.add(keras.layers.Dense(1))
        model.compile(loss="mse", run_eagerly=True)
        builds.append(sizes)
        if model.count_params() > 10:
            raise error(f"too large: {model.count_params()} parameters")
        return model

    return keras_tuner.GridSearch(
        hypermodel=build_model,
        objective="val_loss",
        overwrite=True,
        max_retries_per_trial=1,
        max_consecutive_failed_trials=8,
        directory="results",
        project_name=name,
    )


def ended(tuner):
    trials = tuner.oracle.trials.values()
    return {tuple(item.hyperparameters.values.values()): item.status for item in trials}


again = tuner_for(ValueError, "again")
again.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
again.results_summary()
tried_again, builds[:] = list(builds), []
given_up = tuner_for(keras_tuner.errors.FailedTrialError, "given_up")
given_up.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
tried_once = list(builds)
try:
    tuner_for(keras_tuner.errors.FatalError, "over").search(x, y, validation_data=(x, y), verbose=0)
    over = "no error"
except keras_tuner.errors.FatalError as error:
    over = str(error)

outcome = {
    "statuses": ended(again),
    "the same": ended(again) == ended(given_up),
    "builds of a large one": (tried_again.count((2, 2)), tried_once.count((2, 2))),
    "over": over,
}
