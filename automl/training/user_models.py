"""Training of models that a user has compiled, by their own losses, metrics, optimizers and callbacks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import Objective, of_validation
from automl.training.engine import Candidate, Observer, Outcome, TrainingOptions
from automl.training.fit_data import FitData
from automl.training.metric_names import find_metric, plain_names
from automl.training.state import assign, values_of
from automl.training.watch import Watch


@dataclass(frozen=True, kw_only=True)
class UserTraining:
    """How one model of the user's is trained.

    Attributes:
        model: compiled.
        epochs: full length.
        seed: of random layers and batches.
        batch_size: examples per step; a stream makes its own batches.
        patience: epochs without a better score after which training ends, 0 for never.
        callbacks: the user's, for this training alone.
        class_weight: as ``Model.fit`` takes it, or None.
        steps_per_epoch: batches per epoch, or None for all.
    """

    model: keras.Model
    epochs: int
    seed: int
    batch_size: int = 32
    patience: int = 0
    callbacks: Sequence[keras.callbacks.Callback] = ()
    class_weight: Mapping[int, float] | None = None
    steps_per_epoch: int | None = None


def fit_user_model(
    training: UserTraining,
    train: FitData,
    validation: FitData,
    *,
    objective: Objective,
    observer: Observer,
    deadline: float | None,
) -> Outcome:
    """Train a compiled model by its own ``fit``, which scores each epoch on the validation part.

    Args:
        training: the model, and how it is trained.
        train: what is trained on.
        validation: what epochs are scored on.
        objective: a name among the model's own metrics, ``loss`` included.
        observer: told of each epoch.
        deadline: ``time.monotonic()`` at which training stops.

    Returns:
        what came of it; metrics have the names of ``plain_names``.

    Raises:
        ConfigError: it is no model, is not compiled, or has no such metric.
    """
    model = training.model
    if not isinstance(model, keras.Model):
        given = "None: does it end with `return model`?" if model is None else f"{type(model).__name__}."
        raise ConfigError(f"build(trial) must return a compiled keras.Model, it returned {given}")
    if not model.compiled:
        raise ConfigError("build(trial) must return a compiled keras.Model: call model.compile in it.")
    keras.utils.set_random_seed(training.seed)
    follower = _Follower(objective)
    watch = Watch(
        candidate=_watched(training),
        scorer=lambda: follower,
        objective=objective,
        observer=observer,
        deadline=deadline,
        variables=lambda: values_of(model.variables),
        optimizer=lambda: values_of(model.optimizer.variables),
        engine="user",
        output_bytes=0,
    )
    follower.watch = watch
    model.fit(
        **train.arguments(training.batch_size),
        **validation.validation(training.batch_size),
        epochs=training.epochs,
        # ours hears last, so that what the user's callbacks add to the logs can be the objective
        callbacks=[*training.callbacks, follower],
        class_weight=None if training.class_weight is None else dict(training.class_weight),
        steps_per_epoch=training.steps_per_epoch,
        verbose=0,
    )
    if watch.best_variables:
        assign(model.variables, watch.best_variables, "model")
    return watch.outcome({"engine": "user"})


def _watched(training: UserTraining) -> Candidate:
    """What the watch knows of it."""
    return Candidate(
        model=training.model,
        loss=None,
        options=TrainingOptions(batch_size=training.batch_size, patience=training.patience),
        epochs=training.epochs,
        seed=training.seed,
    )


class _Follower(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells the watch of ``fit`` and ends it through ``stop_training`` only.

    It is the scorer, too: Keras has scored the epoch, so the only portion is the objective's value.
    """

    watch: Watch

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self._objective = objective
        self._done = 0
        self.scores: dict[str, float] = {}

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Start the clock."""
        self._done = 0
        self.watch.begin()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop at the deadline or when the loss is no number."""
        self._done = batch + 1
        if not self.watch.step(float((logs or {}).get("loss", 0.0))):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Score the epoch and stop if the watch says so."""
        known = {name: float(value) for name, value in (logs or {}).items() if np.ndim(value) == 0}
        vectors = {name: 0.0 for name, value in (logs or {}).items() if np.ndim(value)}
        self.scores = self._named(of_validation(known), of_validation(vectors))
        steps = (self.params or {}).get("steps")
        share = self._done / steps if steps else 1.0
        portion = np.zeros(1, int), {self._objective.name: np.asarray([self.scores[self._objective.name]])}
        self.watch.end(known.get("loss", math.nan), share, lambda: [portion])
        if not self.watch.goes_on:
            self.model.stop_training = True

    def update(self, positions: np.ndarray, outputs: Mapping[str, np.ndarray]) -> None:
        """Nothing is left to score."""

    def result(self) -> dict[str, float]:
        """Return what Keras measured."""
        return self.scores

    def _named(self, scores: Mapping[str, float], vectors: Iterable[str]) -> dict[str, float]:
        plain = plain_names(self.model, scores)
        found = find_metric(self._objective.name, plain, plain_names(self.model, vectors))
        named = {plain[name]: value for name, value in scores.items() if name != found}
        return {self._objective.name: scores[found], **named}
