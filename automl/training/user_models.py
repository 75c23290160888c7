"""Training of models that a user has compiled, by their own losses, metrics and optimizers."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import Objective
from automl.training.engine import Candidate, Observer, Outcome
from automl.training.progress import Progress
from automl.training.state import assign, values_of
from automl.training.watch import Watch


def fit_user_model(
    candidate: Candidate,
    train: tuple[Any, Any],
    validation: tuple[Any, Any],
    *,
    objective: Objective,
    observer: Observer,
    deadline: float | None,
) -> Outcome:
    """Train a compiled model; epochs are scored by ``model.evaluate`` on the validation part.

    Args:
        candidate: the compiled model; of its options only batch size and patience count.
        train: inputs and targets, as ``Model.fit`` takes them.
        validation: the same for the validation part.
        objective: a name among the model's own metrics, ``loss`` included.
        observer: told of each epoch.
        deadline: ``time.monotonic()`` at which training stops.

    Raises:
        ConfigError: the model is not compiled, or has no such metric.
    """
    model, options = candidate.model, candidate.options
    if not getattr(model, "compiled", False):
        raise ConfigError("build(trial) must return a compiled keras.Model: call model.compile in it.")
    keras.utils.set_random_seed(candidate.seed)
    names: list[str] = []

    def evaluate() -> np.ndarray:
        scores = model.evaluate(*validation, batch_size=256, verbose=0, return_dict=True)
        names[:] = list(scores)
        return np.asarray(list(scores.values()), dtype=float)

    watch = Watch(
        candidate=candidate,
        score=lambda values: dict(zip(names, values, strict=True)),
        objective=objective,
        observer=observer,
        deadline=deadline,
        variables=lambda: values_of(model.variables),
        optimizer=lambda: values_of(model.optimizer.variables),
        engine="user",
    )
    steps = math.ceil(len(train[1]) / options.batch_size)
    model.fit(
        *train,
        batch_size=options.batch_size,
        epochs=candidate.epochs,
        callbacks=[Progress(watch, predict=evaluate, steps=steps)],
        verbose=0,
    )
    if watch.best_variables:
        assign(model.variables, watch.best_variables, "model")
    return watch.outcome({"engine": "user"})
