#!/usr/bin/env bash
# pandas: three guesses about time that another part of pandas contradicts.
#
# Packages: pandas 3.1.1, numpy 2.4.6
#
# Guess: (1) `guess_datetime_format` knows the forms that `to_datetime` reads. (2) "Oct-22" is
# October 2022, or 22 October of this year. (3) The step that `infer_freq` finds in an index equals
# the step that the index was made with.
#
# Instead: (1) It returns None for two-digit years and times of 12 hours, which `to_datetime` reads,
# one element at a time. (2) `to_datetime` returns 22 October of the year 1. (3) 28 days are
# "4W-THU" to `infer_freq` and "672h" to `to_offset`, and the two do not compare as equal, though
# they give the same index.
#
# Output seen (the script fails when it changes):
#> 10/27/2022: format %m/%d/%Y, read as 2022-10-27 00:00:00
#> 10/27/22: format None, read as 2022-10-27 00:00:00
#> 27.10.22: format None, read as 2022-10-27 00:00:00
#> 10/27/2022 2:30 PM: format None, read as 2022-10-27 14:30:00
#> Oct-22: format None, read as 0001-10-22 00:00:00
#> made with 672h, found 4W-THU
#> same index True, same step False
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'pandas==3.1.1' 'numpy==2.4.6'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import warnings

import pandas as pd
from pandas.tseries.api import guess_datetime_format
from pandas.tseries.frequencies import to_offset

warnings.simplefilter("ignore")
for text in ["10/27/2022", "10/27/22", "27.10.22", "10/27/2022 2:30 PM", "Oct-22"]:
    print(f"{text}: format {guess_datetime_format(text)}, read as {pd.to_datetime(text)}")

step = to_offset(pd.Timedelta(days=28))
index = pd.date_range("2026-01-01", periods=13, freq=step)
found = pd.infer_freq(index)
again = pd.date_range("2026-01-01", periods=13, freq=found)
print(f"made with {step.freqstr}, found {found}")
print(f"same index {index.equals(again)}, same step {to_offset(found) == step}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
