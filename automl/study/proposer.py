"""What a proposer is: it says what is tried next and is told what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from automl.core.specs import Configuration, TrialRecord


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """What is left of a budget.

    Attributes:
        trials: configurations that may still be begun, None for any number.
        seconds: time for training that is left, None without a limit.
        total: time for training in all, None without a limit.
        open: whether the proposer decides when to end, for want of any limit.
    """

    trials: int | None = None
    seconds: float | None = None
    total: float | None = None
    open: bool = False


UNLIMITED = Horizon()

PORTFOLIO = "portfolio"
"""The origin of a trial that is an entry of a space's portfolio."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One configuration to train, from its beginning or on from where it was paused.

    Attributes:
        number: the trial's number in the study.
        configuration: what to build and train.
        origin: ``portfolio`` and ``warm start`` (enqueued), ``model`` (of the scores), ``neighbour``
            (of a good one), ``random``, ``repeat`` (of the best one, for the noise of its score), or
            ``sampler`` where Optuna's own decides.
        until: epochs after which it pauses, None for its full length.
        levels: epochs of its rungs, the last is its full length; empty without rungs.
        paused: how it stood at its last pause, None when it begins.
    """

    number: int
    configuration: Configuration
    origin: str
    until: int | None = None
    levels: tuple[int, ...] = ()
    paused: TrialRecord | None = None


class Proposer(Protocol):
    """A study by ask and tell; one instance belongs to one study.

    Attributes:
        notes: one sentence for each thing the user should know of the settings.
        ended: why a search without a budget is over, or empty.
    """

    notes: tuple[str, ...]
    ended: str

    def ask(self, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return what to train next, or None when nothing is left that is worth it.

        Args:
            horizon: what is left of the budget; a promotion costs no trial.
        """
        ...

    def ask_like(self, fixed: Configuration, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return a new trial that has these values, its other parameters proposed as ever.

        None where the proposer cannot do so, or nothing else is left that could differ.

        Args:
            fixed: the parameters that decide which others there are, at least.
            horizon: what is left of the budget.
        """
        ...

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Report the best value of the first objective up to an epoch; returns whether to prune."""
        ...

    def pause(self, record: TrialRecord) -> None:
        """Record how a trial stands at the rung where it waits to be promoted."""
        ...

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Record a finished trial for ever; ``facts`` are kept beside it as plain JSON."""
        ...

    def close(self) -> Sequence[TrialRecord]:
        """End the trials that wait, as pruned: the search is over. Returns their records."""
        ...

    def records(self) -> Sequence[TrialRecord]:
        """Every trial of the study that is finished or paused, by number, as told."""
        ...

    def front(self) -> Sequence[TrialRecord]:
        """The best trial, or with several objectives the Pareto front (may be empty)."""
        ...

    def plots(self, folder: Path) -> Sequence[Path]:
        """Draw the study (history, importances, ...) as HTML files; what cannot be drawn is left out."""
        ...
