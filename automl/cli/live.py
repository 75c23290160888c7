"""What a running search shows: a live table on a terminal, a plain line per trial elsewhere. On stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.cli.text import configuration_text, duration_text
from automl.core.specs import Configuration, Objective, TrialRecord
from automl.jobs.progress import SilentProgress

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from automl.jobs.progress import Progress

SHOWN = 8
"""Finished trials that the live table shows, the latest last."""


def watcher(*, quiet: bool) -> Progress:
    """Return what watches a job: warnings only, a live table on a terminal, or plain lines."""
    if quiet:
        return WarningProgress()
    return LiveProgress() if sys.stderr.isatty() else PlainProgress()


class WarningProgress(SilentProgress):
    """Prints nothing but warnings."""

    def note(self, text: str) -> None:
        """See ``Progress``."""
        if text.startswith("Warning"):
            print(text, file=sys.stderr, flush=True)


class PlainProgress:
    """A line per note and per trial."""

    def __init__(self) -> None:
        self._objectives: tuple[Objective, ...] = ()
        self._trials: int | None = None
        self._deadline: float | None = None

    def start(
        self, *, name: str, objectives: tuple[Objective, ...], trials: int | None, deadline: float | None
    ) -> None:
        """See ``Progress``."""
        self._objectives, self._trials, self._deadline = objectives, trials, deadline
        goal = ", ".join(f"{item.label} ({item.direction})" for item in objectives)
        limits = [f"{trials} trials" if trials else "", _left(deadline)]
        self._print(f"Searching {name!r} for {goal}: {', '.join(item for item in limits if item)}")

    def note(self, text: str) -> None:
        """See ``Progress``."""
        self._print(text)

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        text = f"{trial_line(record, self._objectives)} | best {_score(best, self._objectives)}"
        self._print(f"{text} | {_left(self._deadline)}" if self._deadline else text)

    def stop(self) -> None:
        """See ``Progress``."""

    def _print(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class LiveProgress:
    """A table that is drawn anew as epochs and trials end; notes scroll above it."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._lines: list[str] = []
        self._objectives: tuple[Objective, ...] = ()
        self._trials: int | None = None
        self._deadline: float | None = None
        self._done = 0
        self._failed = 0
        self._best: TrialRecord | None = None
        self._running = ""
        self._epochs = 0

    def start(
        self, *, name: str, objectives: tuple[Objective, ...], trials: int | None, deadline: float | None
    ) -> None:
        """See ``Progress``."""
        from rich.console import Console
        from rich.live import Live

        self._objectives, self._trials, self._deadline = objectives, trials, deadline
        self._name = name
        self._live = Live(console=Console(stderr=True), get_renderable=self._table, refresh_per_second=2)
        self._live.start()

    def note(self, text: str) -> None:
        """See ``Progress``."""
        if self._live is None:
            print(text, file=sys.stderr, flush=True)
        else:
            self._live.console.print(text, markup=False, highlight=False)

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""
        self._epochs = epochs
        self._running = f"trial {number}: {configuration_text(configuration, most=5)}"

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""
        label = self._objectives[0].label
        value = metrics.get(label)
        score = "" if value is None else f", {label} {value:.5g}"
        self._running = f"trial {number}: epoch {epoch} of {self._epochs}{score}"

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        self._done += 1
        self._failed += record.state == "failed"
        self._best, self._running = best, ""
        self._lines = [*self._lines, trial_line(record, self._objectives)][-SHOWN:]

    def stop(self) -> None:
        """See ``Progress``."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _table(self) -> Table:
        from rich.table import Table

        table: Any = Table(title=f"automl: {self._name}", title_justify="left", show_header=False, box=None)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        of = f" of {self._trials}" if self._trials else ""
        table.add_row("trials", f"{self._done}{of} done, {self._failed} failed")
        table.add_row("best", _score(self._best, self._objectives))
        table.add_row("time left", _left(self._deadline) or "no limit")
        table.add_row("now", self._running or "proposing")
        for line in self._lines:
            table.add_row("", line, style="dim")
        return table  # type: ignore[no-any-return]


def trial_line(record: TrialRecord, objectives: tuple[Objective, ...]) -> str:
    """Return one line on a finished trial."""
    result = _score(record, objectives) if record.scores else record.reason
    state = "" if record.state == "complete" else f" {record.state}"
    return (
        f"trial {record.number}{state}: {result} | {record.epochs} epochs, {record.seconds:.1f} s | "
        f"{configuration_text(_unprefixed(record.configuration), most=5)}"
    )


def _unprefixed(configuration: Configuration) -> dict[str, object]:
    return {name.rpartition(".")[2]: value for name, value in configuration.items()}


def _score(record: TrialRecord | None, objectives: tuple[Objective, ...]) -> str:
    if record is None or not record.scores:
        return "none yet"
    parts = zip(objectives, record.scores, strict=False)
    return ", ".join(f"{item.label} {score:.5g}" for item, score in parts)


def _left(deadline: float | None) -> str:
    return "" if deadline is None else f"{duration_text(deadline - time.monotonic())} left"
