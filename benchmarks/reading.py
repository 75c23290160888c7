"""Reading a large table: memory and time of ``read_table`` against pandas with Arrow, in the same run.

    python -m benchmarks.reading [--rows 1000000] [--rounds 3]

Each reading is a process of its own, so that its peak is its own; rounds take turns, and the median counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

NUMBERS, AMOUNTS, CATEGORIES = 5, 5, 10
"""Columns of whole numbers, of amounts, and of categories, besides the target."""

PROGRAM = """
import json, resource, sys, time
import pandas, pyarrow, pyarrow.csv, pyarrow.compute
from automl.data.source import open_source
from automl.data.tables import read_table
path, side = sys.argv[1:]
begun = time.perf_counter()
if side == "pandas":
    table = pandas.read_csv(path, engine="pyarrow")
else:
    table = read_table(open_source(path)).frame
seconds = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
assert table.shape[1] == 21
print(json.dumps({"seconds": seconds, "megabytes": peak}))
"""

SIDES = ("pandas", "automl")


def write_table(path: Path, rows: int, seed: int = 0) -> None:
    """Write a table such as adult's: 10 columns of numbers, 10 of categories, and a target.

    Args:
        path: the file.
        rows: its rows.
        seed: of all values.
    """
    import pandas as pd

    random = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for place in range(NUMBERS):
        columns[f"count_{place}"] = random.integers(0, 10 ** (place + 2), rows)
    for place in range(AMOUNTS):
        columns[f"amount_{place}"] = random.lognormal(place, 1.0, rows).round(4)
    for place in range(CATEGORIES):
        words = np.array([f"category {place}-{number}" for number in range(2 + 5 * place)], object)
        columns[f"word_{place}"] = words[random.integers(0, len(words), rows)]
    columns["target"] = np.array(["<=50K", ">50K"], object)[random.integers(0, 2, rows)]
    pd.DataFrame(columns).to_csv(path, index=False)


def measure(path: Path, side: str) -> dict[str, float]:
    """Read the table in a new process; returns ``seconds`` and peak ``megabytes``."""
    command = [sys.executable, "-c", PROGRAM, str(path), side]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_table(path, given.rows)
        print(f"{given.rows:,} x 21, {path.stat().st_size / 1e6:.0f} MB")
        rounds = [{side: measure(path, side) for side in SIDES} for _ in range(given.rounds)]
    for side in SIDES:
        seconds, megabytes = (
            statistics.median(item[side][what] for item in rounds) for what in ("seconds", "megabytes")
        )
        print(f"{side:8} {seconds:6.2f} s  {megabytes:7.0f} MB")


if __name__ == "__main__":
    main()
