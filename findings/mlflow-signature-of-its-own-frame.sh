#!/usr/bin/env bash
# MLflow: a signature that refuses the frame it was inferred from.
#
# Packages: mlflow-skinny 3.17.2, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1
#
# Guess: A frame from which `infer_signature` made a signature passes that signature when it is
# predicted.
#
# Instead: A category column is inferred as string (or long) and refused as category; an Int64 or
# boolean column with a gap is inferred as optional and refused for its gap; a column with a time
# zone is inferred as datetime and refused for its zone. Float64 and string columns with gaps pass.
# Only Int64 gets a hint when the signature is made, and it advises what was done: to infer from
# data with gaps.
#
# Output seen (the script fails when it changes):
#> category: ['x': string (required)] -> refused: Incompatible input types for column x. Can not safely convert category t
#> category: ['x': long (required)] -> refused: Incompatible input types for column x. Can not safely convert category t
#> Int64: ['x': long (optional)] -> refused: cannot convert NA to integer
#> boolean: ['x': boolean (optional)] -> refused: cannot convert float NaN to bool
#> datetime64[us, Europe/Berlin]: ['x': datetime (required)] -> refused: Cannot use .astype to convert from timezone-aware dtype to timezone-naiv
#> Float64: ['x': double (optional)] -> [0.0, 0.0]
#> string: ['x': string (optional)] -> [0.0, 0.0]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlflow-skinny==3.17.2' 'pandas==3.1.1' 'numpy==2.4.6' 'scipy==1.17.1'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import os
import tempfile
import warnings

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
warnings.simplefilter("ignore")

import logging

import mlflow
import pandas as pd

logging.getLogger("mlflow").setLevel(logging.ERROR)


class Zero(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [0.0] * len(model_input)


def outcome(frame):
    signature = mlflow.models.infer_signature(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        mlflow.pyfunc.save_model(path, python_model=Zero(), signature=signature, pip_requirements=[])
        try:
            answer = mlflow.pyfunc.load_model(path).predict(frame)
        except mlflow.exceptions.MlflowException as error:
            answer = "refused: " + str(error).split("Error: ")[-1][:72]
    return f"{signature.inputs} -> {answer}"


for values in [
    pd.Categorical(["a", "b"]),
    pd.Categorical([1, 2]),
    pd.array([1, None], dtype="Int64"),
    pd.array([True, None], dtype="boolean"),
    pd.to_datetime(["2026-01-01"]).tz_localize("Europe/Berlin"),
    pd.array([1.5, None], dtype="Float64"),
    pd.array(["a", None], dtype="string"),
]:
    print(f"{values.dtype}: {outcome(pd.DataFrame({'x': values}))}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
