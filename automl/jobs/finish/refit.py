"""The winner of a cross-validation, trained once more on all examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.seeds import derive
from automl.core.specs import TrialRecord
from automl.jobs.assembly import Dealt, Prepared, prepare
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import Intake
from automl.jobs.intake.setting import Setting
from automl.jobs.trial.training import train_model

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
    prepared = prepare(
        intake.modality, intake.dataset, rows, validation, seed=config.seed, cache=intake.source.cache
    )
    dealt = replace(dealt, training=replace(dealt.training, patience=0))
    trained = train_model(
        setting,
        dealt,
        prepared,
        title="the training on all examples",
        epochs=max(best.best_epoch, 1),
        seed=derive(config.seed, "refit"),
        watch=lambda epoch: "",
    )
    return prepared, trained.model
