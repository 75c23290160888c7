"""Whether probabilities can be believed: the calibration error on test rows, without and with it.

    python -m benchmarks.calibration [--data shared/data/tables] [--sets letter,stroke] [--trials 2]

A search of each set on its training part; the temperature is taken off its predictions again, so both are
of the same networks. Errors are of the predicted class in bins of equally many rows, and their difference
has an interval by the bootstrap over rows. One JSON line per set, a table at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import AutomlError
from benchmarks.arguments import names_of

SETS = (
    *("nonvoters", "magic_telescope", "letter", "bird_strikes", "crash_deaths"),
    *("spambase", "stroke", "hpc_jobs", "credit_scoring", "lending_club"),
)
"""Classes with more than a thousand test rows: of fewer the error is mostly chance."""

BINS, DRAWS = 10, 300

TELLING = 0.03
"""Error from which there is something to put right."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    parser.add_argument("--data", type=Path, default=Path("shared/data/tables"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--time", default=None, help="of each search; default: as long as the trials take")
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=None)
    parser.add_argument("--folds", type=int, default=None, help="1: one network; as a search by default")
    parser.add_argument("--family", default="", help="families between commas; all by default")
    options = parser.parse_args(arguments)
    try:
        known = {
            item["name"]: item for item in json.loads((options.data / "index.json").read_text("utf-8"))
        }
        names = names_of(options.sets, known, "set")
        print(table_of([_measured(known[name], options) for name in names]))
    except AutomlError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def error_of(chances: np.ndarray, codes: np.ndarray) -> float:
    """Return the expected calibration error of the predicted class, in bins of equally many rows.

    Args:
        chances: probabilities ``(n, k)``.
        codes: true classes ``(n,)``.
    """
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == codes
    order = np.argsort(sure, kind="stable")
    gaps = [abs(float((sure[part] - right[part]).sum())) for part in np.array_split(order, BINS)]
    return sum(gaps) / len(codes)


def brier_of(chances: np.ndarray, codes: np.ndarray) -> float:
    """Return the mean squared distance of probabilities from the truth (Brier, 1950)."""
    return float(((chances - np.eye(chances.shape[1])[codes]) ** 2).sum(axis=1).mean())


def interval_of(before: np.ndarray, after: np.ndarray, codes: np.ndarray) -> tuple[float, float]:
    """Return the 95% interval of how much the error rises, by the bootstrap over rows."""
    random = np.random.default_rng(0)
    drawn = (random.integers(0, len(codes), len(codes)) for _ in range(DRAWS))
    rises = [error_of(after[rows], codes[rows]) - error_of(before[rows], codes[rows]) for rows in drawn]
    low, high = np.quantile(rises, [0.025, 0.975])
    return float(low), float(high)


def table_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the errors of each set as a Markdown table, and the median where they tell something."""
    lines = [
        "| set | test rows | temperature | ECE before | after | change, 95% | Brier before | after |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        low, high = row["interval"]
        numbers = f"{row['before']:.4f} | {row['after']:.4f} | {low:+.4f} to {high:+.4f}"
        brier = f"{row['brier_before']:.4f} | {row['brier_after']:.4f}"
        lines.append(f"| {row['set']} | {row['rows']} | {row['temperature']:.3g} | {numbers} | {brier} |")
    worse = sum(row["interval"][0] > 0 for row in rows)
    lines.append(f"Certainly worse: {worse} of {len(rows)}.")
    telling = [row for row in rows if row["before"] > TELLING]
    if telling:
        medians = [float(np.median([row[name] for row in telling])) for name in ("before", "after")]
        lines.append(
            f"Where it was above {TELLING} ({len(telling)}): median {medians[0]:.4f}, "
            f"after {medians[1]:.4f}."
        )
    return "\n".join(lines)


def _measured(item: Mapping[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    import automl
    from automl.tasks.calibration import tempered

    data, target = options.data, item["target"]
    with tempfile.TemporaryDirectory() as folder:
        result = automl.search(
            data / item["train"],
            target=target,
            family=tuple(filter(None, options.family.split(","))),
            time_limit=options.time,
            trials=options.trials,
            epochs=options.epochs,
            folds=options.folds,
            tracking=False,
            verbose=0,
            out=f"{folder}/job",
        )
        found = result.predict_proba(data / item["test"])
        facts = result.summary["calibration"]
    truth = pd.read_csv(data / item["test"], dtype=str, keep_default_na=False)[target].str.strip()
    classes = [str(name) for name in found.columns]
    codes = np.array([classes.index(name) for name in truth])
    after = found.to_numpy(np.float64)
    temperature = facts["temperature"] if facts else 1.0
    before = tempered(after, 1 / temperature, exclusive=True)
    line = {
        "set": item["name"],
        "rows": len(codes),
        "temperature": temperature,
        "before": error_of(before, codes),
        "after": error_of(after, codes),
        "interval": interval_of(before, after, codes),
        "brier_before": brier_of(before, codes),
        "brier_after": brier_of(after, codes),
    }
    print(json.dumps(line), flush=True)
    return line


if __name__ == "__main__":
    sys.exit(main())
