"""How fast trials are trained: our engine against KerasTuner and plain ``Model.fit``.

    python -m benchmarks.training [--rows digits,adult,cnn,lstm,transformer,ngrams] [--trials N]
        [--epochs N] [--rounds N] [--against fit,kerastuner] [--json FILE]
    python -m benchmarks.training --memory

Every side runs in a process of its own, in turns with the others. ``--memory`` shows instead how much a
long search of ours grows. Progress goes to the standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from automl.core.errors import AutomlError, ConfigError, MissingDependencyError, SearchError
from automl.data.modality import USUAL_BACKEND
from benchmarks.arguments import names_of
from benchmarks.training.record import Job, Measurement, parse_measurement
from benchmarks.training.rows import MEMORY_ROWS, ROWS, find_row
from benchmarks.training.table import LEGEND, TITLES, memory_table, times_table

ROOT = Path(__file__).parents[2]
OURS = "ours"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        rows = list(MEMORY_ROWS) if options.memory else names_of(options.rows, ROWS, "row")
        opponents = [] if options.memory else names_of(options.against, TITLES, "opponent")
        _check(options, opponents)
        measured = _measure(options, rows, opponents)
    except AutomlError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"{_shown(measured, rows, opponents)}\n\n" + "\n".join(_machine()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.training", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--rows", default=",".join(ROWS), help="which rows, separated by commas")
    parser.add_argument("--trials", type=int, help="trials of every row instead of its own number")
    parser.add_argument("--epochs", type=int, help="epochs of every trial instead of the row's own number")
    parser.add_argument("--rounds", type=int, help="how often each side runs: 5, or 1 with --memory")
    parser.add_argument("--against", default=",".join(TITLES), help="opponents, separated by commas")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every measurement here")
    parser.add_argument("--memory", action="store_true", help="how much a search grows, instead of times")
    return parser


def _check(options: argparse.Namespace, opponents: Sequence[str]) -> None:
    for name in ("trials", "epochs", "rounds"):
        value = getattr(options, name)
        if value is not None and value < 1:
            raise ConfigError(f"--{name} must be at least 1, got {value}.")
    if "kerastuner" in opponents and find_spec("keras_tuner") is None:
        raise MissingDependencyError(
            "keras_tuner is not installed. Install it with: pip install 'automl-keras[bench]', or leave "
            "it out with: --against fit"
        )


def _measure(
    options: argparse.Namespace, rows: Sequence[str], opponents: Sequence[str]
) -> list[Measurement]:
    """Run every side of every row in every round; the order of the sides turns from round to round."""
    measured: list[Measurement] = []
    rounds = options.rounds or (1 if options.memory else 5)
    sides = [OURS, *opponents]
    for name in rows:
        row = find_row(name)
        trials, epochs = options.trials or row.trials, options.epochs or row.epochs
        for number in range(rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                _say(f"{name}, round {number + 1} of {rounds}, {side}: ", end="")
                job = Job(side=side, row=name, trials=trials, epochs=epochs, seed=number)
                measured.append(_apart(job))
                _say(f"{trials} trials in {measured[-1].ends[-1]:.1f} s")
                _write(options.json, measured)
    return measured


def _shown(measured: Sequence[Measurement], rows: Sequence[str], opponents: Sequence[str]) -> str:
    """All tables."""
    if not opponents:
        return memory_table({row: _of(measured, row, OURS) for row in rows})
    tables = []
    for opponent in opponents:
        sides = {row: (_of(measured, row, OURS), _of(measured, row, opponent)) for row in rows}
        rounds = {row: list(zip(*pair, strict=True)) for row, pair in sides.items()}
        tables.append(times_table(opponent, rounds))
    return "\n\n".join([*tables, LEGEND])


def _apart(job: Job) -> Measurement:
    """Do a job in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.training.sides", json.dumps(asdict(job))]
    # opponents run on the backend that they have by default, and so do we
    backend = find_row(job.row).backend if job.side == OURS else USUAL_BACKEND
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": backend, **os.environ}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SearchError(f"The side {job.side!r} failed on the row {job.row!r}:\n{done.stderr[-3000:]}")
    return parse_measurement(done.stdout.splitlines()[-1])


def _write(path: Path | None, measured: Sequence[Measurement]) -> None:
    """After every measurement: a long run may be cut short."""
    if path is not None:
        plain = {"machine": _machine(), "measurements": [asdict(item) for item in measured]}
        path.write_text(json.dumps(plain, indent=1))


def _of(measured: Iterable[Measurement], row: str, side: str) -> list[Measurement]:
    return [item for item in measured if (item.job.row, item.job.side) == (row, side)]


def _machine() -> list[str]:
    names = ("keras", "tensorflow", "jax", "keras-tuner", "optuna", "numpy")
    return [
        f"{os.cpu_count()} CPU cores, {platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}, Keras backend {os.environ.get('KERAS_BACKEND', 'by default')}",
        ", ".join(f"{name} {_version(name)}" for name in names if _version(name)),
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
