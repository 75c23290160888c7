"""Keras' callback that tells the watch of a call of ``fit`` and ends it through ``stop_training`` only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras

from automl.training.scoring import Portions
from automl.training.watch import Watch


class Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """Follows one call of ``fit``.

    Args:
        watch: what is told.
        predict: raw outputs of the validation part, from the model as it stands.
        steps: calls of the optimizer per epoch.
        rate: learning rate at the peak where the watch lowers it (``plateau``), else None.
        begin: told of each epoch before its first batch, counted from 0.
    """

    def __init__(
        self,
        watch: Watch,
        *,
        predict: Callable[[], Portions],
        steps: int,
        rate: float | None = None,
        begin: Callable[[int], None] = lambda epoch: None,
    ) -> None:
        super().__init__()
        self._watch, self._predict, self._steps, self._rate = watch, predict, steps, rate
        self._begin = begin
        self._done = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Start the clock."""
        self._done = 0
        self._begin(epoch)
        if self._rate is not None:
            self.model.optimizer.learning_rate = self._rate * self._watch.rate_factor
        self._watch.begin()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop at the deadline or when the loss is no number."""
        self._done = batch + 1
        if not self._watch.step(float((logs or {}).get("loss", 0.0))):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Score the epoch and stop if the watch says so."""
        loss = float((logs or {}).get("loss", math.nan))
        self._watch.end(loss, self._done / self._steps, self._predict)
        if not self._watch.goes_on:
            self.model.stop_training = True
