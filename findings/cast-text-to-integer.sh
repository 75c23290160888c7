#!/usr/bin/env bash
# pyarrow, polars and pandas: which texts are integers?
#
# Packages: pyarrow 25.0.1, polars 2.1.0, pandas 3.1.1
#
# Guess: Casting text to int64 reads decimal integers; libraries differ in strictness about blanks
# at most.
#
# Instead: pyarrow reads hexadecimal "0x10" as 16, which Python's own int() refuses, and yet refuses
# "+1"; polars does it the other way about. Through an Arrow dtype pandas follows pyarrow, through
# its own str dtype Python. A column of codes with "0x10" becomes numbers or stays text depending on
# who holds it.
#
# Output seen (the script fails when it changes):
#> '0x10' pyarrow: 16; polars: refused; pandas str: refused; pandas arrow: 16
#> '+1' pyarrow: refused; polars: 1; pandas str: 1; pandas arrow: refused
#> ' 1' pyarrow: refused; polars: refused; pandas str: 1; pandas arrow: refused
#> '007' pyarrow: 7; polars: 7; pandas str: 7; pandas arrow: 7
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'pyarrow==25.0.1' 'polars==2.1.0' 'pandas==3.1.1'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

CASTS = {
    "pyarrow": lambda text: pc.cast(pa.array([text]), pa.int64())[0].as_py(),
    "polars": lambda text: pl.Series([text]).cast(pl.Int64)[0],
    "pandas str": lambda text: pd.Series([text], dtype="str").astype("int64")[0],
    "pandas arrow": lambda text: pd.Series([text], dtype="string[pyarrow]").astype("int64[pyarrow]")[0],
}


def read(cast, text):
    try:
        return cast(text)
    except (ValueError, pl.exceptions.InvalidOperationError):
        return "refused"


for text in ["0x10", "+1", " 1", "007"]:
    print(repr(text), "; ".join(f"{name}: {read(cast, text)}" for name, cast in CASTS.items()))
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
