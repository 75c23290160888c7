#!/usr/bin/env bash
# polars and pandas: days where the clock is put forward at midnight.
#
# Packages: polars 2.1.0, pandas 3.1.1, tzdata 2026.6
#
# Guess: A daily range in local time has one stamp per local date; where midnight does not exist
# (Brazil until 2018, today Chile, Egypt, Lebanon), the day begins at 01:00.
#
# Instead: pandas refuses the range. polars gives 23:00 of the day before: two stamps on one date,
# none on the next. Its own `truncate` does say 01:00, so that joining a daily calendar with
# truncated stamps loses the day.
#
# Output seen (the script fails when it changes):
#> polars range: 11-03T00 11-03T23 11-05T00
#> polars truncate: 11-03T00 11-04T01 11-05T00
#> days in both: 2
#> pandas range: 2018-11-04 00:00:00 is a nonexistent time due to daylight savings time. Try using the 'nonexistent' argument.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'polars==2.1.0' 'pandas==3.1.1' 'tzdata==2026.6'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import datetime as dt

import pandas as pd
import polars as pl

ZONE = "America/Sao_Paulo"
start, end = dt.datetime(2018, 11, 3), dt.datetime(2018, 11, 5)
days = pl.datetime_range(start, end, "1d", time_zone=ZONE, eager=True)
hours = pl.datetime_range(start, end, "1h", time_zone=ZONE, eager=True)
starts = hours.dt.truncate("1d").unique().sort()
print("polars range:", *days.dt.to_string("%m-%dT%H"))
print("polars truncate:", *starts.dt.to_string("%m-%dT%H"))
print("days in both:", days.is_in(starts.implode()).sum())
try:
    print("pandas range:", pd.date_range(start, end, freq="D", tz=ZONE))
except ValueError as error:
    print("pandas range:", error)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
