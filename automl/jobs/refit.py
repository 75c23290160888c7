"""The winner of a cross-validation, trained once more on all examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.metrics import default_objective
from automl.core.seeds import derive
from automl.core.specs import COSTS, TrialRecord
from automl.jobs.assembly import Dealt, Prepared, build_candidate, prepare
from automl.jobs.config import JobConfig
from automl.jobs.intake import Intake
from automl.jobs.trial import Setting

if TYPE_CHECKING:
    import keras


def refit(
    config: JobConfig, intake: Intake, setting: Setting, dealt: Dealt, best: TrialRecord
) -> tuple[Prepared, keras.Model]:
    """Train the best configuration on all examples for the median of its folds' best epochs.

    The validation part of the first fold is scored for the record only: it is part of the training data.

    Returns:
        what was prepared on all examples, and the trained core.
    """
    import numpy as np

    rows = np.arange(len(intake.dataset.examples))
    validation = setting.folds[0].validation
    prepared = prepare(intake.modality, intake.dataset, rows, validation, seed=config.seed)
    dealt = replace(dealt, training=replace(dealt.training, patience=0))
    with setting.strategy.scope():
        candidate = build_candidate(
            dealt, prepared, epochs=max(best.best_epoch, 1), seed=derive(config.seed, "refit")
        )
    measured = [item for item in setting.objectives if item.name not in COSTS]
    setting.engine.train(
        [candidate],
        prepared.split,
        objective=measured[0] if measured else default_objective(prepared.task.kind),
        observers=[lambda epoch: ""],
    )
    return prepared, candidate.model
