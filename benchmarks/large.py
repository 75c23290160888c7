"""Tables larger than a process should hold: the look at all rows against Arrow's own scan, and a search.

    python -m benchmarks.large [--rows 2000000] [--form csv] [--rounds 3] [--search] [--options "--time 5m"]

The scan and the look read the same file in processes of their own, which take turns. With ``--search`` a
search runs over the file, and the memory of all its processes together is looked at ten times a second:
their proportional set size, which counts what they share once, and what each does not share.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

AMOUNTS, COUNTS, WORDS = 18, 5, 6
"""Columns of amounts, whole numbers and categories, besides the target: 30 in all."""

CHUNK = 250_000

PROGRAM = """
import json, resource, sys, time
from pathlib import Path
import pandas, pyarrow.compute, pyarrow.csv, pyarrow.parquet
from automl.data.large.sampling import drawn_rows
from automl.data.source import Sampling, open_source
path, side = Path(sys.argv[1]), sys.argv[2]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
begun, used = time.perf_counter(), time.process_time()
if side == "look":
    source = open_source(path)
    object.__setattr__(source, "sampling", Sampling(rows=int(sys.argv[3]), watched=("target",)))
    rows = drawn_rows(source).total
elif path.suffix == ".parquet":
    rows = sum(batch.num_rows for batch in pyarrow.parquet.ParquetFile(path).iter_batches())
else:
    rows = sum(batch.num_rows for batch in pyarrow.csv.open_csv(path))
seconds, cpu = time.perf_counter() - begun, time.process_time() - used
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu, "peak": peak, "before": before}))
"""

SIDES = ("scan", "look")


def write_table(path: Path, rows: int, seed: int = 0) -> None:
    """Write a table with two classes that follow from some of its 29 other columns, chunk by chunk.

    Args:
        path: the file, ``.csv`` or ``.parquet``.
        rows: its rows.
        seed: of all values.
    """
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    writer: Any = None
    for number, first in enumerate(range(0, rows, CHUNK)):
        table = pa.table(_chunk(min(CHUNK, rows - first), np.random.default_rng([seed, number])))
        if writer is None:
            made = parquet.ParquetWriter if path.suffix == ".parquet" else csv.CSVWriter
            writer = made(path, table.schema)
        writer.write_table(table)
    writer.close()


def measure(path: Path, side: str, sample: int = 500_000) -> dict[str, float]:
    """Read a table in a new process; returns ``rows``, ``seconds``, ``cpu`` seconds, ``peak`` megabytes."""
    command = [sys.executable, "-c", PROGRAM, str(path), side, str(sample)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def watch_search(path: Path, folder: Path, options: Sequence[str]) -> dict[str, float]:
    """Search a table by the command; returns ``seconds`` and peaks in megabytes of all its processes."""
    import psutil

    command = [sys.executable, "-m", "automl", "search", str(path), "--no-tracking"]
    begun, shared, own = time.monotonic(), 0.0, 0.0
    with subprocess.Popen([*command, "--out", str(folder), *options]) as process:
        while process.poll() is None:
            try:
                every = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
                shared = max(shared, sum(item.memory_full_info().pss for item in every) / 1e6)
                own = max(own, sum(item.memory_full_info().uss for item in every) / 1e6)
            except psutil.Error:
                pass  # it has just ended
            time.sleep(0.1)
    return {"seconds": time.monotonic() - begun, "pss": shared, "uss": own, "rc": float(process.returncode)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--form", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=500_000)
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--options", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{given.form}"
        write_table(path, given.rows)
        columns, size = AMOUNTS + COUNTS + WORDS + 1, path.stat().st_size / 1e6
        print(f"{given.rows:,} x {columns}, {size:.0f} MB", flush=True)
        rounds = [{side: measure(path, side, given.sample) for side in SIDES} for _ in range(given.rounds)]
        for side in SIDES if rounds else ():
            seconds, cpu, peak = (
                statistics.median(item[side][what] for item in rounds)
                for what in ("seconds", "cpu", "peak")
            )
            print(f"{side:5} {seconds:7.2f} s {cpu:7.2f} s of CPU {peak:7.0f} MB", flush=True)
        if given.search:
            options = ["--target", "target", *shlex.split(given.options)]
            found = watch_search(path, Path(folder) / "job", options)
            size = f"at most {found['pss']:.0f} MB, {found['uss']:.0f} MB unshared"
            print(f"search {found['seconds']:.0f} s, {size}")


def _chunk(rows: int, random: np.random.Generator) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for place in range(AMOUNTS):
        columns[f"amount_{place}"] = random.normal(0.0, 1 + place, rows).round(3)
    for place in range(COUNTS):
        columns[f"count_{place}"] = random.integers(0, 10 ** (place + 2), rows)
    for place in range(WORDS):
        words = np.array([f"word {place}-{number}" for number in range(3 + 5 * place)])
        columns[f"word_{place}"] = words[random.integers(0, len(words), rows)]
    score = columns["amount_0"] + columns["amount_1"] / 2 + (columns["count_0"] > 50)
    columns["target"] = np.array(["no", "yes"])[(score + random.normal(size=rows) > 0.5).astype(int)]
    return columns


if __name__ == "__main__":
    main()
