"""Labels that the winner doubts: it was trained without them, and knows more than any quick model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from automl.core.targets import TARGET
from automl.data.alike.names import names_of
from automl.data.audit.finding import Finding
from automl.data.audit.labels import judged_labels
from automl.jobs.finish.winner import TrainedWinner

if TYPE_CHECKING:
    from automl.jobs.intake.intake import Intake


def with_doubted(intake: Intake, winner: TrainedWinner) -> tuple[Finding, ...]:
    """Return what is suspicious about the data, labels that the winner doubts among it.

    Args:
        intake: the data, and what its audit found.
        winner: with its weights.
    """
    found = intake.findings
    answers = winner.held_out().get(TARGET)
    if not intake.dataset.declaration.classifies or answers is None or answers.ndim != 2:
        return found
    if any(item.kind == "labels" for item in found):
        return found
    chances = np.asarray(answers, np.float64)
    classes = np.asarray(winner.prepared.targets[TARGET]).argmax(axis=1)
    return (*found, *judged_labels(chances, classes, _names(intake), "the model, trained without them,"))


def _names(intake: Intake) -> np.ndarray:
    """What the held-out examples are called, in their order."""
    if intake.validation is not None:
        return names_of(intake.validation)
    rows = np.unique(np.concatenate([fold.validation for fold in intake.folds]))
    return np.asarray(names_of(intake.dataset.examples)[rows])
