"""Running searches and peers, one after another, and keeping what came of each."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from automl.core.errors import SearchError
from automl.core.files import write_whole
from benchmarks.quality.cutting import Files
from benchmarks.quality.judging import Judged
from benchmarks.quality.peers import PEERS
from benchmarks.quality.sets import QualitySet

ROOT = Path(__file__).parents[2]

OURS, OTHER = "ours", "other"

PATIENCE = 600
"""Seconds past its limit after which a search is taken for hung."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """An installation of automl that is measured.

    Attributes:
        side: its name in the report.
        python: its interpreter.
        options: further options of each search.
    """

    side: str
    python: str
    options: tuple[str, ...] = ()

    def ask(self, *arguments: str, timeout: float | None = None) -> str:
        """Run ``automl`` and return its standard output.

        Raises:
            SearchError: it failed or took longer than ``timeout`` seconds.
        """
        command = [self.python, "-m", "automl", *arguments]
        # from elsewhere, as `-m` prefers what lies in the working folder
        with tempfile.TemporaryDirectory() as elsewhere:
            try:
                done = subprocess.run(
                    command,
                    capture_output=True,
                    text=True,
                    timeout=timeout,
                    cwd=elsewhere,
                    env=self._environment(),
                )
            except subprocess.TimeoutExpired:
                raise SearchError(f"{shlex.join(arguments[:2])} did not end in {timeout:.0f} s.") from None
        if done.returncode != 0:
            raise SearchError(
                f"{shlex.join(arguments[:2])} ended with {done.returncode}: {done.stderr[-1000:]}"
            )
        return done.stdout

    def _environment(self) -> dict[str, str]:
        """Ours is the code beside this benchmark; others have theirs installed."""
        rest = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return {**rest, "PYTHONPATH": str(ROOT)} if self.python == sys.executable else rest


@dataclass(frozen=True, kw_only=True)
class Run:
    """What came of a search or a peer.

    Attributes:
        name: of the data set.
        side: who: a build or a peer.
        seed: of the search.
        limit: seconds that it was given; 0 for peers, which have no limit.
        seconds: that it took, the whole command.
        cpu_seconds: of all its processes.
        scores: on the test part.
        found: what the search says of its result: family, score of validation, size of the model in bytes.
        failed: why there are no scores.
    """

    name: str
    side: str
    seed: int
    limit: float
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    scores: Mapping[str, float] = field(default_factory=dict)
    found: Mapping[str, object] = field(default_factory=dict)
    failed: str = ""

    @property
    def key(self) -> tuple[str, str, int, float]:
        """What is not run again once it is done."""
        return self.name, self.side, self.seed, self.limit


_Start: TypeAlias = Callable[[Run, Files, Path], Run]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be run.

    Attributes:
        builds: ours first.
        peers: names of those measured side by side.
        seed: of all of them.
        seconds: of each search; None: as the data set says.
        jobs: where job folders are kept; None: nowhere.
    """

    builds: Sequence[Build]
    peers: Sequence[str]
    seed: int = 0
    seconds: float | None = None
    jobs: Path | None = None

    def limit(self, item: QualitySet) -> float:
        """Seconds of a search of a data set."""
        return float(item.seconds if self.seconds is None else self.seconds)


def run_all(
    plan: Plan, sets: Sequence[QualitySet], file: Path | None, told: Callable[[Run], None]
) -> list[Run]:
    """Run what is not in the file yet, and write it after each.

    Builds take turns in being first. What failed is run again.

    Args:
        plan: what to run.
        sets: on which data.
        file: JSON that is read and written.
        told: hears of each run.

    Returns:
        all runs, those of earlier calls too.
    """
    runs = [run for run in read_runs(file) if not run.failed]
    done = {run.key for run in runs}
    for number, item in enumerate(sets):
        builds = plan.builds if number % 2 == 0 else plan.builds[::-1]
        with tempfile.TemporaryDirectory() as place:
            work, files = Path(place), None
            for run, start in _starts(plan, item, builds):
                if run.key in done:
                    continue
                files = files or item.files(work)
                runs.append(start(run, files, work))
                told(runs[-1])
                _write(file, runs)
    return runs


def read_runs(file: Path | None) -> list[Run]:
    """Return the runs that a file holds; none if it is not there."""
    if file is None or not file.exists():
        return []
    return [Run(**row) for row in json.loads(file.read_text())]


def _starts(plan: Plan, item: QualitySet, builds: Sequence[Build]) -> Iterator[tuple[Run, _Start]]:
    """Every run of a data set, still empty, with what fills it."""
    for build in builds:
        blank = Run(name=item.name, side=build.side, seed=plan.seed, limit=plan.limit(item))
        yield blank, partial(_searched, item, build, plan.jobs)
    for peer in plan.peers:
        if PEERS[peer].fits(item):
            yield Run(name=item.name, side=peer, seed=plan.seed, limit=0.0), partial(_measured, item)


def _searched(item: QualitySet, build: Build, jobs: Path | None, run: Run, files: Files, work: Path) -> Run:
    job = (jobs or work).absolute() / f"{run.name}-{run.side}-{run.seed}-{run.limit:.0f}".replace(" ", "")
    shutil.rmtree(job, ignore_errors=True)  # of a run that failed
    validation = () if files.validation is None else ("--validation", str(files.validation))
    given = ("--time", f"{run.limit:.0f}s", "--seed", str(run.seed), "--out", str(job))
    command = (*item.command, *validation, *given, "--no-tracking", "--quiet", *build.options)
    try:
        with _clock() as taken:
            build.ask("search", str(files.train), *command, timeout=run.limit + PATIENCE)
        scores = item.judge(Judged(ask=build.ask, job=job, files=files, target=item.target))
        return replace(run, **taken, scores=scores, found=_found(job))
    except (SearchError, ValueError, KeyError) as error:
        return replace(run, failed=str(error) or repr(error))


def _measured(item: QualitySet, run: Run, files: Files, work: Path) -> Run:
    with _clock() as taken:
        scores = PEERS[run.side].measure(item, files, run.seed)
    return replace(run, **taken, scores=scores)


def _found(job: Path) -> dict[str, object]:
    summary = json.loads((job / "result.json").read_text())
    family = summary.get("best_configuration", {}).get("family")
    size = (job / "model.keras").stat().st_size
    return {"family": family, "validation": summary.get("best_score"), "bytes": size}


@contextmanager
def _clock() -> Iterator[dict[str, float]]:
    """Fill in the seconds that the block takes, its processes' own included."""
    taken, wall, cpu = {}, time.monotonic(), _cpu()
    yield taken
    taken.update(seconds=time.monotonic() - wall, cpu_seconds=_cpu() - cpu)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _write(file: Path | None, runs: Sequence[Run]) -> None:
    if file is not None:
        write_whole(file, json.dumps([asdict(run) for run in runs], indent=1))
