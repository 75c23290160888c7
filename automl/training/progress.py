"""The watch over one candidate in training: scores epochs, keeps the best weights, says when to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.core.metrics import DIRECTIONS, tie_breaker
from automl.core.specs import COSTS, Objective
from automl.training.engine import Candidate, Epoch, Observer, Outcome, StopReason
from automl.training.schedules import PLATEAU, PLATEAU_FACTOR, PLATEAU_PATIENCE

_SCORED_SHARE = 0.25
"""An epoch that the deadline cuts is still scored when so much of it was done."""


class Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """Follows one call of ``fit`` and ends it through ``stop_training`` only.

    Args:
        candidate: what is trained.
        predict: raw outputs of the validation part, from the model as it stands.
        score: from raw outputs to metrics.
        objective: decides which epoch is best.
        observer: told of each epoch; its reason ends the training.
        deadline: ``time.monotonic()`` at which training ends.
        steps: steps per epoch.
    """

    def __init__(
        self,
        *,
        candidate: Candidate,
        predict: Callable[[], np.ndarray],
        score: Callable[[np.ndarray], dict[str, float]],
        objective: Objective,
        observer: Observer,
        deadline: float | None,
        steps: int,
    ) -> None:
        super().__init__()
        self._candidate, self._predict, self._score = candidate, predict, score
        self._objective, self._observer = objective, observer
        self._deadline, self._steps = deadline, steps
        self._epochs: list[Epoch] = []
        self._best, self._weights = -1, list[np.ndarray]()
        self._stopped: StopReason = ""
        self._stale = self._done = 0
        self._begun = time.monotonic()

    def outcome(self) -> Outcome:
        """Put the best weights back and return what came of the training."""
        if self._best >= 0:
            self._candidate.model.set_weights(self._weights)
        return Outcome(epochs=tuple(self._epochs), best=self._best, stopped=self._stopped)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Start the clock."""
        self._begun, self._done = time.monotonic(), 0

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop at the deadline or when the loss is no number."""
        self._done = batch + 1
        if logs and not math.isfinite(float(logs.get("loss", 0.0))):
            self._stop("diverged")
        elif self._late():
            self._stop("deadline")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Score the epoch, keep its weights if it is the best one, ask the observer."""
        cut = self._stopped == "deadline" and self._done < _SCORED_SHARE * self._steps
        if self._stopped == "diverged" or (cut and self._epochs):
            return
        outputs = self._predict()
        if not np.isfinite(outputs).all():
            self._stop("diverged")
            return
        record = self._record(epoch, float((logs or {}).get("loss", math.nan)), self._score(outputs))
        self._keep(record)
        reason = self._observer(record)
        if epoch + 1 < self._candidate.epochs and not self._stopped:
            self._stop(reason or self._own_reason())
            self._lower_rate()

    def _record(self, epoch: int, loss: float, scores: Mapping[str, float]) -> Epoch:
        metrics = {"loss": loss} | {f"val_{name}": float(value) for name, value in scores.items()}
        seconds = time.monotonic() - self._begun
        self._epochs.append(Epoch(number=epoch + 1, metrics=metrics, seconds=seconds))
        return self._epochs[-1]

    def _keep(self, record: Epoch) -> None:
        best = self._epochs[self._best].metrics if self._best >= 0 else None
        if _better(record.metrics, best, self._objective):
            self._best, self._stale = len(self._epochs) - 1, 0
            self._weights = self._candidate.model.get_weights()
        else:
            self._stale += 1

    def _own_reason(self) -> StopReason:
        if 0 < self._candidate.options.patience <= self._stale:
            return "patience"
        return "deadline" if self._late() else ""

    def _late(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _stop(self, reason: StopReason) -> None:
        if reason and not self._stopped:
            self._stopped = reason
            self.model.stop_training = True

    def _lower_rate(self) -> None:
        stale = self._stale > 0 and self._stale % PLATEAU_PATIENCE == 0
        if self._candidate.options.schedule == PLATEAU and stale:
            rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            self.model.optimizer.learning_rate = rate * PLATEAU_FACTOR


def _better(metrics: Mapping[str, float], best: Mapping[str, float] | None, objective: Objective) -> bool:
    measured = _measured(metrics, objective)
    value = metrics[measured.label]
    if best is None or value != best[measured.label]:
        return measured.better(value, None if best is None else best[measured.label])
    loss, least = (tie_breaker(item, "val_") or item["loss"] for item in (metrics, best))
    return loss < least


def _measured(metrics: Mapping[str, float], objective: Objective) -> Objective:
    """The objective itself; of a cost, which no epoch changes, the task's first metric."""
    if objective.name not in COSTS:
        if objective.label not in metrics:
            known = ", ".join(name.removeprefix("val_") for name in metrics if name != "loss")
            raise ConfigError(f"The task does not measure {objective.name!r}, only: {known}.")
        return objective
    name = next(key for key in metrics if key != "loss").removeprefix("val_")
    return Objective(name=name, direction=DIRECTIONS.get(name, "minimize"))
