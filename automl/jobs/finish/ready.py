"""The winner as it answers users: its probabilities calibrated, its threshold chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.jobs.finish.calibrated import calibrated
from automl.jobs.finish.decided import decided
from automl.jobs.finish.winner import TrainedWinner


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What came of it.

    Attributes:
        winner: what is exported.
        calibration: see ``Calibrated.facts``.
        decision: see ``Decided.facts``.
        notes: for the user.
    """

    winner: TrainedWinner
    calibration: dict[str, Any] | None
    decision: dict[str, Any] | None
    notes: tuple[str, ...]


def ready(winner: TrainedWinner, seed: int) -> Ready:
    """Calibrate and decide, in this order: costs are weighed against probabilities.

    Args:
        winner: with its weights.
        seed: of the job.
    """
    true = calibrated(winner, seed)
    chosen = decided(true.winner, seed)
    return Ready(
        winner=chosen.winner,
        calibration=true.facts,
        decision=chosen.facts,
        notes=tuple(filter(None, (true.note, chosen.note))),
    )
