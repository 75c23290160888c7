#!/usr/bin/env bash
# Optuna: the record of a trial names a choice that the trial did not have.
#
# Packages: optuna 5.0.0
#
# Guess: `trial.params` and the study record the value that `suggest_categorical` returned.
#
# Instead: Choices are stored by their index, and the index is looked up with ==, so that of 1 and
# 1.0 (or 0 and False) always the first is recorded. To scikit-learn's forests `max_features=1` is
# one feature and 1.0 is all of them: half of these trials are recorded as what they were not, the
# sampler learns from the wrong label, and `best_params` does not reproduce the best score. No
# warning is given.
#
# Output seen (the script fails when it changes):
#> used: [1.0, 1, 1.0, 1.0, 1, 1]
#> recorded: [1, 1, 1, 1, 1, 1]
#> best: 0.9 {'max_features': 1}
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'optuna==5.0.0'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import warnings

import optuna

warnings.simplefilter("error")
optuna.logging.set_verbosity(optuna.logging.WARNING)
used = []


def objective(trial):
    choice = trial.suggest_categorical("max_features", [1, 1.0])
    used.append(choice)
    return 0.9 if isinstance(choice, float) else 0.6


sampler = optuna.samplers.RandomSampler(seed=0)
study = optuna.create_study(direction="maximize", sampler=sampler)
study.optimize(objective, n_trials=6)
print("used:", used)
print("recorded:", [trial.params["max_features"] for trial in study.trials])
print("best:", study.best_value, study.best_params)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
