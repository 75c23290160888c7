"""The phases of a job, such as reading and decoding: the progress of each, and their common deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from automl.core.errors import TimeUpError

Item = TypeVar("Item")


class Phase:
    """One phase on its way.

    Args:
        name: what is done, as it stands behind "while": ``reading adult.csv``.
        total: steps in all, or None where nobody knows.
        unit: what a step is, in the plural: ``pictures``.
        advice: what would make the phase shorter, as it stands behind "or": ``a smaller --image-size``.
        deadline: ``time.monotonic()`` at which the phase is given up, or None.

    Attributes:
        done: steps so far.
        began: ``time.monotonic()`` of its begin.
    """

    def __init__(
        self,
        name: str,
        total: int | None = None,
        *,
        unit: str = "",
        advice: str = "",
        deadline: float | None = None,
    ) -> None:
        self.name, self.total, self.unit, self.advice = name, total, unit, advice
        self.deadline = deadline
        self.done = 0
        self.began = time.monotonic()
        self._lock = threading.Lock()

    def advance(self, done: int = 1) -> None:
        """Hear of further steps; from any thread.

        Raises:
            TimeUpError: the deadline has passed.
        """
        with self._lock:
            self.done += done
        self.check()

    def check(self) -> None:
        """Raise ``TimeUpError`` when the deadline has passed."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise self.time_up()

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items, each one a step that is done when the next one is asked for."""
        for item in items:
            yield item
            self.advance()

    def time_up(self) -> TimeUpError:
        """Return the error that says how far the phase came and what to do."""
        return TimeUpError(
            f"Time ran out while {self.name}{self._reached()} before any trial started. "
            f"Allow more time (--time){f', or {self.advice}' if self.advice else ''}."
        )

    def _reached(self) -> str:
        if self.total is None:
            return f" ({time.monotonic() - self.began:.0f} s so far)"
        return f" ({self.done:,} of {self.total:,}{f' {self.unit}' if self.unit else ''} done)"


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long a phase took.

    Attributes:
        name: of the phase.
        begin: seconds from the start of the command.
        seconds: that it took.
    """

    name: str
    begin: float
    seconds: float


class Timings:
    """What the phases of a job took, in their order; those within another one count as that one's.

    Args:
        started: ``time.monotonic()`` of the start of the command; now by default.
    """

    def __init__(self, started: float | None = None) -> None:
        self._started = time.monotonic() if started is None else started
        self._found: list[Timing] = []

    def __iter__(self) -> Iterator[Timing]:
        yield from self._found

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Time the block below."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self.add(name, begin)

    def add(self, name: str, begin: float) -> None:
        """Note what began at ``begin`` of ``time.monotonic()`` and has ended now."""
        known = Timing(name=name, begin=begin - self._started, seconds=time.monotonic() - begin)
        self._found.append(known)


class Phases:
    """Tells of the phases of a job as they begin and end; by default it tells nobody and knows no deadline.

    Args:
        tell: hears each phase that begins, the outer one again when an inner one has ended, and None when
            there is none. The phase that it was given goes on counting, so it may be looked at later.
        deadline: ``time.monotonic()`` at which phases are given up, or None.
        timings: what they took; a new list by default.
    """

    def __init__(
        self,
        tell: Callable[[Phase | None], None] = lambda phase: None,
        *,
        deadline: float | None = None,
        timings: Timings | None = None,
    ) -> None:
        self.deadline = deadline
        self.timings = timings or Timings()
        self.now: Phase | None = None
        self._tell = tell

    @contextmanager
    def phase(
        self, name: str, total: int | None = None, *, unit: str = "", advice: str = ""
    ) -> Iterator[Phase]:
        """Open a phase for the block below it; see ``Phase`` for the arguments.

        Raises:
            TimeUpError: the deadline has passed, before it or after.
        """
        outer, phase = self.now, Phase(name, total, unit=unit, advice=advice, deadline=self.deadline)
        phase.check()
        self._enter(phase)
        try:
            yield phase
            phase.check()
        finally:
            if outer is None:
                self.timings.add(name, phase.began)
            self._enter(outer)

    def __reduce__(self) -> tuple[type[Phases], tuple[()]]:
        """Whoever is told is not told from another process."""
        return Phases, ()

    def _enter(self, phase: Phase | None) -> None:
        self.now = phase
        self._tell(phase)
