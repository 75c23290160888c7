"""The engine that trains whole epochs in one compiled call, with one program per structure.

A trial whose structure was trained before starts at once: its weights, seeds and dials are put into the
existing program. Data is on the device once for all trials.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import keras
import numpy as np

from automl.core.specs import Objective
from automl.core.targets import count_rows
from automl.training.batches.deal import deal, parts_per_batch, steps_per_epoch
from automl.training.batches.transforms.transform import Batch
from automl.training.dials import find_dials, optimizer_dials, prepare
from automl.training.engine import Candidate, Observer, Outcome, Split, TrainingOptions, TrainingState
from automl.training.groups import train_in_turn
from automl.training.inputs import validation_batch, wanted
from automl.training.optimizers import build_optimizer, dial_values, learning_rate
from automl.training.precision import needs_loss_scaling
from automl.training.program import COMPILERS, LONG, Blueprint, Placed, Program, Sizes
from automl.training.program_cache import ProgramCache
from automl.training.residence import Residence
from automl.training.schedules import rates
from automl.training.scoring import Portions
from automl.training.structure import structure_of
from automl.training.watch import Watch

_CALL_SECONDS = 0.5
"""About how long one call may take: the deadline and the user's interruption are heard between calls."""

_PROGRAM_BYTES = 8 << 20
"""About what a traced program takes beside its variables."""

_STALE, _DROPPED = 64, 8
"""Trials between two tidyings, and for how many of them a dropped program counts: so the memory that a
backend keeps of them stays below some 20 MB."""

_FIRST_CALLS = (1, 8)
"""Steps of a program's first calls, from which its speed is learned."""


@dataclass(kw_only=True)
class _Compiled:
    """A program and what is known of its speed."""

    program: Program
    optimizer_dials: tuple[str, ...]
    calls: int = 0
    step_seconds: float = 0.0
    scored: bool = False

    def steps_per_call(self) -> int:
        """How many steps to ask for next."""
        if self.calls < len(_FIRST_CALLS):
            return _FIRST_CALLS[self.calls]
        return max(1, int(_CALL_SECONDS / max(self.step_seconds, 1e-9)))

    def called(self, steps: int, seconds: float) -> bool:
        """Hear how long a call took; return whether it was the one that compiled."""
        self.calls += 1
        if self.calls > 1:
            self.step_seconds = seconds / steps
        return self.calls == 1


class CompiledEngine:
    """Trains the candidates of a group one after another; see ``Engine`` for what is promised.

    Args:
        programs: how many programs are kept at most, and how many bytes they may take.
        splits: how many splits' data are kept on the device.
    """

    name = "compiled"

    def __init__(self, *, programs: int = 16, program_bytes: int = 2 << 30, splits: int = 12) -> None:
        self._compiler = COMPILERS[keras.backend.backend()]
        self._programs: ProgramCache[_Compiled] = ProgramCache(programs, program_bytes)
        self._residence = Residence(self._compiler.place, splits)
        self._stale = 0

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

        def train_one(candidate: Candidate, observer: Observer, state: TrainingState | None) -> Outcome:
            return self._train_one(candidate, split, objective, observer, deadline, state)

        return train_in_turn(train_one, candidates, observers, states, deadline)

    def _train_one(
        self,
        candidate: Candidate,
        split: Split,
        objective: Objective,
        observer: Observer,
        deadline: float | None,
        state: TrainingState | None,
    ) -> Outcome:
        self._tidy()
        inputs = wanted(candidate.model, split.train)
        for transform in candidate.transforms:
            transform.check(Batch(inputs=inputs, targets=split.train_targets, kinds=candidate.kinds))
        train, validation = self._residence.of(split, inputs)
        sizes = _sizes(candidate, split)
        key = structure_of(candidate, _extra(sizes, split, inputs))
        known = self._programs.get(key)
        compiled = known or self._compile(candidate, sizes, key)
        program = compiled.program
        watch = Watch(
            candidate=candidate,
            scorer=split.scorer,
            objective=objective,
            observer=observer,
            deadline=deadline,
            variables=program.variables,
            optimizer=program.optimizer,
            engine=self.name,
            state=state,
        )
        begun = self._compiler.read(candidate.model.variables) if state is None else state.variables
        program.load(begun, state.optimizer if state else None, _values(candidate, compiled))
        run = _Run(candidate, compiled, train, validation, watch)
        try:
            run.go()
        except Exception:
            # out of memory, it may be: what is tried instead needs the room
            self._programs.drop(key)
            raise
        if watch.best_variables:
            self._compiler.write(candidate.model.variables, watch.best_variables, "model")
        return watch.outcome({"engine": self.name, "program": "hit" if known else "miss", **run.seconds})

    def _compile(self, candidate: Candidate, sizes: Sizes, key: str) -> _Compiled:
        model = candidate.model.__class__.from_config(candidate.model.get_config())
        prepare(model)
        optimizer = build_optimizer(
            _steady(candidate), 1, model.trainable_variables, scaled=needs_loss_scaling(model)
        )
        optimizer.build(model.trainable_variables)
        loss = candidate.loss.__class__.from_config(candidate.loss.get_config())
        turned_by_options = optimizer_dials(optimizer)
        blueprint = Blueprint(
            model=model,
            loss=loss,
            optimizer=optimizer,
            dials=(*find_dials(model, loss), *turned_by_options),
            transforms=candidate.transforms,
            kinds=candidate.kinds,
            sizes=sizes,
        )
        compiled = _Compiled(
            program=self._compiler.compile_program(blueprint),
            optimizer_dials=tuple(dial.name for dial in turned_by_options),
        )
        weights = sum(int(np.prod(item.shape)) for item in [*model.variables, *optimizer.variables])
        self._stale += _DROPPED * self._programs.put(key, compiled, 4 * weights + _PROGRAM_BYTES)
        return compiled

    def _tidy(self) -> None:
        """Now and then, give back what dropped programs and models of earlier trials held."""
        self._stale += 1
        if self._stale >= _STALE:
            self._compiler.forget(kernels=True)
            gc.collect()
            self._stale = 0


class _Run:
    """One candidate in a program, epoch after epoch."""

    def __init__(
        self, candidate: Candidate, compiled: _Compiled, train: Placed, validation: Placed, watch: Watch
    ) -> None:
        self._candidate, self._compiled, self._watch = candidate, compiled, watch
        self._train, self._validation = train, validation
        self._steps, _ = steps_per_epoch(candidate, train.rows)
        self._schedule = learning_rate(candidate.options, self._steps * candidate.epochs)
        self.seconds = {"compile_seconds": 0.0, "step_seconds": 0.0}

    def go(self) -> None:
        """Train until the watch ends it."""
        while self._watch.goes_on:
            self._watch.begin()
            done, total = self._epoch()
            self._watch.end(total / done, done / self._steps, self._outputs)

    def _epoch(self) -> tuple[int, float]:
        """Return how many steps were done, and the sum of their losses."""
        watch, program = self._watch, self._compiled.program
        batches = deal(self._candidate, self._train.rows, watch.epoch)
        step_rates = rates(self._schedule, watch.epoch * self._steps, self._steps)
        step_rates *= np.float32(watch.rate_factor)
        done, total = 0, 0.0
        while done < self._steps:
            until = min(self._steps, done + self._compiled.steps_per_call())
            began = time.perf_counter()
            total = program.train(self._train, batches, step_rates, done, until, total)
            seconds = time.perf_counter() - began
            self._count(self._compiled.called(until - done, seconds), seconds)
            done = until
            if not watch.step(total / done):
                break
        return done, total

    def _outputs(self) -> Portions:
        began = time.perf_counter()
        for portion in self._compiled.program.outputs(self._validation):
            self._count(not self._compiled.scored, time.perf_counter() - began)
            self._compiled.scored = True
            yield portion
            began = time.perf_counter()

    def _count(self, compiled: bool, seconds: float) -> None:
        self.seconds["compile_seconds" if compiled else "step_seconds"] += seconds


def _values(candidate: Candidate, compiled: _Compiled) -> list[float]:
    """The candidate's values of the program's dials."""
    own = [dial.value for dial in find_dials(candidate.model, candidate.loss)]
    settings = dial_values(candidate.options)
    return own + [settings[name] for name in compiled.optimizer_dials]


def _sizes(candidate: Candidate, split: Split) -> Sizes:
    steps, size = steps_per_epoch(candidate, count_rows(split.train_targets))
    return Sizes(
        batch=size,
        parts=parts_per_batch(candidate.options.accumulation, size),
        validation_batch=validation_batch(wanted(candidate.model, split.validation)),
        long=steps * candidate.epochs >= LONG,
    )


def _extra(sizes: Sizes, split: Split, inputs: dict[str, Any]) -> dict[str, Any]:
    """What shapes a program beside the candidate: sizes, and the types of the data."""
    return {
        "sizes": asdict(sizes),
        "inputs": _types(inputs),
        "targets": _types(split.train_targets),
    }


def _types(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [str(array.dtype), array.shape[1:]] for name, array in arrays.items()}


def _steady(candidate: Candidate) -> TrainingOptions:
    """The options with a learning rate that is a variable: each step is told its own."""
    return replace(candidate.options, schedule="constant", warmup=0.0)
