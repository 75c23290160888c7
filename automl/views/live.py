"""A live view of a search in a terminal: what it is doing, its progress and its leaders."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from automl.core.amounts import plain_number
from automl.core.phases import Phase
from automl.core.specs import Configuration, TrialRecord
from automl.jobs.intake.story import goal_text
from automl.jobs.progress import NO_SEARCH, Announcement
from automl.views.lines import (
    EXPLAINED,
    Standings,
    epochs_text,
    phase_line,
    score_text,
    state_word,
    trial_line,
    unprefixed,
)
from automl.views.screens import Screen, TerminalScreen
from automl.views.text import configuration_text, duration_text

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

SHOWN = 5
"""Leaders that are shown."""

BAR = 28
"""Width of a bar in columns."""


class LiveProgress:
    """A view that is drawn anew again and again; notes stay above it.

    Args:
        started: ``time.monotonic()`` of the begin of the command.
        screen: where it is drawn; a terminal on stderr by default.
    """

    def __init__(self, started: float | None = None, screen: Screen | None = None) -> None:
        self._started = time.monotonic() if started is None else started
        self._screen: Screen = screen or TerminalScreen()
        self._open = False
        self._search = NO_SEARCH
        self._searching = False
        self._standings = Standings()
        self._best: TrialRecord | None = None
        self._last = ""
        self._phase: Phase | None = None
        self._running: dict[int, tuple[int, int, str, float]] = {}
        self._unexplained = dict(EXPLAINED)
        self._lock = threading.RLock()

    def start(self, search: Announcement) -> None:
        """See ``Progress``."""
        with self._lock:
            self._search, self._standings = search, Standings(search.earlier)
            self._searching = True
        self._shown()

    def note(self, text: str) -> None:
        """See ``Progress``."""
        from rich.text import Text

        self._shown().say(Text(text))  # which is not markup, whatever it holds

    def phase(self, phase: Phase | None) -> None:
        """See ``Progress``."""
        self._phase = phase
        self._shown()

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""
        with self._lock:
            paused = self._standings.begun(number)
            done, text = (paused.epochs, "continuing") if paused else (0, "building and compiling")
            self._running[number] = (done, epochs, text, time.monotonic())

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""
        label = self._search.objectives[0].label
        text = f"{label} {plain_number(metrics[label])}" if label in metrics else ""
        with self._lock:
            _, epochs, _, began = self._running.get(number, (0, epoch, "", time.monotonic()))
            self._running[number] = (epoch, epochs, text, began)

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        with self._lock:
            self._standings.ended(record)
            self._best = best
            self._running.pop(record.number, None)
            self._last = trial_line(record, self._search.objectives)
        if explained := self._unexplained.pop(record.state, ""):
            self.note(explained)

    def stop(self) -> None:
        """See ``Progress``."""
        with self._lock:
            self._searching = False
            self._running.clear()
        if self._open and self._standings.leaders(self._search.objectives[0], 1):
            self._screen.say(self._leaders())

    def close(self) -> None:
        """Take the view away."""
        if self._open:
            self._screen.close()
            self._open = False

    def view(self) -> Group:
        """Return what is shown now."""
        from rich.console import Group

        with self._lock:
            return Group(*self._parts())

    def _shown(self) -> Screen:
        if not self._open:
            self._open = True
            self._screen.show(self.view)
        return self._screen

    def _parts(self) -> Iterator[RenderableType]:
        if self._phase is not None:
            yield self._phase_row(self._phase)
        if self._searching:
            yield self._overview()
            if self._standings.leaders(self._search.objectives[0], 1):
                yield ""
                yield self._leaders()
        # Ctrl-C is echoed where the cursor is: behind a full line it would begin another one, and the view,
        # taken for a line shorter than it then is, would leave its first line behind
        yield ""

    def _phase_row(self, phase: Phase) -> RenderableType:
        row: Any = _grid()
        elapsed = duration_text(time.monotonic() - self._started)
        bar = _bar(phase.done, phase.total) if phase.total else _spinner()
        row.add_row(elapsed, _beside(bar, phase_line(phase)))
        return row  # type: ignore[no-any-return]

    def _overview(self) -> Table:
        rows = _grid()
        search, elapsed = self._search, time.monotonic() - self._started
        rows.add_row("goal", goal_text(search.objectives))
        if search.deadline is not None:
            left = max(search.deadline - time.monotonic(), 0.0)
            text = f"{duration_text(elapsed)}, {duration_text(left)} left"
            rows.add_row("time", _beside(_bar(elapsed, elapsed + left), text))
        else:
            rows.add_row("time", duration_text(elapsed))
        rows.add_row("trials", self._standings.counts(search.trials))
        rows.add_row("best", _best_text(self._best, search.objectives))
        for number in list(self._running):
            rows.add_row(f"trial {number}", self._trial(number))
        if not self._running:
            rows.add_row("now", "choosing the next trial" if self._phase is None else "")
        if self._last:
            rows.add_row("last", f"[dim]{_escaped(self._last)}[/dim]")
        return rows  # type: ignore[no-any-return]

    def _trial(self, number: int) -> RenderableType:
        done, epochs, text, began = self._running[number]
        if not done:
            return f"{text}, {duration_text(time.monotonic() - began)}"
        return _beside(_bar(done, epochs), f"epoch {done} of {epochs}  {text}")

    def _leaders(self) -> Table:
        from rich.table import Table

        table: Any = Table(box=None, pad_edge=False, header_style="dim", expand=True)
        label = self._search.objectives[0].label
        for name in ("trial", label, "epochs"):
            table.add_column(name, justify="right", no_wrap=True, min_width=max(len(name), 8))
        table.add_column("state", no_wrap=True, min_width=8)
        table.add_column("configuration", no_wrap=True, overflow="ellipsis", ratio=1)
        for record in self._standings.leaders(self._search.objectives[0], SHOWN):
            table.add_row(
                str(record.number),
                plain_number(record.scores[0]),
                str(record.epochs),
                state_word(record),
                configuration_text(unprefixed(record.configuration), most=7),
            )
        return table  # type: ignore[no-any-return]


def _grid() -> Any:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(style="bold", no_wrap=True, min_width=9)
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    return grid


def _beside(bar: RenderableType, text: str) -> RenderableType:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    grid.add_row(bar, text)
    return grid


def _bar(done: float, total: float) -> RenderableType:
    from rich.progress_bar import ProgressBar

    return ProgressBar(total=max(total, 1e-9), completed=min(done, total), width=BAR)


def _spinner() -> RenderableType:
    from rich.spinner import Spinner

    return Spinner("dots")


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _best_text(best: TrialRecord | None, objectives: Any) -> str:
    where = "" if best is None else f" (trial {best.number}, {epochs_text(best.epochs)})"
    return f"{score_text(best, objectives)}{where}"
