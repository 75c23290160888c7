"""A search in plain lines, each with the time since the command started: for pipes, files and notebooks."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from automl.core.amounts import plain_number
from automl.core.phases import Phase
from automl.core.specs import Configuration, TrialRecord
from automl.jobs.intake.story import goal_text
from automl.jobs.progress import NO_SEARCH, Announcement
from automl.views.lines import (
    EXPLAINED,
    Standings,
    left_text,
    phase_line,
    score_text,
    trial_line,
)
from automl.views.text import duration_text

TALKATIVE = 40
"""Lines on trials after which they become seldom."""

SELDOM = 10.0
"""Seconds between lines on trials from then on; failures and new best trials are always told."""

PATIENCE = 1.5
"""Seconds that a phase may take without a word."""

REPEATS = (10.0, 30.0)
"""Seconds until a phase that goes on is told again, the first time and later."""

SILENCE = 30.0
"""Seconds without a line during the trials, after which it is told how the running ones stand."""

INDENT = " " * 7


@dataclass
class _Running:
    """A trial that is trained: its full length, the epochs so far, when it began, its score."""

    epochs: int
    done: int = 0
    score: str = ""
    began: float = field(default_factory=time.monotonic)


class PlainProgress:
    """A line per note, per phase that takes longer, per trial that pauses, goes on or ends.

    In long searches only some of these; and a sign of life where nothing else has been told for a while.

    Args:
        started: ``time.monotonic()`` of the begin of the command.
        stream: where the lines go; whatever ``sys.stderr`` is then by default.
    """

    def __init__(self, started: float | None = None, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._started = time.monotonic() if started is None else started
        self._search = NO_SEARCH
        self._standings = Standings()
        self._best: TrialRecord | None = None
        self._running: dict[int, _Running] = {}
        self._told = 0
        self._paused: int | None = None  # the trial that the last line says has paused: it just goes on
        self._told_trial = self._last = self._started
        self._phase: Phase | None = None
        self._repeats = 0
        self._unexplained = dict(EXPLAINED)
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._heart: threading.Thread | None = None

    def start(self, search: Announcement) -> None:
        """See ``Progress``."""
        self._search, self._standings = search, Standings(search.earlier)
        limits = [
            f"{search.trials} trial{'s' * (search.trials > 1)}" if search.trials else "",
            left_text(search.deadline),
        ]
        text = f"Searching for the best {goal_text(search.objectives)}"
        text += f": {', '.join(item for item in limits if item)}" if any(limits) else ""
        self._print(f"{text}; so far {self._standings.counts()}" if search.earlier else text)

    def note(self, text: str) -> None:
        """See ``Progress``."""
        self._print(text)

    def phase(self, phase: Phase | None) -> None:
        """See ``Progress``."""
        with self._lock:
            self._phase, self._repeats = phase, 0
            if self._heart is None:
                self._heart = threading.Thread(target=self._beat, name="automl-progress", daemon=True)
                self._heart.start()

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""
        paused = self._standings.begun(number)
        with self._lock:
            self._running[number] = _Running(epochs, paused.epochs if paused else 0)
        if paused is not None and self._talkative and number != self._paused:
            self._tell(f"trial {number} continues from epoch {paused.epochs} of {epochs}")

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""
        label = self._search.objectives[0].label if self._search.objectives else ""
        with self._lock:
            if number in self._running:
                self._running[number].done = epoch
                self._running[number].score = (
                    f", {label} {plain_number(metrics[label])}" if label in metrics else ""
                )

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        with self._lock:
            self._standings.ended(record)
            self._running.pop(record.number, None)
            self._best = best
        leads = best is not None and best.number == record.number and record.state != "failed"
        due = self._talkative or time.monotonic() - self._told_trial >= SELDOM
        if not (due or leads or record.state == "failed"):
            return
        parts = [trial_line(record, self._search.objectives)]
        parts += ["best so far" if leads else f"best {score_text(best, self._search.objectives)}"]
        parts += [] if self._talkative else [self._standings.counts(self._search.trials)]
        parts += [left_text(self._search.deadline)] if self._search.deadline else []
        self._tell(" | ".join(parts))
        self._paused = record.number if record.state == "paused" else None
        if explained := self._unexplained.pop(record.state, ""):
            self._print(f"  ({explained})")

    def stop(self) -> None:
        """See ``Progress``."""
        self._running.clear()

    def close(self) -> None:
        """Say nothing more of itself."""
        self._closed.set()

    @property
    def _talkative(self) -> bool:
        return self._told < TALKATIVE

    def _tell(self, text: str) -> None:
        self._told += 1
        self._paused = None
        self._told_trial = time.monotonic()
        self._print(text)

    def _beat(self) -> None:
        while not self._closed.wait(0.25):
            with self._lock:
                text = self._overdue(time.monotonic())
                if text:
                    self._print(text)

    def _overdue(self, now: float) -> str:
        """What is to be told because nothing was for a while, or nothing."""
        if self._phase is not None:
            since, repeats = self._phase.began if not self._repeats else self._last, self._repeats
            if now - since < (PATIENCE, *REPEATS)[min(repeats, len(REPEATS))]:
                return ""
            self._repeats += 1
            return phase_line(self._phase)
        if not self._running or now - self._last < SILENCE:
            return ""
        running = "; ".join(self._state_of(number) for number in list(self._running)[:3])
        parts = [running, f"best {score_text(self._best, self._search.objectives)}"]
        return " | ".join([*parts, *filter(None, [left_text(self._search.deadline)])])

    def _state_of(self, number: int) -> str:
        trial = self._running[number]
        if not trial.done:
            took = duration_text(time.monotonic() - trial.began)
            return f"trial {number}: building and compiling ({took})"
        return f"trial {number}: epoch {trial.done} of {trial.epochs}{trial.score}"

    def _print(self, text: str) -> None:
        with self._lock:
            self._last = time.monotonic()
            first, *rest = text.splitlines() or [""]
            lines = [f"{duration_text(self._last - self._started):>5}  {first}"]
            lines += [INDENT + line for line in rest]
            say("\n".join(lines), self._stream)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print on stderr; nobody may be listening any more, which is no reason to end a search."""
    with suppress(OSError, ValueError):
        print(text, file=stream or sys.stderr, flush=True)
