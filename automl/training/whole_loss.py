"""A loss over all targets and outputs at once, for Keras' own ``fit``."""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor


def minimise(model: keras.Model, loss: keras.losses.Loss) -> None:
    """Let a model that was compiled without a loss minimise one between dictionaries.

    ``compile(loss=...)`` would call the loss once per output, with that output alone.

    Args:
        model: gives a dictionary of raw outputs.
        loss: between the dictionaries of targets and of outputs.
    """

    def compute_loss(
        x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> KerasTensor:
        value = loss(y, y_pred)
        # of a model compiled without a loss, what its layers add
        return value + keras.Model.compute_loss(model) if model.losses else value

    model.compute_loss = compute_loss
