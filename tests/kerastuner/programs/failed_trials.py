"""Trials that fail, are tried again, are given up, and end the search."""

import keras_tuner

runs = []


class Tuner(keras_tuner.RandomSearch):
    def run_trial(self, trial, fails, given_up):
        runs.append(trial.trial_id)
        trial.hyperparameters.Float("x", 0, 1)
        if trial.trial_id in given_up:
            raise keras_tuner.errors.FailedTrialError("too large")
        if trial.trial_id in fails:
            raise RuntimeError("out of luck")
        return 1.0


def tuner_for(name):
    return Tuner(
        max_trials=5,
        max_retries_per_trial=1,
        max_consecutive_failed_trials=2,
        directory="results",
        project_name=name,
    )


mixed = tuner_for("mixed")
mixed.search({"1"}, {"3"})
first_runs, runs[:] = list(runs), []
try:
    tuner_for("hopeless").search({"0", "1", "2"}, set())
    ended = "no error"
except RuntimeError as error:
    ended = "out of luck" in str(error)

outcome = {
    "statuses": [trial.status for trial in mixed.oracle.trials.values()],
    "runs": first_runs,
    "told why": "too large" in mixed.oracle.trials["3"].message,
    "hopeless": ended,
    "hopeless runs": runs,
}
