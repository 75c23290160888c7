"""Predictions of a table that memory should not hold: rows per second, and the memory of all processes.

    python -m benchmarks.predicting [--rows 5000000] [--other PYTHON] [--other-rows 300000]

A small network is searched on a made-up table of ten columns, and ``automl predict`` writes its answers to
a further one. With ``--other`` another build does the same on fewer rows, by the Python that it is
installed for. Its command is measured on a thousand rows, too, so that the time for all rows can be told
from what each command takes to start. CPU seconds say more than wall time where others use the machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

AMOUNTS, WORDS = 6, 2
"""Columns of amounts and of categories, beside one of whole numbers and the target: ten in all."""

CHUNK = 250_000
FEW, LEARNED = 1_000, 20_000
"""Rows that only starting is measured on, and those that are searched."""

OPTIONS = (
    "--target", "target", "--family", "mlp", "--trials", "1", "--epochs", "1", "--set", "width=32",
    "--set", "depth=1", "--workers", "1", "--no-tracking",
)  # fmt: skip
"""Of the search; both builds know them."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a command took.

    Attributes:
        rows: that it predicted.
        seconds: of wall time.
        cpu: seconds, of all its processes.
        peak: megabytes of all of them together; what they share counts once.
    """

    rows: int
    seconds: float
    cpu: float
    peak: float

    def line(self, name: str) -> str:
        """Return a line of the printed table."""
        took = f"{self.seconds:7.1f} s {self.cpu:7.1f} s CPU {self.rows / self.seconds:9,.0f} rows/s"
        return f"{name:5} {self.rows:>9,} rows {took} {self.peak:6.0f} MB"


def extrapolated(few: Run, many: Run, rows: int) -> tuple[float, float]:
    """Return the wall and CPU seconds that a command would take for more rows, each costing the same.

    Args:
        few: the command on next to no rows: what starting takes.
        many: on many.
        rows: how many more.
    """

    def at(short: float, long: float) -> float:
        return short + (long - short) * (rows - few.rows) / (many.rows - few.rows)

    return at(few.seconds, many.seconds), at(few.cpu, many.cpu)


@dataclass(frozen=True, kw_only=True)
class Build:
    """A build of this package.

    Attributes:
        python: runs it.
        path: where Python looks for its modules besides; empty for nowhere else.
    """

    python: str
    path: str = ""

    def job(self, table: Path, folder: Path) -> Path:
        """Search a table and return the job folder."""
        self._run(["search", str(table), "--out", str(folder), "--quiet", *OPTIONS], table.parent)
        return folder

    def predict(self, job: Path, table: Path, rows: int) -> Run:
        """Predict a table of so many rows by the command."""
        output = table.with_suffix(".predictions")
        run = self._run(["predict", str(job), str(table), "--output", str(output)], table.parent, rows)
        with output.open("rb") as stream:
            written = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b"")) - 1
        output.unlink()
        if written != rows:
            raise RuntimeError(f"{rows} rows gave {written} predictions")
        return run

    def _run(self, words: Sequence[str], folder: Path, rows: int = 0) -> Run:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment |= {"PYTHONPATH": self.path} if self.path else {}
        begun, used, peak = time.monotonic(), _cpu_of_children(), 0.0
        command = [self.python, "-m", "automl", *words]
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, _memory(process.pid))
                time.sleep(0.05)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        return Run(rows=rows, seconds=time.monotonic() - begun, cpu=_cpu_of_children() - used, peak=peak)


def write_table(path: Path, rows: int, seed: int = 0) -> Path:
    """Write a table of ten columns with two classes, chunk by chunk, and return its path."""
    import pyarrow as pa
    import pyarrow.csv as csv

    writer: Any = None
    for number, first in enumerate(range(0, rows, CHUNK)):
        table = pa.table(_chunk(min(CHUNK, rows - first), np.random.default_rng([seed, number])))
        writer = writer or csv.CSVWriter(path, table.schema)
        writer.write_table(table)
    writer.close()
    return path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.predicting", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--other", metavar="PYTHON", help="of another build")
    parser.add_argument("--other-rows", type=int, default=300_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        learned = write_table(folder / "learned.csv", LEARNED, seed=1)
        ours = Build(python=sys.executable, path=os.pathsep.join(map(os.path.abspath, sys.path)))
        job, large = ours.job(learned, folder / "ours"), write_table(folder / "large.csv", given.rows)
        run = ours.predict(job, large, given.rows)
        print(run.line("ours"), f"of {large.stat().st_size / 1e6:.0f} MB", flush=True)
        if given.other:
            other = Build(python=given.other)
            job = other.job(learned, folder / "other")
            few, many = (
                other.predict(job, write_table(folder / f"{rows}.csv", rows), rows)
                for rows in (FEW, given.other_rows)
            )
            print(few.line("other"), many.line("other"), sep="\n")
            seconds, cpu = extrapolated(few, many, given.rows)
            print(f"other {given.rows:,} rows, extrapolated: {seconds:.1f} s, {cpu:.1f} s CPU")
            print(f"ours is {seconds / run.seconds:.1f} times as fast, {cpu / run.cpu:.1f} by CPU seconds")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(process: int) -> float:
    """Megabytes of a process and all below it, their proportional set size."""
    import psutil

    try:
        every = [psutil.Process(process), *psutil.Process(process).children(recursive=True)]
        return sum(item.memory_full_info().pss for item in every) / 1e6
    except psutil.Error:  # one has just ended
        return 0.0


def _chunk(rows: int, random: np.random.Generator) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for place in range(AMOUNTS):
        columns[f"amount_{place}"] = random.normal(0.0, 1 + place, rows).round(3)
    columns["count"] = random.integers(0, 1_000, rows)
    for place in range(WORDS):
        words = np.array([f"word {place}-{number}" for number in range(4 + 20 * place)])
        columns[f"word_{place}"] = words[random.integers(0, len(words), rows)]
    score = columns["amount_0"] + columns["amount_1"] / 2 + (columns["count"] > 500)
    columns["target"] = np.array(["no", "yes"])[(score + random.normal(size=rows) > 0.5).astype(int)]
    return columns


if __name__ == "__main__":
    main()
