#!/usr/bin/env bash
# pandas with Arrow: adding zero changes which cells are missing.
#
# Packages: pandas 3.1.1, pyarrow 25.0.1, numpy 2.4.6
#
# Guess: NaN in a Parquet file is missing in pandas, as it always was: `isna` is true and `fillna`
# fills it. Whether or not it is, `x + 0` changes nothing.
#
# Instead: Read with `dtype_backend="pyarrow"`, NaN is a number: `isna` is false, `dropna` and
# `fillna` leave it, and the mean is NaN. After any arithmetic, also `+ 0`, the same cell is
# missing. With `dtype_backend="numpy_nullable"`, and when the column is built from a list, it is
# missing from the start.
#
# Output seen (the script fails when it changes):
#> pyarrow: isna [False, False, True], after + 0 [False, True, True]
#> pyarrow: filled [1.0, nan, 9.0], after + 0 [1.0, 9.0, 9.0]
#> numpy_nullable: isna [False, True, True], after + 0 [False, True, True]
#> numpy_nullable: filled [1.0, 9.0, 9.0], after + 0 [1.0, 9.0, 9.0]
#> from a list: [False, True, True]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'pandas==3.1.1' 'pyarrow==25.0.1' 'numpy==2.4.6'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

file = io.BytesIO()
pq.write_table(pa.table({"x": [1.0, float("nan"), None]}), file)
for backend in ["pyarrow", "numpy_nullable"]:
    file.seek(0)
    column = pd.read_parquet(file, dtype_backend=backend)["x"]
    print(f"{backend}: isna {column.isna().tolist()}, after + 0 {(column + 0).isna().tolist()}")
    print(f"{backend}: filled {column.fillna(9).tolist()}, after + 0 {(column + 0).fillna(9).tolist()}")
print("from a list:", pd.Series([1.0, float("nan"), None], dtype="float64[pyarrow]").isna().tolist())
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
