"""Everything that a search has tried, as needed at its end."""

from __future__ import annotations

from dataclasses import dataclass

from automl.core.members import Winner
from automl.core.specs import TrialRecord


@dataclass(frozen=True, kw_only=True)
class Records:
    """All that was tried.

    Attributes:
        trials: finished trials of the study, by number.
        front: the best trial, or the Pareto front.
        baselines: trivial rules.
        best: the best trial by the first objective.
        winner: the trials whose models are joined into the exported one.
        teachers: those whose joined predictions the exported network learns instead, or None.
    """

    trials: tuple[TrialRecord, ...]
    front: tuple[TrialRecord, ...]
    baselines: tuple[TrialRecord, ...]
    best: TrialRecord
    winner: Winner
    teachers: Winner | None = None

    def members(self, winner: Winner | None = None) -> tuple[TrialRecord, ...]:
        """The records of members, in their order: of the winner's unless others are asked for."""
        known = {record.number: record for record in (*self.trials, self.best)}
        return tuple(known[member.trial] for member in (winner or self.winner).members)
