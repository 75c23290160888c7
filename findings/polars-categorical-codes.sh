#!/usr/bin/env bash
# polars: the codes of a Categorical depend on other columns in the process.
#
# Packages: polars 2.1.0, pandas 3.1.1, pyarrow 25.0.1
#
# Guess: `to_physical` numbers the categories of a column from 0 in order of appearance, as the
# codes of a pandas Categorical, so that equal columns have equal codes. Sorting a column that was
# ordered in pandas keeps that order.
#
# Instead: The numbers come from a pool that all Categorical columns alive share: the same three
# texts are 0, 1, 2 or 2, 1, 0 depending on a column that has nothing to do with them. Codes handed
# to a model in training mean other categories when serving. And an ordered pandas Categorical
# arrives without its order; only the way back (Enum to pandas) keeps it.
#
# Output seen (the script fails when it changes):
#> alone: [0, 1, 2]
#> beside another column: [2, 1, 0]
#> alone again: [0, 1, 2]
#> pandas sorts: ['S', 'M', 'L']
#> polars sorts: ['L', 'M', 'S']
#> back to pandas: ['S', 'M', 'L'] True
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'polars==2.1.0' 'pandas==3.1.1' 'pyarrow==25.0.1'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import pandas as pd
import polars as pl


def codes():
    return pl.Series(["x", "b", "a"], dtype=pl.Categorical).to_physical().to_list()


print("alone:", codes())
other = pl.Series(["a", "b"], dtype=pl.Categorical)
print("beside another column:", codes())
del other
print("alone again:", codes())

sizes = pd.Series(pd.Categorical(["L", "S", "M"], categories=["S", "M", "L"], ordered=True))
print("pandas sorts:", sizes.sort_values().tolist())
print("polars sorts:", pl.from_pandas(sizes).sort().to_list())
enum = pl.Series(["L"], dtype=pl.Enum(["S", "M", "L"])).to_pandas()
print("back to pandas:", enum.cat.categories.tolist(), enum.cat.ordered)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
