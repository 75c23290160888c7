"""What worker processes bring, and what they hold: `python -m benchmarks.workers`.

Two workers against one, each on one core, on a table of the size of adult (26,000 rows, mixed columns):
trials per hour from the first begin to the last end, in turns. And the memory of coordinator and workers
over a long search of mixed trials.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from automl.study.opening import load_study
from benchmarks.training_rows import adult_frame

SPEED = (
    "--family mlp --sampler random --pruner none --no-portfolio --epochs 5 --executor pool "
    "--worker-cores 1 --no-tracking --set batch_size=256 --set patience=0"
).split()
MEMORY = "--workers 2 --epochs 6 --no-tracking --no-portfolio --sampler random".split()


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if options.trials:
            compare(folder, options.trials, options.rounds)
        if options.memory:
            watch_memory(folder, options.memory)


def compare(folder: Path, trials: int, rounds: int) -> None:
    """Two workers against one, in turns."""
    table = folder / "adult_sized.csv"
    adult_frame().to_csv(table, index=False)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(rounds):
        for workers, known in rates.items():
            out = folder / f"{workers}-{turn}"
            _search(table, out, "--workers", str(workers), "--trials", str(trials), *SPEED)
            known.append(_per_hour(out))
            print(f"round {turn + 1}: {workers} workers, {known[-1]:.0f} trials per hour", flush=True)
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    print(f"2 workers against 1, one core each: {two / one:.2f} times the trials per hour")


def watch_memory(folder: Path, trials: int) -> None:
    """Resident memory in MiB of coordinator and workers, by the number of trials ended."""
    out = folder / "memory"
    process = _started("sklearn:digits", out, "--trials", str(trials), *MEMORY)
    watched, rows = psutil.Process(process.pid), []
    while process.poll() is None:
        time.sleep(1.0)
        with_workers = [watched, *watched.children()]
        try:
            held = [item.memory_info().rss / 2**20 for item in with_workers]
        except psutil.Error:
            continue
        rows.append((_ended(out), held[0], max(held[1:], default=0.0)))
    at_50 = next((row for row in rows if row[0] >= 50), rows[-1])
    last = rows[-3]  # finishing is not searching
    print(f"coordinator: {at_50[1]:.0f} MiB at trial {at_50[0]}, {last[1]:.0f} at trial {last[0]}")
    print(f"largest worker: {max(row[2] for row in rows):.0f} MiB over {trials} trials")


def _search(data: Path, out: Path, *options: str) -> None:
    if _started(str(data), out, *options).wait() != 0:
        raise SystemExit(f"the search in {out} failed")


def _started(data: str, out: Path, *options: str) -> subprocess.Popen[bytes]:
    target = [] if data.startswith("sklearn:") else ["--target", "target"]
    command = [sys.executable, "-m", "automl", "search", data, *target, "--out", str(out), "--quiet"]
    return subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)


def _per_hour(out: Path) -> float:
    trials = load_study(out, out.parent.name if False else "adult_sized").trials
    begun = min(trial.datetime_start for trial in trials if trial.datetime_start)
    ended = max(trial.datetime_complete for trial in trials if trial.datetime_complete)
    return len(trials) / (ended - begun).total_seconds() * 3600


def _ended(out: Path) -> int:
    try:
        trials = load_study(out, "digits").get_trials(deepcopy=False)
    except Exception:  # it is not there yet
        return 0
    return sum(trial.state.is_finished() for trial in trials)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="of each search; 0 leaves the speed out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=0, metavar="TRIALS")
    return parser.parse_args()


if __name__ == "__main__":
    main()
