"""What one side is asked to do in a process of its own, and what it hands back, as JSON."""

from __future__ import annotations

import itertools
import json
import math
import resource
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from automl.core.errors import SearchError

STEADY_EPOCHS = 6
"""Epochs of the fixed configuration; all but the first count as steady."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One side's part of one round.

    Attributes:
        side: ``ours``, ``fit`` or ``kerastuner``.
        row: name of the row.
        trials: how many configurations to train.
        epochs: of each trial.
        seed: of configurations, weights and batches.
    """

    side: str
    row: str
    trials: int
    epochs: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What came of a job.

    Attributes:
        job: what was done.
        ends: seconds from the start of the search to the end of each trial.
        firsts: seconds of each trial's first epoch, from the start of its training.
        resident: resident size after each trial in MiB, NaN where the system does not tell.
        steady: seconds of an epoch of the row's fixed configuration, the first epoch left out.
        peak: largest resident size up to the last trial in MiB.
        facts: what the engine says of each trial; empty for other sides.
    """

    job: Job
    ends: Sequence[float]
    firsts: Sequence[float]
    resident: Sequence[float]
    steady: float
    peak: float
    facts: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    def per_trial(self, trials: int) -> float:
        """Seconds per trial over the first ``trials`` ones."""
        return self.ends[trials - 1] / trials

    def share(self, fact: str) -> float:
        """Share of the wall time that a fact in seconds makes up; NaN when no trial tells it."""
        told = [float(facts[fact]) for facts in self.facts if fact in facts]
        return sum(told) / self.ends[-1] if told else math.nan

    def text(self) -> str:
        """The measurement as one line of JSON."""
        return json.dumps(asdict(self), default=float)


def parse_measurement(text: str) -> Measurement:
    """Read what ``Measurement.text`` wrote."""
    plain = json.loads(text)
    return Measurement(**{**plain, "job": Job(**plain["job"])})


class Recorder:
    """The clock of a side: begins with the search, is told of trials and epochs."""

    def __init__(self) -> None:
        self._ends: list[float] = []
        self._firsts: list[float] = []
        self._resident: list[float] = []
        self._facts: list[Mapping[str, Any]] = []
        self._training = self._peak = math.nan
        self._together = 1
        self._began = time.perf_counter()

    def training_starts(self, trials: int = 1) -> None:
        """The training of so many trials at once begins now; they share its time evenly."""
        self._training, self._together = time.perf_counter(), trials

    def epoch_ended(self, number: int) -> None:
        """The epoch of that number, from 1, was trained and scored."""
        if number == 1:
            self._firsts.append((time.perf_counter() - self._training) / self._together)

    def engine_said(self, facts: Mapping[str, Any]) -> None:
        """The engine told facts about the trial."""
        self._facts.append(dict(facts))

    def trial_ended(self) -> None:
        """A trial is over, its memory given back."""
        self._ends.append(time.perf_counter() - self._began)
        self._resident.append(_resident())
        self._peak = _peak()

    def measurement(self, job: Job, epoch_ends: Sequence[float]) -> Measurement:
        """Return everything.

        Args:
            job: what was done.
            epoch_ends: when each epoch of the fixed configuration ended, in seconds.

        Raises:
            SearchError: fewer trials were trained than asked for.
        """
        if not len(self._ends) == len(self._firsts) == job.trials:
            raise SearchError(f"{job.trials} trials were asked for, {len(self._firsts)} were trained.")
        spans = [after - before for before, after in itertools.pairwise(epoch_ends)]
        return Measurement(
            job=job,
            ends=self._ends,
            firsts=self._firsts,
            resident=self._resident,
            steady=statistics.median(spans),
            peak=self._peak,
            facts=self._facts,
        )


def _resident() -> float:
    """Resident size of this process in MiB."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return math.nan
    return int(pages.read_text().split()[1]) * resource.getpagesize() / 2**20


def _peak() -> float:
    """Largest resident size of this process so far in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
