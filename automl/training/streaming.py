"""The engine that trains through Keras' own ``fit``: data larger than memory, any backend and strategy.

What keeps a small model's epoch short: several steps per call into the
compiled program, one compiled shape for all validation batches, nothing of Keras' own evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import Objective
from automl.core.targets import count_rows
from automl.training.bag import check_parts, first_values, members_first
from automl.training.batches.deal import Length, length_of, parts_per_batch
from automl.training.engine import Candidate, Observer, Outcome, Split, TrainingState
from automl.training.fit_runs import FitRun, Fitted
from automl.training.groups import train_in_turn
from automl.training.inputs import EvenBatches, validation_batch
from automl.training.optimizers import build_optimizer
from automl.training.pace import pace_of
from automl.training.precision import needs_loss_scaling
from automl.training.scoring import Portions
from automl.training.state import assign, values_of
from automl.training.strategies.single import single
from automl.training.strategy import Strategy
from automl.training.turns import Values, by_member
from automl.training.watch import Watch
from automl.training.whole_loss import minimise

_LIGHT, _MEDIUM = 1e8, 1e9
"""Multiplications per step below which 32 or 8 steps go into one call; the deadline is checked between
calls, so heavy steps go one by one."""

_AGAIN = 1.5
"""How long the outputs, and the steps of a new schedule, take to compile, as a share of the first steps."""


class FitEngine:
    """Trains the candidates of a group one after another.

    The deadline holds for the whole group: a later candidate that it finds not yet begun is not
    trained (``stopped="deadline"``, no epochs); the first one makes at least one step. On the CPU
    nothing is compiled by XLA; on other devices that is left to Keras.

    Args:
        strategy: the devices; models must have been built in its scope.
    """

    name = "streaming"

    def __init__(self, strategy: Strategy | None = None) -> None:
        self._strategy = strategy or single()

    def together(self, candidates: Sequence[Candidate], split: Split) -> list[list[int]]:
        """Return that each is trained by itself; see ``Engine.together``."""
        return [[place] for place in range(len(candidates))]

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
        states: Sequence[TrainingState | None] = (),
    ) -> Sequence[Outcome]:
        """Train each candidate to its full length or until it is stopped; see ``Engine.train``."""

        def train_one(places: Sequence[int]) -> list[Outcome]:
            (place,) = places
            state = states[place] if states else None
            return [self._train_one(candidates[place], split, objective, observers[place], deadline, state)]

        with self._strategy.training():
            outcomes = train_in_turn(train_one, self.together(candidates, split), deadline)
        _forget()
        return outcomes

    def _train_one(
        self,
        candidate: Candidate,
        split: Split,
        objective: Objective,
        observer: Observer,
        deadline: float | None,
        state: TrainingState | None,
    ) -> Outcome:
        check_parts(candidate, split)
        length = length_of(candidate, count_rows(split.train_targets))
        if state is not None and state.steps_per_epoch:
            length = length.shortened(state.steps_per_epoch)
        parts = parts_per_batch(candidate.options.accumulation, length.size)
        if parts > 1 and not self._strategy.accumulates:
            raise ConfigError(
                f"Strategy {self._strategy.name!r} cannot train a batch in {parts} parts. Set accumulation "
                "to 1, and a smaller batch_size if memory is short."
            )
        begun = self._begun(candidate, state)
        self._compile(candidate, length)
        fitted = Fitted(candidate, begun)
        watch = Watch(
            candidate=candidate,
            scorer=split.scorer,
            objective=objective,
            observer=observer,
            deadline=deadline,
            variables=fitted.variables,
            optimizer=fitted.optimizer,
            engine=self.name,
            state=state,
            epochs_per_pass=length.epochs_per_pass,
        )
        run = FitRun(
            candidate,
            split,
            fitted,
            watch=watch,
            length=length,
            pace=None if state else pace_of(candidate, split, length, deadline, again=_AGAIN),
            grain=self._strategy.grain,
            predict=self._predict,
            compile_again=lambda length: self._compile(candidate, length),
        )
        run.go()
        if watch.best_variables and not candidate.parts:
            assign(candidate.model.variables, watch.best_variables, "model")
        return watch.outcome({"engine": self.name})

    def _begun(self, candidate: Candidate, state: TrainingState | None) -> list[Values]:
        """What each member begins with."""
        if state is not None:
            variables, slots = (
                members_first(candidate, arrays) for arrays in (state.variables, state.optimizer)
            )
            return by_member(max(1, len(candidate.parts)), variables, slots)
        with self._strategy.scope():
            return [
                (values, None) for values in first_values(candidate, values_of(candidate.model.variables))
            ]

    def _compile(self, candidate: Candidate, length: Length) -> None:
        model = candidate.model
        parts = parts_per_batch(candidate.options.accumulation, length.size)
        with self._strategy.scope():
            optimizer = build_optimizer(
                candidate.options,
                length.steps * candidate.epochs,
                model.trainable_variables,
                scaled=needs_loss_scaling(model),
                parts=parts,
            )
            optimizer.build(model.trainable_variables)
            per_call = self._steps_per_call(model, length.size // parts)
            model.compile(optimizer=optimizer, steps_per_execution=min(length.steps * parts, per_call))
        minimise(model, candidate.loss)

    def _steps_per_call(self, model: keras.Model, batch_size: int) -> int:
        """More for lighter steps.

        One with several replicas: Keras' loop over steps fails on TensorFlow when the last batch does not
        reach every replica.
        """
        if self._strategy.replicas > 1:
            return 1
        work = batch_size * sum(_multiplications(layer) for layer in model.layers)
        return 32 if work <= _LIGHT else 8 if work <= _MEDIUM else 1

    def _predict(self, model: keras.Model, inputs: Mapping[str, np.ndarray]) -> Portions:
        """Give the raw outputs of all rows, batch by batch.

        Batches are of one size, the last one overlapping the one before it, so that one program is
        compiled; ``predict`` would set up a data pipeline each time, which costs more than a small
        model does. With several replicas ``predict`` is what deals a batch out to them.
        """
        rows = len(next(iter(inputs.values())))
        batches = EvenBatches(inputs, min(rows, validation_batch(inputs)))
        if self._strategy.replicas > 1:
            yield from batches.portions(model.predict(batches, verbose=0))
            return
        for position, batch in enumerate(batches):
            yield batches.portion(position, model.predict_on_batch(*batch))


def _forget() -> None:
    """Drop what Keras and the backend keep of models that were trained; those in use stay usable."""
    policy = keras.config.dtype_policy()
    keras.utils.clear_session(free_memory=False)
    keras.config.set_dtype_policy(policy)


def _multiplications(layer: keras.layers.Layer) -> int:
    """Per example, about: each weight at each position of the output; a look-up costs what it yields."""
    shapes = [tensor.shape for tensor in keras.tree.flatten(layer.output)]
    known = [[size or 1 for size in shape[1:]] for shape in shapes]
    if isinstance(layer, keras.layers.Embedding):
        return sum(math.prod(sizes) for sizes in known)
    positions = max((math.prod(sizes[:-1]) for sizes in known), default=1)
    return int(layer.count_params()) * positions
