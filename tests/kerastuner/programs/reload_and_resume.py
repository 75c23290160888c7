"""A search that is gone on with by a second tuner of the same project."""

import keras
import keras_tuner
import numpy as np

x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
y = x.sum(axis=1)


def build(hp):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 64)), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse", run_eagerly=True)
    return model


def tuner_for(trials, **options):
    return keras_tuner.RandomSearch(
        build, "val_loss", max_trials=trials, directory="results", project_name="again", **options
    )


first = tuner_for(1)
first.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
second = tuner_for(2)
known, remaining = len(second.oracle.trials), second.remaining_trials
second.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
third = tuner_for(2)
third.reload()
same = np.allclose(
    third.get_best_models()[0].predict(x, verbose=0), second.get_best_models()[0].predict(x, verbose=0)
)
fresh = tuner_for(2, overwrite=True)


def scores_of(tuner):
    return {name: trial.score for name, trial in tuner.oracle.trials.items()}


outcome = {
    "known": known,
    "remaining": remaining,
    "after": len(second.oracle.trials),
    "reloaded": len(third.oracle.trials),
    "best is the same": bool(same),
    "scores": scores_of(third) == scores_of(second),
    "fresh": len(fresh.oracle.trials),
}
