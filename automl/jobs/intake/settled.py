"""Options that are left to the job, chosen once: a later session goes on with the same, on any machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from automl.core.holdout import NO_HOLDOUT
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import Intake
from automl.study.optuna.pruners import DEFAULT, NONE
from automl.training.precision import choose_precision


def settled(config: JobConfig, intake: Intake) -> JobConfig:
    """Return the job with its folds, holdout, sample, length of trials, pruner and precision chosen.

    Args:
        config: the job.
        intake: its data.
    """
    from automl.training.devices import configure

    configure()  # before a device is looked at
    folds = len(intake.folds) or None
    # to judge a trial of folds by a part of its length has not been measured yet
    pruner = NONE if (folds or 1) > 1 else DEFAULT
    return replace(
        config,
        folds=folds,
        sample_rows=config.sample_rows if intake.drawn is None else intake.sampled_rows,
        epochs=intake.asked,
        holdout=config.holdout if intake.holdout is None else intake.held_out,
        pruner=config.pruner or pruner,
        precision=choose_precision(config.precision),
    )


def as_begun(config: JobConfig, state: Mapping[str, Any]) -> JobConfig:
    """Return a job that is gone on with as it was begun.

    One that was begun before folds were usual holds out a part: its scores are not compared with others.

    Args:
        config: as its file has it.
        state: what earlier sessions left.
    """
    if "digest" not in state:
        return config
    config = as_read(config)
    held_out = config.folds is None and config.validation is None
    return replace(config, folds=1) if held_out else config


def as_read(config: JobConfig) -> JobConfig:
    """Return a job whose data was read before: what its file does not tell of was not made.

    Without a sample all rows were read, and without a holdout none was kept from the search.
    """
    return replace(config, sample_rows=config.sample_rows or 0, holdout=config.holdout or NO_HOLDOUT)
