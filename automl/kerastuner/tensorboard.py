"""Logs for TensorBoard: a folder for each execution, and its hyperparameters for the page HParams."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import keras

from automl.kerastuner.engine.trial import Trial
from automl.kerastuner.engine.tuner_utils import convert_hyperparams_to_hparams


def logged_apart(callbacks: Sequence[Any], trial: Trial, execution: int) -> list[Any]:
    """Let the callbacks for TensorBoard among some write into a folder of this execution.

    Args:
        callbacks: of this execution alone.
        trial: that is executed.
        execution: its number, from 0.

    Returns:
        the callbacks, and for each of those one more that writes hyperparameters where TensorBoard itself
        is installed.
    """
    more = []
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.TensorBoard):
            callback.log_dir = os.path.join(callback.log_dir, trial.trial_id, f"execution{execution}")
            more += _hyperparameters(trial, callback.log_dir)
    return [*callbacks, *more]


def _hyperparameters(trial: Trial, folder: str) -> list[Any]:
    if find_spec("tensorboard") is None:
        return []
    hparams: Any = import_module("tensorboard.plugins.hparams.api")
    values = convert_hyperparams_to_hparams(trial.hyperparameters, hparams)
    return [hparams.KerasCallback(writer=folder, hparams=values, trial_id=trial.trial_id)]
