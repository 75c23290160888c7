"""Anything at all, minimised: no model, no objective named."""

import keras_tuner


class MyTuner(keras_tuner.RandomSearch):
    def run_trial(self, trial, *args, **kwargs):
        hp = trial.hyperparameters
        x = hp.Float("x", min_value=-1.0, max_value=1.0)
        return x * x + 1


tuner = MyTuner(max_trials=6, overwrite=True, directory="results", project_name="anything")
tuner.search()
best = tuner.get_best_hyperparameters()[0]
scores = [trial.score for trial in tuner.oracle.trials.values()]

outcome = {
    "first is the default": scores[0] == 2.0,
    "best": min(scores) == best.get("x") ** 2 + 1,
    "all in range": all(1 <= score <= 2 for score in scores),
    "different": len(set(scores)),
}
