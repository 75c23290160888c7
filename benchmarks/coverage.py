"""Coverage of intervals and sets on rows that no search has seen, over random splits.

    python -m benchmarks.coverage [--data shared/data/tabular] [--sets abalone,credit_g] [--splits 20]

Each split trains one configuration for a few epochs on four fifths of at most 4,000 rows: how good models
are does not matter here, and coverage is hardest to hold with few rows. One JSON line per split, a table
at the end.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from automl.core.errors import AutomlError
from benchmarks.arguments import names_of

MOST_ROWS = 4000
"""Of a set, test part included."""


@dataclass(frozen=True, kw_only=True)
class CoverageSet:
    """A table.

    Attributes:
        file: in the folder of the data.
        target: the target column.
        drop: columns that give it away.
        folds: of the search.
    """

    file: str
    target: str
    drop: tuple[str, ...] = ()
    folds: int = 1


SETS: Mapping[str, CoverageSet] = {
    "abalone": CoverageSet(file="abalone/abalone.csv", target="rings"),
    "california_housing": CoverageSet(file="california_housing/housing.csv", target="median_house_value"),
    "bike_sharing": CoverageSet(
        file="bike_sharing/day.csv", target="cnt", drop=("casual", "registered", "instant"), folds=5
    ),
    "credit_g": CoverageSet(file="credit_g/german.csv", target="credit_risk", folds=5),
    "telco_churn": CoverageSet(file="telco_churn/Telco-Customer-Churn.csv", target="Churn"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage")
    parser.add_argument("--data", type=Path, default=Path("shared/data/tabular"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--coverage", type=float, default=0.9)
    options = parser.parse_args(arguments)
    try:
        names = names_of(options.sets, SETS, "set")
        rows = [
            line
            for name in names
            for line in _measured(options.data / SETS[name].file, name, options.splits, options.coverage)
        ]
    except AutomlError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(table_of(rows))
    return 0


def table_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the mean coverage of each set, and of all, as a Markdown table."""
    lines = ["| set | splits | coverage | least | most | size |", "| --- | --- | --- | --- | --- | --- |"]
    for name in dict.fromkeys(row["set"] for row in rows):
        own = [row for row in rows if row["set"] == name]
        shares = [row["measured"] for row in own]
        size = statistics.mean(row["size"] for row in own)
        spread = f"{statistics.mean(shares):.3f} | {min(shares):.3f} | {max(shares):.3f}"
        lines.append(f"| {name} | {len(own)} | {spread} | {size:.4g} |")
    every = statistics.mean(row["measured"] for row in rows)
    return "\n".join([*lines, f"| all | {len(rows)} | {every:.3f} | | | |"])


def _measured(path: Path, name: str, splits: int, coverage: float) -> Iterator[dict[str, Any]]:
    import automl

    told = SETS[name]
    whole = pd.read_csv(path).drop(columns=list(told.drop))
    for seed in range(splits):
        frame = whole.sample(min(len(whole), MOST_ROWS), random_state=seed).reset_index(drop=True)
        cut = len(frame) * 4 // 5
        with tempfile.TemporaryDirectory() as folder:
            result = automl.search(
                frame.iloc[:cut],
                target=told.target,
                family="mlp",
                trials=1,
                epochs=8,
                folds=told.folds,
                seed=seed,
                tracking=False,
                verbose=0,
                out=f"{folder}/job",
            )
            found = result.evaluate(frame.iloc[cut:], coverage=coverage)["coverage"]
        line = {"set": name, "seed": seed, **{key: found[key] for key in ("rows", "measured", "size")}}
        print(json.dumps(line), flush=True)
        yield line


if __name__ == "__main__":
    sys.exit(main())
