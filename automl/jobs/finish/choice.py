"""Which trials make the winner."""

from __future__ import annotations

from collections.abc import Sequence

from automl.core.members import Winner, sole_winner
from automl.core.specs import TrialRecord


def choose_winner(trials: Sequence[TrialRecord], best: TrialRecord) -> Winner:
    """Return the winner of a search: the best trial, alone.

    Args:
        trials: those of the study, by number.
        best: by the first objective.
    """
    return sole_winner(best.number)
