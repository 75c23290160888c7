"""Searches that train: ours by default, ours with Optuna's TPE and no pruner, KerasTuner's Hyperband.

    python -m benchmarks.real_search --data DIR [--sets adult,...] [--methods ours,...] [--seeds 3]

Every search gets so many minutes (--minutes 5) from the start of its command, imports and preparation
included, on the same data, validation part, space and objective. What counts is the best validation score
over that time, as trainings pause or end. With --json FILE it can be gone on with: what stands there is not
repeated.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from automl.core.errors import AutomlError, SearchError
from automl.study.opening import load_study
from automl.study.storage.stored import has_record, record_of
from benchmarks.arguments import names_of

SETS: Mapping[str, Mapping[str, Any]] = {
    "adult": {"data": "tabular/adult/adult-train.csv", "target": ["income"]},
    "california_housing": {
        "data": "tabular/california_housing/housing.csv",
        "target": ["median_house_value"],
    },
    "cifar10_subset": {"data": "image_classification/cifar10_subset/train"},
    "sst2": {"data": "text_classification/sst2/train.tsv", "target": ["c1"], "header": False},
}
"""Jobs by name; paths are below ``--data``."""

SHOWN = (0.1, 0.25, 0.5, 1.0)
"""Shares of the time at which the best score is shown."""

NAME = "measured"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One search.

    Attributes:
        data: name of the data set.
        method: who searched.
        seed: of split, method and trainings.
        seconds: that it was given.
        maximize: whether a larger score is better.
        found: seconds since the start of the command, and validation score, of each training that paused or
            ended.
    """

    data: str
    method: str
    seed: int
    seconds: float
    maximize: bool
    found: tuple[tuple[float, float], ...]

    def best(self, share: float) -> float | None:
        """The best score after a share of the time, None before there is one."""
        scores = [score for when, score in self.found if when <= share * self.seconds]
        return (max if self.maximize else min)(scores) if scores else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        sets = names_of(options.sets, SETS, "data set")
        methods = names_of(options.methods, METHODS, "method")
        runs = _read(options.json)
        for seed in range(options.seeds):
            for data in sets:
                for method in methods:
                    if any((run.data, run.method, run.seed) == (data, method, seed) for run in runs):
                        continue
                    runs.append(search(options.data, data, method, seed, 60 * options.minutes))
                    print(_line_of(runs[-1]), file=sys.stderr, flush=True)
                    _write(options.json, runs)
        print(report([run for run in runs if run.data in sets and run.method in methods]))
    except AutomlError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def search(folder: Path, data: str, method: str, seed: int, seconds: float) -> Run:
    """Let a method search a data set, in a process of its own."""
    job = {**SETS[data], "data": str((folder / SETS[data]["data"]).absolute()), "seed": seed}
    maximize, found = METHODS[method](job, seconds)
    return Run(data=data, method=method, seed=seed, seconds=seconds, maximize=maximize, found=tuple(found))


def report(runs: Sequence[Run]) -> str:
    """Return per data set the best scores over time, and the area above the curve."""
    parts = []
    for data in dict.fromkeys(run.data for run in runs):
        own = [run for run in runs if run.data == data]
        lines = [f"{data}, best validation score after a share of {own[0].seconds:.0f} s, and area", ""]
        lines += [_row(["method", "seeds", *(f"{share:.0%}" for share in SHOWN), "area"])]
        lines += [_row(["---"] * (len(SHOWN) + 3))]
        for method in dict.fromkeys(run.method for run in own):
            theirs = [run for run in own if run.method == method]
            cells = [_mean(run.best(share) for run in theirs) for share in SHOWN]
            areas = [area(run, own) for run in theirs]
            lines += [_row([method, str(len(theirs)), *cells, f"{statistics.fmean(areas):.3f}"])]
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, LEGEND])


LEGEND = """area: mean over the time of how far the best score so far lies behind the best that any search
found, in units of the distance between that and the median of all first scores; at most 1, which is also
what counts before there is a score. Smaller is better."""


def area(run: Run, runs: Sequence[Run]) -> float:
    """The mean distance behind the best score of all runs, see ``LEGEND``.

    Args:
        run: one search.
        runs: all of its data set.
    """
    sign = -1.0 if run.maximize else 1.0
    best = min(sign * score for other in runs for _, score in other.found)
    first = statistics.median(sign * other.found[0][1] for other in runs if other.found)
    behind, since, total = 1.0, 0.0, 0.0
    for when, score in sorted(run.found):
        when = min(when, run.seconds)
        total += behind * (when - since)
        since = when
        behind = min(behind, max(0.0, (sign * score - best) / max(first - best, 1e-12)))
    return (total + behind * (run.seconds - since)) / run.seconds


def _ours(*options: str) -> Callable[[Mapping[str, Any], float], tuple[bool, list[tuple[float, float]]]]:
    def run(job: Mapping[str, Any], seconds: float) -> tuple[bool, list[tuple[float, float]]]:
        with tempfile.TemporaryDirectory() as place:
            out, began = Path(place) / "job", time.time()
            _done([sys.executable, "-m", "automl", "search", *_flags(job, out, seconds), *options])
            return _found(out, began)

    return run


def _flags(job: Mapping[str, Any], out: Path, seconds: float) -> list[str]:
    named = ["--name", NAME, "--out", str(out), "--seed", str(job["seed"]), "--time", f"{seconds:.0f}s"]
    target = [flag for column in job.get("target", ()) for flag in ("--target", column)]
    header = [] if job.get("header", True) else ["--no-header"]
    return [job["data"], *named, *target, *header, "--no-tracking", "--quiet"]


def _found(out: Path, began: float) -> tuple[bool, list[tuple[float, float]]]:
    study, found = load_study(out, NAME), []
    for trial in study.get_trials(deepcopy=False):
        if not has_record(trial):
            continue
        record = record_of(trial)
        found += [(rung.time - began, rung.scores[0]) for rung in record.rungs]
        if record.state == "complete" and trial.datetime_complete is not None:
            found.append((trial.datetime_complete.timestamp() - began, record.scores[0]))
    return study.direction.name == "MAXIMIZE", sorted(found)


def _kerastuner(job: Mapping[str, Any], seconds: float) -> tuple[bool, list[tuple[float, float]]]:
    order = {"job": job, "seconds": seconds, "began": time.time()}
    answer = json.loads(
        _done([sys.executable, "-m", "benchmarks.real_search.peer", json.dumps(order)]).splitlines()[-1]
    )
    return answer["maximize"], [(when, score) for when, score in answer["found"]]


METHODS = {
    "ours": _ours(),
    "tpe": _ours("--sampler", "tpe", "--pruner", "none"),
    "kt hyperband": _kerastuner,
}
"""Who can search, by name."""


def _done(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SearchError(f"{' '.join(command[:5])} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def _read(path: Path | None) -> list[Run]:
    if path is None or not path.exists():
        return []
    rows = json.loads(path.read_text())
    return [Run(**{**row, "found": tuple((when, score) for when, score in row["found"])}) for row in rows]


def _write(path: Path | None, runs: Sequence[Run]) -> None:
    """After every search: a long run may be cut short."""
    if path is not None:
        path.write_text(json.dumps([asdict(run) for run in runs], indent=1))


def _line_of(run: Run) -> str:
    return f"{run.data}, {run.method}, seed {run.seed}: {len(run.found)} trainings, best {run.best(1.0)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _mean(scores: Iterable[float | None]) -> str:
    known = [score for score in scores if score is not None]
    return f"{statistics.fmean(known):.5g}" if known else "-"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.real_search", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of data sets")
    parser.add_argument("--sets", default=",".join(SETS), help="which data sets, separated by commas")
    parser.add_argument("--methods", default=",".join(METHODS), help="which methods, separated by commas")
    parser.add_argument("--minutes", type=float, default=5.0, help="of each search: 5")
    parser.add_argument("--seeds", type=int, default=3, help="searches per data set and method: 3")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep every search here, and go on from it"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
