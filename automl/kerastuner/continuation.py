"""Training that goes on where it stopped: after a crash, or where Hyperband promotes a trial.

Model, optimizer and the random layers have the values that they had after the last epoch kept, so the rest
of the training is what it would have been, but for the order of the batches, which Keras draws anew. What
a program's own callbacks remember begins anew, too.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.execution.executor import Channel
from automl.jobs.trial.messages import epoch_message
from automl.kerastuner.engine.tuner_utils import SaveBestEpoch, build_again, keep_shapes, slots_of
from automl.training.engine import Epoch, TrainingState
from automl.training.state import assign, load_state, save_state, values_of

ENGINE = "kerastuner"
SHARE = 0.05
"""Of the time of training that keeping its state may take."""
LIKELY_SECONDS = 0.05
"""What keeping a state takes, until it is known: a training of a second is not worth its file."""

_AT = "epoch"
"""The metric that holds which epoch of the whole training an epoch was, from 0."""


class Continuation(keras.callbacks.Callback):
    """Restores a training when it begins, keeps its state, and tells of its epochs.

    Args:
        path: where the state is kept (``.npz``).
        source: the state to begin from, None for none.
        folder: of the trial whose state that is.
        start: the epoch, from 0, that a training which goes on begins with; one that begins with another
            is a new one.
        earlier: epochs of this trial that lie behind it already.
        checkpoint: is told which of the earlier epochs was the best, and to write the best one so far.
        channel: is told of epochs, and says when to stop.
    """

    hears_calls = True
    """A deadline may be heard after several batches; see ``quick_fit``."""

    def __init__(
        self,
        path: Path,
        *,
        source: TrainingState | None,
        folder: Path,
        start: int,
        earlier: tuple[Epoch, ...],
        checkpoint: SaveBestEpoch,
        channel: Channel,
    ) -> None:
        super().__init__()
        self.reason = ""
        self.epochs: list[Epoch] = []
        self._path, self._start, self._earlier = path, start, earlier
        self._source, self._folder = source, folder
        self._checkpoint, self._channel = checkpoint, channel
        self._begun = False
        self._began = self._kept = time.monotonic()
        self._took = LIKELY_SECONDS
        self._saved = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Restore, if this is where the training goes on."""
        if not self._begun and self._source is not None and epoch == self._start:
            self._restore(self._source)
            self.epochs = list(self._earlier)
            self._saved = len(self.epochs)
            self._checkpoint.see([item.metrics for item in self._earlier])
        self._begun = True
        self._began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop when the time is over."""
        deadline = self._channel.deadline
        if deadline is not None and time.monotonic() >= deadline:
            self._stop("deadline")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Tell of the epoch, and keep the state when that is due."""
        metrics = {name: float(value) for name, value in (logs or {}).items() if np.ndim(value) == 0}
        seconds = time.monotonic() - self._began
        number = len(self.epochs) + 1
        self.epochs.append(Epoch(number=number, metrics={**metrics, _AT: float(epoch)}, seconds=seconds))
        reason = self._channel.say(epoch_message(Epoch(number=epoch + 1, metrics=metrics, seconds=seconds)))
        if time.monotonic() - self._kept >= self._took / SHARE:
            self._keep()
        if reason:
            self._stop(reason)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the state as it is at the end."""
        if self._saved < len(self.epochs):
            self._keep()

    def whole(self, results: Any) -> Any:
        """Return what a training returned with the epochs before it was cut short."""
        if not self._earlier or not isinstance(results, keras.callbacks.History):
            return results
        if not self._begun:  # it had reached its end already
            return history_of(list(self._earlier))
        return history_of(self.epochs) if len(self.epochs) > len(self._earlier) else results

    def _stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.model.stop_training = True

    def _restore(self, state: TrainingState) -> None:
        build_again(self.model, self._folder)
        assign(self.model.variables, state.variables, "model")
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None and state.optimizer:
            if not optimizer.built:
                optimizer.build(self.model.trainable_variables)
            assign(optimizer.variables, state.optimizer, "optimizer")

    def _keep(self) -> None:
        begun = time.monotonic()
        self._checkpoint.write()  # who goes on from the state takes the best epoch before it from there
        state = TrainingState(
            engine=ENGINE,
            variables=values_of(self.model.variables),
            optimizer=values_of(slots_of(self.model)),
            epochs=tuple(self.epochs),
        )
        keep_shapes(self.model, self._path.parent)
        save_state(state, self._path)
        self._kept, self._saved = time.monotonic(), len(self.epochs)
        self._took = self._kept - begun


def known_state(path: Path) -> TrainingState | None:
    """Return the state kept in a file, None where there is none that can be read."""
    if not path.exists():
        return None
    try:
        state = load_state(path)
    except ConfigError:  # of another version, or half a disk: the training begins anew
        return None
    return state if state.engine == ENGINE else None


def next_epoch(state: TrainingState) -> int:
    """Return which epoch of the whole training comes after a state, from 0."""
    return int(state.epochs[-1].metrics[_AT]) + 1 if state.epochs else 0


def history_of(epochs: list[Epoch]) -> keras.callbacks.History:
    """Return epochs as ``Model.fit`` does."""
    history = keras.callbacks.History()
    history.epoch = [int(item.metrics[_AT]) for item in epochs]
    history.history = {}
    for item in epochs:
        for name, value in item.metrics.items():
            if name != _AT:
                history.history.setdefault(name, []).append(value)
    return history
