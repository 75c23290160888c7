"""The members of a cross-validation's winner, trained once more on all examples."""

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


def prepare_all(config: JobConfig, intake: Intake, setting: Setting) -> Prepared:
    """Prepare all examples for training.

    The validation part of the first fold is scored for the record only: it is part of the training data.
    """
    import numpy as np

    rows = np.arange(len(intake.dataset.examples))
    validation = setting.folds[0].validation
    return prepare(
        intake.modality, intake.dataset, rows, validation, seed=config.seed, cache=intake.source.cache
    )


def train_on_all(
    config: JobConfig, setting: Setting, prepared: Prepared, dealt: Dealt, record: TrialRecord
) -> keras.Model:
    """Train a trial's configuration on all examples for the median of its folds' best epochs."""
    dealt = replace(dealt, training=replace(dealt.training, patience=0))
    trained = train_model(
        setting,
        dealt,
        prepared,
        title="the training on all examples",
        epochs=max(record.best_epoch, 1),
        seed=derive(config.seed, "refit"),
        watch=lambda epoch: "",
    )
    return trained.model
