"""What worker processes bring, and what they hold.

    python -m benchmarks.workers --table adult.csv --target income [--trials N] [--rounds N]
    python -m benchmarks.workers --memory TRIALS [--data sklearn:wine]

Two workers against one, each on one core: trials per hour from the first begin to the last end, in turns.
Or the memory of coordinator and workers over a long search of mixed trials.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from automl.core.errors import AutomlError
from automl.study.opening import load_study

SEARCH = ["--sampler", "random", "--no-portfolio", "--no-tracking", "--name", "measured"]
SPEED = ["--family", "mlp", "--pruner", "none", "--epochs", "5", "--set", "batch_size=256"]
ONE_CORE = ["--executor", "pool", "--worker-cores", "1"]
MEMORY = ["--workers", "2", "--epochs", "6"]


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as place:
        if options.table:
            compare(
                Path(place), [options.table, "--target", options.target], options.trials, options.rounds
            )
        if options.memory:
            watch_memory(Path(place) / "memory", options.data, options.memory)


def compare(folder: Path, data: list[str], trials: int, rounds: int) -> None:
    """Two workers against one, in turns."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(rounds):
        for workers, known in rates.items():
            out = folder / f"{workers}-{turn}"
            numbers = ["--workers", str(workers), "--trials", str(trials)]
            if _started(data, out, *numbers, *SPEED, *ONE_CORE).wait() != 0:
                raise SystemExit(f"the search in {out} failed")
            known.append(_per_hour(out))
            print(f"round {turn + 1}: {workers} workers, {known[-1]:.0f} trials per hour", flush=True)
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    print(f"2 workers against 1, one core each: {two / one:.2f} times the trials per hour")


def watch_memory(out: Path, data: str, trials: int) -> None:
    """Resident memory in MiB of coordinator and workers, by the number of trials begun."""
    process = _started([data], out, "--trials", str(trials), *MEMORY)
    coordinator, rows = psutil.Process(process.pid), []
    while process.poll() is None:
        time.sleep(1.0)
        with suppress(psutil.Error):  # a worker may just have been replaced
            held = [item.memory_info().rss / 2**20 for item in (coordinator, *coordinator.children())]
            rows.append((_begun(out), held[0], max(held[1:], default=0.0)))
    searching = [row for row in rows if row[0] < trials]  # finishing is not searching
    at_50 = next((row for row in searching if row[0] >= 50), searching[-1])
    last = searching[-1]
    print(f"coordinator: {at_50[1]:.0f} MiB at trial {at_50[0]}, {last[1]:.0f} at trial {last[0]}")
    print(f"largest worker: {max(row[2] for row in rows):.0f} MiB over {trials} trials")


def _started(data: list[str], out: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "automl", "search", *data, "--out", str(out), "--quiet", *SEARCH]
    return subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)


def _per_hour(out: Path) -> float:
    trials = load_study(out, "measured").trials
    begun = min(trial.datetime_start for trial in trials if trial.datetime_start)
    ended = max(trial.datetime_complete for trial in trials if trial.datetime_complete)
    return len(trials) / (ended - begun).total_seconds() * 3600


def _begun(out: Path) -> int:
    try:
        return len(load_study(out, "measured").get_trials(deepcopy=False))
    except AutomlError:  # it is not there yet
        return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.workers", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--table", metavar="FILE")
    parser.add_argument("--target", metavar="COL")
    parser.add_argument("--trials", type=int, default=20, help="of each search")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=0, metavar="TRIALS")
    parser.add_argument("--data", default="sklearn:wine", help="of --memory: sklearn:wine")
    return parser.parse_args()


if __name__ == "__main__":
    main()
