"""Keras' callback that tells the watch of a call of ``fit`` and ends it through ``stop_training`` only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras

from automl.training.watch import Watch


class Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """Follows one call of ``fit``.

    Args:
        watch: what is told of steps, and says whether they go on.
        steps: calls of the optimizer per epoch.
        end: told of each epoch's mean loss and how much of it was done.
        begin: told of each epoch before its first batch, counted from 0.
        cut: told after a batch how many are done; whether the epoch ends there, and ``fit`` with it.
        rate: learning rate at the peak where the watch lowers it (``plateau``), else None.
    """

    def __init__(
        self,
        watch: Watch,
        *,
        steps: int,
        end: Callable[[float, float], None],
        begin: Callable[[int], None] = lambda epoch: None,
        cut: Callable[[int], bool] = lambda done: False,
        rate: float | None = None,
    ) -> None:
        super().__init__()
        self._watch, self._steps, self._rate = watch, steps, rate
        self._begin, self._end, self._cut = begin, end, cut
        self._done = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Begin to count, at the rate of the epoch."""
        self._done = 0
        self._begin(epoch)
        if self._rate is not None:
            self.model.optimizer.learning_rate = self._rate * self._watch.rate_factor

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop at the deadline, when the loss is no number, or when an epoch has become shorter."""
        self._done = batch + 1
        goes_on = self._watch.step(float((logs or {}).get("loss", 0.0)))
        if not goes_on or self._cut(self._done):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Hand over the epoch and stop if the watch says so."""
        self._end(float((logs or {}).get("loss", math.nan)), self._done / self._steps)
        if not self._watch.goes_on:
            self.model.stop_training = True
