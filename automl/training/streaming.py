"""The engine that trains through Keras' own ``fit``, on any backend and strategy.

What keeps a small model's epoch short: several steps per call into the
compiled program, one compiled shape for all validation batches, nothing of Keras' own evaluation.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np

from automl.core.specs import Objective
from automl.training.engine import Candidate, Observer, Outcome, Split
from automl.training.mixup import MixedBatches
from automl.training.optimizers import build_optimizer
from automl.training.progress import Progress
from automl.training.strategies.single import single
from automl.training.strategy import Strategy

_LIGHT, _MEDIUM = 1e8, 1e9
"""Multiplications per step below which 32 or 8 steps go into one call; the deadline is checked between
calls, so heavy steps go one by one."""


class FitEngine:
    """Trains the candidates of a group one after another.

    The deadline holds for the whole group: a later candidate that it finds not yet begun is not
    trained (``stopped="deadline"``, no epochs); the first one makes at least one step. On the CPU
    nothing is compiled by XLA; on other devices that is left to Keras.

    Args:
        strategy: the devices; models must have been built in its scope.
    """

    name = "fit"

    def __init__(self, strategy: Strategy | None = None) -> None:
        self._strategy = strategy or single()

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
    ) -> Sequence[Outcome]:
        """Train each candidate to its full length or until it is stopped; see ``Engine.train``."""
        outcomes: list[Outcome] = []
        for candidate, observer in zip(candidates, observers, strict=True):
            if outcomes and deadline is not None and time.monotonic() >= deadline:
                outcomes.append(Outcome(epochs=(), best=-1, stopped="deadline"))
            else:
                outcomes.append(self._train_one(candidate, split, objective, observer, deadline))
        return outcomes

    def _train_one(
        self,
        candidate: Candidate,
        split: Split,
        objective: Objective,
        observer: Observer,
        deadline: float | None,
    ) -> Outcome:
        keras.utils.set_random_seed(candidate.seed)
        options, model = candidate.options, candidate.model
        batch_size = min(options.batch_size, len(split.train_targets))
        steps = math.ceil(len(split.train_targets) / batch_size)
        self._compile(candidate, steps, batch_size)
        progress = Progress(
            candidate=candidate,
            predict=self._predictor(model, _wanted(model, split.validation)),
            score=split.score,
            objective=objective,
            observer=observer,
            deadline=deadline,
            steps=steps,
        )
        inputs = _wanted(model, split.train)
        settings = {"epochs": candidate.epochs, "callbacks": [progress], "verbose": 0}
        if options.mixup:
            mixed = MixedBatches(inputs, split.train_targets, batch_size, options.mixup, candidate.seed)
            model.fit(mixed, shuffle=False, **settings)
        else:
            model.fit(inputs, split.train_targets, batch_size=batch_size, **settings)
        return progress.outcome()

    def _compile(self, candidate: Candidate, steps: int, batch_size: int) -> None:
        model = candidate.model
        if model.compiled:
            return
        total = steps * candidate.epochs
        with self._strategy.scope():
            model.compile(
                optimizer=build_optimizer(candidate.options, total, model.trainable_variables),
                loss=candidate.loss,
                steps_per_execution=min(steps, self._steps_per_call(model, batch_size)),
            )

    def _steps_per_call(self, model: keras.Model, batch_size: int) -> int:
        """More for lighter steps.

        One with several replicas: Keras' loop over steps fails on TensorFlow when the last batch does not
        reach every replica.
        """
        if self._strategy.replicas > 1:
            return 1
        work = batch_size * sum(_multiplications(layer) for layer in model.layers)
        return 32 if work <= _LIGHT else 8 if work <= _MEDIUM else 1

    def _predictor(self, model: keras.Model, inputs: Mapping[str, np.ndarray]) -> Callable[[], np.ndarray]:
        """Return a function that gives the raw outputs of all rows.

        Batches are of one size, the last one overlapping the one before it, so that one program is
        compiled; ``predict`` would set up a data pipeline each time, which costs more than a small
        model does. With several replicas ``predict`` is what deals a batch out to them.
        """
        rows = len(next(iter(inputs.values())))
        size = min(rows, _predict_batch(inputs))
        if self._strategy.replicas > 1:
            return lambda: np.asarray(model.predict(inputs, batch_size=size, verbose=0))
        starts = [*range(0, rows - size, size), rows - size]

        def predict() -> np.ndarray:
            batches = [slice(start, start + size) for start in starts]
            parts = [
                model.predict_on_batch({name: array[batch] for name, array in inputs.items()})
                for batch in batches
            ]
            overlap = len(starts) * size - rows
            return np.concatenate([*parts[:-1], parts[-1][overlap:]])

        return predict


def _wanted(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those arrays that the model takes; all of them for a model that does not name its inputs."""
    names = {tensor.name for tensor in getattr(model, "inputs", None) or ()}
    return {name: array for name, array in arrays.items() if not names or name in names}


def _multiplications(layer: keras.layers.Layer) -> int:
    """Per example, about: each weight at each position of the output; a look-up costs what it yields."""
    shapes = [tensor.shape for tensor in keras.tree.flatten(layer.output)]
    known = [[size or 1 for size in shape[1:]] for shape in shapes]
    if isinstance(layer, keras.layers.Embedding):
        return sum(math.prod(sizes) for sizes in known)
    positions = max((math.prod(sizes[:-1]) for sizes in known), default=1)
    return int(layer.count_params()) * positions


def _predict_batch(inputs: Mapping[str, np.ndarray]) -> int:
    """Rows per validation batch: many for plain vectors, fewer where activations are large."""
    size = max(math.prod(array.shape[1:]) for array in inputs.values())
    vectors = all(array.ndim <= 2 and array.dtype.kind == "f" for array in inputs.values())
    return max(32, min(4096 if vectors else 256, 2**22 // max(size, 1)))
