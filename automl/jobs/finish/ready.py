"""The winner as it answers users: its probabilities calibrated, its threshold chosen, its errors known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.jobs.config import JobConfig
from automl.jobs.finish.calibrated import calibrated
from automl.jobs.finish.covered import Covered, covered
from automl.jobs.finish.decided import decided
from automl.jobs.finish.winner import TrainedWinner


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What came of it.

    Attributes:
        winner: what is exported.
        calibration: see ``Calibrated.facts``.
        decision: see ``Decided.facts``.
        coverage: what intervals and sets are told by.
        notes: for the user.
    """

    winner: TrainedWinner
    calibration: dict[str, Any] | None
    decision: dict[str, Any] | None
    coverage: Covered
    notes: tuple[str, ...]


def ready(winner: TrainedWinner, config: JobConfig) -> Ready:
    """Calibrate, decide and cover, in this order: costs are weighed against probabilities.

    Args:
        winner: with its weights.
        config: of the job.
    """
    true = calibrated(winner, config.seed)
    chosen = decided(true.winner, config.seed)
    told = covered(chosen.winner, config)
    return Ready(
        winner=chosen.winner,
        calibration=true.facts,
        decision=chosen.facts,
        coverage=told,
        notes=tuple(filter(None, (true.note, chosen.note, told.note))),
    )
