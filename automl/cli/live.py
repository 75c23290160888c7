"""What a running search shows: a live table on a terminal, plain lines elsewhere. On stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl.cli.text import configuration_text, duration_text
from automl.core.phases import Phase
from automl.core.specs import Configuration, Objective, TrialRecord
from automl.jobs.progress import Announcement, SilentProgress

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from automl.jobs.progress import Progress

SHOWN = 8
"""Trials that the live table shows, the latest last."""

TALKATIVE = 40
"""Plain lines on trials after which they become seldom."""

SELDOM = 10.0
"""Seconds between plain lines from then on; failures and new best trials are always told."""


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


_UNKNOWN = Announcement(name="", objectives=(), trials=None, deadline=None)


class Standings:
    """How the trials of a search stand, the latest word on each."""

    def __init__(self, earlier: Sequence[TrialRecord] = ()) -> None:
        self._latest = {record.number: record for record in earlier}
        self._begun = set(self._latest)

    def begun(self, number: int) -> TrialRecord | None:
        """Hear that a trial is trained; returns how it stood when it paused, None if it begins."""
        self._begun.add(number)
        known = self._latest.get(number)
        return known if known is not None and known.state == "paused" else None

    def ended(self, record: TrialRecord) -> None:
        """Hear how a trial ended or paused."""
        self._begun.add(record.number)
        self._latest[record.number] = record

    def counts(self, trials: int | None = None) -> str:
        """Return ``12 of 20 begun, 3 finished, 5 wait, 1 failed``, without what there is none of."""
        states = [record.state for record in self._latest.values()]
        finished = states.count("complete")
        parts = [f"{len(self._begun)}{f' of {trials}' if trials else ''} begun", f"{finished} finished"]
        rest = {"wait": "paused", "pruned": "pruned", "failed": "failed"}
        return ", ".join(parts + [f"{states.count(s)} {word}" for word, s in rest.items() if s in states])


class PlainProgress:
    """A line per note, and per trial that pauses, goes on or ends; in long searches only some of these."""

    def __init__(self) -> None:
        self._search = _UNKNOWN
        self._standings = Standings()
        self._told = 0
        self._last = 0.0

    def start(self, search: Announcement) -> None:
        """See ``Progress``."""
        self._search, self._standings = search, Standings(search.earlier)
        goal = ", ".join(f"{item.label} ({item.direction})" for item in search.objectives)
        limits = [f"{search.trials} trials" if search.trials else "", _left(search.deadline)]
        text = f"Searching {search.name!r} for {goal}: {', '.join(item for item in limits if item)}"
        self._print(f"{text}; so far {self._standings.counts()}" if search.earlier else text)

    def note(self, text: str) -> None:
        """See ``Progress``."""
        self._print(text)

    def phase(self, phase: Phase | None) -> None:
        """See ``Progress``."""

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""
        paused = self._standings.begun(number)
        if paused is not None and self._talkative:
            self._tell(f"trial {number} goes on from epoch {paused.epochs} of {epochs}")

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        self._standings.ended(record)
        leads = best is not None and best.number == record.number and record.state != "failed"
        due = self._talkative or time.monotonic() - self._last >= SELDOM
        if not (due or leads or record.state == "failed"):
            return
        parts = [
            trial_line(record, self._search.objectives),
            f"best {_score(best, self._search.objectives)}",
        ]
        parts += [] if self._talkative else [self._standings.counts(self._search.trials)]
        self._tell(" | ".join([*parts, _left(self._search.deadline)] if self._search.deadline else parts))

    def stop(self) -> None:
        """See ``Progress``."""

    @property
    def _talkative(self) -> bool:
        return self._told < TALKATIVE

    def _tell(self, text: str) -> None:
        self._told += 1
        self._last = time.monotonic()
        self._print(text)

    def _print(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class LiveProgress:
    """A table that is drawn anew as epochs and trials end; notes scroll above it."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._lines: dict[int, str] = {}
        self._search = _UNKNOWN
        self._standings = Standings()
        self._best: TrialRecord | None = None
        self._running: dict[int, tuple[int, str]] = {}

    def start(self, search: Announcement) -> None:
        """See ``Progress``."""
        from rich.console import Console
        from rich.live import Live

        self._search, self._standings = search, Standings(search.earlier)
        self._live = Live(console=Console(stderr=True), get_renderable=self.table, refresh_per_second=2)
        self._live.start()

    def note(self, text: str) -> None:
        """See ``Progress``."""
        if self._live is None:
            print(text, file=sys.stderr, flush=True)
        else:
            self._live.console.print(text, markup=False, highlight=False)

    def phase(self, phase: Phase | None) -> None:
        """See ``Progress``."""

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""
        paused = self._standings.begun(number)
        onward = f"trial {number} goes on from epoch {paused.epochs} of {epochs}" if paused else ""
        text = onward or f"trial {number}: {configuration_text(configuration, most=5)}"
        self._running[number] = (epochs, text)

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""
        label = self._search.objectives[0].label
        value = metrics.get(label)
        score = "" if value is None else f", {label} {value:.5g}"
        epochs, _ = self._running[number]
        self._running[number] = (epochs, f"trial {number}: epoch {epoch} of {epochs}{score}")

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        self._standings.ended(record)
        self._best = best
        self._running.pop(record.number, None)
        # one line per trial: that of an earlier rung makes room
        self._lines.pop(record.number, None)
        lines = {**self._lines, record.number: trial_line(record, self._search.objectives)}
        self._lines = dict(list(lines.items())[-SHOWN:])

    def stop(self) -> None:
        """See ``Progress``."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def table(self) -> Table:
        """Return what is shown now."""
        from rich.table import Table

        table: Any = Table(
            title=f"automl: {self._search.name}", title_justify="left", show_header=False, box=None
        )
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        table.add_row("trials", self._standings.counts(self._search.trials))
        table.add_row("best", _best_text(self._best, self._search.objectives))
        table.add_row("time left", _left(self._search.deadline) or "no limit")
        now = "\n".join(text for _, text in self._running.values())
        table.add_row("now", now or "proposing")
        for line in self._lines.values():
            table.add_row("", line, style="dim")
        return table  # type: ignore[no-any-return]


def trial_line(record: TrialRecord, objectives: tuple[Objective, ...]) -> str:
    """Return one line on a trial that paused or ended."""
    result = _score(record, objectives) if record.scores else record.reason
    if record.state == "paused":
        head = f"trial {record.number} at epoch {record.epochs}: {result}, waits"
    else:
        state = "finished" if record.state == "complete" else record.state
        head = f"trial {record.number} {state}: {result} | {record.epochs} epochs"
    if record.state == "paused" and record.promotions:
        return f"{head} | {record.seconds:.1f} s"
    configuration = configuration_text(_unprefixed(record.configuration), most=5)
    return f"{head} | {record.seconds:.1f} s | {configuration}"


def _unprefixed(configuration: Configuration) -> dict[str, object]:
    return {name.rpartition(".")[2]: value for name, value in configuration.items()}


def _best_text(best: TrialRecord | None, objectives: tuple[Objective, ...]) -> str:
    where = "" if best is None else f" (trial {best.number}, {best.epochs} epochs)"
    return f"{_score(best, objectives)}{where}"


def _score(record: TrialRecord | None, objectives: tuple[Objective, ...]) -> str:
    if record is None or not record.scores:
        return "none yet"
    parts = zip(objectives, record.scores, strict=False)
    return ", ".join(f"{item.label} {score:.5g}" for item, score in parts)


def _left(deadline: float | None) -> str:
    return "" if deadline is None else f"{duration_text(deadline - time.monotonic())} left"
