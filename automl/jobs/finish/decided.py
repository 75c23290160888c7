"""The winner with thresholds for its answers: where mistakes have costs, or groups are treated alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from automl.core.seeds import derive
from automl.jobs.finish.winner import TrainedWinner
from automl.tasks.task import Decides


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What came of it.

    Attributes:
        winner: whose task has the threshold.
        facts: the decision, for the result; None where none was asked for.
        note: for the user, empty where there is nothing to tell.
    """

    winner: TrainedWinner
    facts: dict[str, Any] | None = None
    note: str = ""


def decided(winner: TrainedWinner, seed: int) -> Decided:
    """Choose the threshold on what the winner predicts for rows that its networks were not trained on.

    Args:
        winner: with calibrated probabilities.
        seed: of the job.
    """
    prepared = winner.prepared
    task = prepared.task
    if not isinstance(task, Decides):
        return Decided(winner=winner)
    found = task.decided(prepared.targets, winner.held_out(), derive(seed, "threshold"))
    if found is None:
        return Decided(winner=winner)
    chosen, decision = found
    winner = replace(winner, prepared=replace(prepared, task=chosen), decided=True)
    return Decided(winner=winner, facts=asdict(decision), note=decision.told())
