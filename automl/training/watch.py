"""Watches one candidate in training: scores epochs, keeps the best weights, decides when to stop.

It is independent of the engine, which reports the begin and the end of each epoch.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import COSTS, Objective, labelled, metric_of, of_validation
from automl.tasks.objectives import directions, tie_breaker
from automl.training.engine import (
    OUTPUT_BYTES,
    Candidate,
    Epoch,
    Observer,
    Outcome,
    StopReason,
    TrainingState,
)
from automl.training.schedules import PLATEAU, PLATEAU_FACTOR, PLATEAU_PATIENCE
from automl.training.scoring import Kept, Portions, Scorer

_SCORED_SHARE = 0.25
"""An epoch that the deadline cuts is still scored when so much of it was done."""


class Watch:
    """What is known of one training so far, and whether it goes on.

    Args:
        candidate: what is trained.
        scorer: begins the scoring of one epoch.
        objective: decides which epoch is best.
        observer: told of each epoch; its reason ends the training.
        deadline: ``time.monotonic()`` at which training ends.
        variables: copies the values of the model's variables as they stand.
        optimizer: copies those of the optimizer.
        engine: its name, for states.
        state: what the training goes on from, or None.
        epochs_per_pass: how many epochs make a pass over the training part; patience is counted in passes.
        output_bytes: most bytes of raw outputs that are kept of the best epoch.

    Raises:
        ConfigError: the state is that of another engine, whose optimizer keeps other variables.
    """

    def __init__(
        self,
        *,
        candidate: Candidate,
        scorer: Callable[[], Scorer],
        objective: Objective,
        observer: Observer,
        deadline: float | None,
        variables: Callable[[], tuple[np.ndarray, ...]],
        optimizer: Callable[[], tuple[np.ndarray, ...]],
        engine: str,
        state: TrainingState | None = None,
        epochs_per_pass: float = 1.0,
        output_bytes: int = OUTPUT_BYTES,
    ) -> None:
        if state is not None and state.engine != engine:
            raise ConfigError(
                f"The state was made by the engine {state.engine!r} and cannot continue with {engine!r}: "
                f"use --engine {state.engine}."
            )
        self._candidate, self._scorer = candidate, scorer
        self._objective, self._observer, self._deadline = objective, observer, deadline
        self._variables, self._optimizer, self._engine = variables, optimizer, engine
        self._epochs: list[Epoch] = list(state.epochs) if state else []
        self._best, self._stale = (state.best, state.stale) if state else (-1, 0)
        self.best_variables = state.best_variables if state else ()
        self.best_outputs = state.best_outputs if state else {}
        self.rate_factor = state.rate_factor if state else 1.0
        self.steps_per_epoch = state.steps_per_epoch if state else 0
        self._epochs_per_pass, self._output_bytes = epochs_per_pass, output_bytes
        self._stopped: StopReason = ""
        self._begun, self._sharers = time.monotonic(), 1

    @property
    def epoch(self) -> int:
        """Number of the next epoch, counted from 0."""
        return len(self._epochs)

    @property
    def goes_on(self) -> bool:
        """Whether there is another epoch to train."""
        return not self._stopped and self.epoch < self._candidate.epochs

    @property
    def stopped(self) -> StopReason:
        """Why the training ends before its full length, or empty."""
        return self._stopped

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def begin(self, sharers: int = 1) -> None:
        """Start the clock of an epoch, of whose time so many trainings take an equal share."""
        self._begun, self._sharers = time.monotonic(), sharers

    def step(self, loss: float) -> bool:
        """Hear the mean loss of the epoch so far; return whether the epoch goes on."""
        if not math.isfinite(loss):
            self.stop("diverged")
        elif self.late:
            self.stop("deadline")
        return not self._stopped

    def end(self, loss: float, share: float, outputs: Callable[[], Portions]) -> None:
        """Score an epoch, keep its weights if it is the best one, ask the observer.

        Args:
            loss: mean training loss.
            share: how much of the epoch was done.
            outputs: gives the raw outputs of the validation part.
        """
        cut = self._stopped == "deadline" and share < _SCORED_SHARE
        if self._stopped == "diverged" or (cut and self._epochs):
            return
        kept = Kept(self._output_bytes)
        scores = self._scores(outputs(), kept)
        if scores is None:
            self.stop("diverged")
            return
        self._keep(self._record(loss, scores), kept)
        reason = self._observer(replace(self._epochs[-1], state=self.state))
        if self.epoch < self._candidate.epochs:
            self.stop(reason or self._own_reason())

    def stop(self, reason: StopReason) -> None:
        """End the training for a reason; the first one counts."""
        self._stopped = self._stopped or reason

    def state(self) -> TrainingState:
        """Take out the state of the training as it stands."""
        return TrainingState(
            engine=self._engine,
            variables=self._variables(),
            optimizer=self._optimizer(),
            best_variables=self.best_variables,
            epochs=tuple(self._epochs),
            best=self._best,
            stale=self._stale,
            rate_factor=self.rate_factor,
            steps_per_epoch=self.steps_per_epoch,
            best_outputs=self.best_outputs,
        )

    def outcome(self, facts: Mapping[str, Any]) -> Outcome:
        """Return what came of the training."""
        return Outcome(
            epochs=tuple(self._epochs),
            best=self._best,
            stopped=self._stopped,
            facts=facts,
            variables=self.best_variables,
            outputs=self.best_outputs,
        )

    def _scores(self, portions: Portions, kept: Kept) -> Mapping[str, float] | None:
        """Metrics of an epoch, its outputs being kept; None when one of them is no number."""
        scorer = self._scorer()
        for positions, outputs in portions:
            if not all(np.isfinite(values).all() for values in outputs.values()):
                return None
            scorer.update(positions, outputs)
            kept.add(positions, outputs)
        return scorer.result()

    def _record(self, loss: float, scores: Mapping[str, float]) -> Epoch:
        metrics = {"loss": loss} | labelled({name: float(value) for name, value in scores.items()})
        seconds = (time.monotonic() - self._begun) / self._sharers
        self._epochs.append(Epoch(number=self.epoch + 1, metrics=metrics, seconds=seconds))
        return self._epochs[-1]

    def _keep(self, record: Epoch, kept: Kept) -> None:
        best = self._epochs[self._best].metrics if self._best >= 0 else None
        if _better(record.metrics, best, self._objective):
            self._best, self._stale = len(self._epochs) - 1, 0
            self.best_variables, self.best_outputs = self._variables(), kept.whole()
            return
        self._stale += 1
        patience = self._epochs_of(PLATEAU_PATIENCE)
        if self._candidate.options.schedule == PLATEAU and self._stale % patience == 0:
            self.rate_factor *= PLATEAU_FACTOR

    def _own_reason(self) -> StopReason:
        patience = self._candidate.options.patience
        if patience and self._epochs_of(patience) <= self._stale:
            return "patience"
        return "deadline" if self.late else ""

    def _epochs_of(self, passes: int) -> int:
        return max(1, math.ceil(passes * self._epochs_per_pass))


def _better(metrics: Mapping[str, float], best: Mapping[str, float] | None, objective: Objective) -> bool:
    measured = _measured(metrics, objective)
    value = metrics[measured.label]
    if best is None or value != best[measured.label]:
        return measured.better(value, None if best is None else best[measured.label])
    loss, least = (tie_breaker(of_validation(item)) or item["loss"] for item in (metrics, best))
    return loss < least


def _measured(metrics: Mapping[str, float], objective: Objective) -> Objective:
    """The objective itself; of a cost, which no epoch changes, the task's first metric."""
    if objective.name not in COSTS:
        if objective.label not in metrics:
            known = ", ".join(metric_of(label) for label in metrics if label != "loss")
            raise ConfigError(f"The task does not measure {objective.name!r}, only: {known}.")
        return objective
    name = metric_of(next(label for label in metrics if label != "loss"))
    return Objective(name=name, direction=directions().get(name, "minimize"))
