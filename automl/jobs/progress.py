"""What a running job tells whoever watches: notes, epochs, trials, the best so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from automl.core.phases import Phase
from automl.core.specs import Configuration, Objective, TrialRecord


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What is known of a search when it begins.

    Attributes:
        name: the job's.
        objectives: what is optimised.
        trials: trials in all, or None.
        deadline: ``time.monotonic()`` at which training stops, or None.
        earlier: trials of earlier sessions.
    """

    name: str
    objectives: tuple[Objective, ...]
    trials: int | None
    deadline: float | None
    earlier: Sequence[TrialRecord] = ()


NO_SEARCH = Announcement(name="", objectives=(), trials=None, deadline=None)
"""Before a search has begun."""


class Progress(Protocol):
    """Watches a job."""

    def start(self, search: Announcement) -> None:
        """The search begins, or goes on after earlier trials; ``search`` is what is known of it."""
        ...

    def note(self, text: str) -> None:
        """Something the user should know: ``text``."""
        ...

    def phase(self, phase: Phase | None) -> None:
        """The job is in ``phase`` now, which goes on counting; None when it is in none."""
        ...

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """Trial ``number`` begins, or goes on from where it paused; ``epochs`` is its full length, and
        ``configuration`` what was drawn for it.
        """
        ...

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """Trial ``number`` ended its ``epoch``, counted from 1, with these ``metrics``."""
        ...

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """A trial ended or paused, as ``record`` says; ``best`` is the best so far, perhaps this one."""
        ...

    def stop(self) -> None:
        """The search is over."""
        ...


class SilentProgress:
    """Watches and keeps the notes; says nothing."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def start(self, search: Announcement) -> None:
        """See ``Progress``."""

    def note(self, text: str) -> None:
        """See ``Progress``."""
        self.notes.append(text)

    def phase(self, phase: Phase | None) -> None:
        """See ``Progress``."""

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""

    def stop(self) -> None:
        """See ``Progress``."""
