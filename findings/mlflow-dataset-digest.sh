#!/usr/bin/env bash
# MLflow: different data sets with one digest.
#
# Packages: mlflow-skinny 3.17.2, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1
#
# Guess: The digest that MLflow shows beside a data set of a run tells whether two runs used the
# same data.
#
# Instead: It covers the first 10,000 rows and the shape; whatever happens after row 10,000 does not
# change it. Of a NumPy array it covers the first 10,000 elements: with 20 columns, 500 rows.
#
# Output seen (the script fails when it changes):
#> frame: 375c1fe7
#> frame, changed from row 10,000: 375c1fe7
#> frame, changed from row 9,999: 23c3ba08
#> array: e0df1eb5
#> array, changed from row 500: e0df1eb5
#> array, changed from row 499: ee330117
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlflow-skinny==3.17.2' 'pandas==3.1.1' 'numpy==2.4.6' 'scipy==1.17.1'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import os

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow.data
import numpy as np
import pandas as pd

frame = pd.DataFrame({"x": range(20_000)})
array = np.zeros((20_000, 20))


def digest_of_frame(row):
    changed = frame.copy()
    changed.loc[row:, "x"] = -1
    return mlflow.data.from_pandas(changed).digest


def digest_of_array(row):
    changed = array.copy()
    changed[row:] = 7
    return mlflow.data.from_numpy(changed).digest


print("frame:", mlflow.data.from_pandas(frame).digest)
print("frame, changed from row 10,000:", digest_of_frame(10_000))
print("frame, changed from row 9,999:", digest_of_frame(9_999))
print("array:", mlflow.data.from_numpy(array).digest)
print("array, changed from row 500:", digest_of_array(500))
print("array, changed from row 499:", digest_of_array(499))
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
