"""What a proposer is: it says what is tried next and is told what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from automl.core.specs import Configuration, TrialRecord


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One configuration to try.

    Attributes:
        number: the trial's number in the study.
        configuration: what to build and train.
        origin: ``portfolio`` when it was enqueued, else ``sampler``.
    """

    number: int
    configuration: Configuration
    origin: str


class Proposer(Protocol):
    """A study by ask and tell; one instance belongs to one study.

    Attributes:
        notes: one sentence for each thing the user should know of the settings.
    """

    notes: tuple[str, ...]

    def ask(self) -> Proposal | None:
        """Return what to try next, or None when nothing is left (a grid is exhausted)."""
        ...

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Report the best value of the first objective up to an epoch; returns whether to prune."""
        ...

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Record a finished trial for ever; ``facts`` are kept beside it as plain JSON."""
        ...

    def records(self) -> Sequence[TrialRecord]:
        """Every finished trial of the study, by number, as told."""
        ...

    def front(self) -> Sequence[TrialRecord]:
        """The best trial, or with several objectives the Pareto front (may be empty)."""
        ...

    def plots(self, folder: Path) -> Sequence[Path]:
        """Draw the study (history, importances, ...) as HTML files; what cannot be drawn is left out."""
        ...
