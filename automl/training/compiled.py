"""The engine that trains whole epochs in one compiled call, with one program per structure.

A trial whose structure was trained before starts at once: its weights, seeds and dials are put into the
existing program. Data is on the device once for all trials.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import keras
import numpy as np

from automl.core.specs import Objective
from automl.core.targets import count_rows
from automl.training.bag import check_parts, first_values, members_first, members_of
from automl.training.batches.deal import Length, length_of, parts_per_batch
from automl.training.batches.transforms.transform import Batch
from automl.training.dials import find_dials, optimizer_dials, prepare
from automl.training.engine import Candidate, Observer, Outcome, Split, TrainingOptions, TrainingState
from automl.training.groups import train_in_turn
from automl.training.inputs import validation_batch, wanted
from automl.training.optimizers import build_optimizer, dial_values
from automl.training.pace import pace_of
from automl.training.precision import needs_loss_scaling
from automl.training.program import COMPILERS, LONG, Blueprint, Sizes
from automl.training.program_cache import ProgramCache
from automl.training.residence import Residence
from automl.training.runs import Compiled, Run
from automl.training.structure import structure_of
from automl.training.turns import side_by_side
from automl.training.watch import Watch

_PROGRAM_BYTES = 8 << 20
"""About what a traced program takes beside its variables."""

_OUTPUTS = 0.5
"""How long the outputs take to compile, as a share of the steps."""

_STALE, _DROPPED = 64, 8
"""Trials between two tidyings, and for how many of them a dropped program counts: so the memory that a
backend keeps of them stays below some 20 MB."""


class CompiledEngine:
    """Trains the candidates of a group one after another; see ``Engine`` for what is promised.

    Args:
        programs: how many programs are kept at most, and how many bytes they may take.
        splits: how many splits' data are kept on the device.
    """

    name = "compiled"

    def __init__(self, *, programs: int = 16, program_bytes: int = 2 << 30, splits: int = 12) -> None:
        self._compiler = COMPILERS[keras.backend.backend()]
        self._programs: ProgramCache[Compiled] = ProgramCache(programs, program_bytes)
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
        check_parts(candidate, split)
        length = length_of(candidate, count_rows(split.train_targets))
        sizes = _sizes(candidate, split, length, minds_length=self._compiler.minds_length)
        key = structure_of(candidate, _extra(sizes, split, inputs, candidate))
        known = self._programs.get(key)
        compiled = known or self._compile(candidate, sizes, key)
        program = compiled.program
        watch = Watch(
            candidate=candidate,
            scorer=split.scorer,
            objective=objective,
            observer=observer,
            deadline=deadline,
            variables=lambda: _own(candidate, program.variables()),
            optimizer=lambda: _own(candidate, program.optimizer()),
            engine=self.name,
            state=state,
            epochs_per_pass=length.epochs_per_pass,
        )
        self._load(candidate, compiled, state)
        run = Run(
            candidate,
            compiled,
            split,
            **dict(zip(("train", "validation"), self._residence.of(split, inputs), strict=True)),
            watch=watch,
            length=length.shortened(state.steps_per_epoch) if state and state.steps_per_epoch else length,
            pace=pace_of(candidate, split, length, deadline, again=_OUTPUTS),
        )
        try:
            run.go()
        except Exception:
            # out of memory, it may be: what is tried instead needs the room
            self._programs.drop(key)
            raise
        if watch.best_variables and not candidate.parts:
            self._compiler.write(candidate.model.variables, watch.best_variables, "model")
        return watch.outcome({"engine": self.name, "program": "hit" if known else "miss", **run.seconds})

    def _load(self, candidate: Candidate, compiled: Compiled, state: TrainingState | None) -> None:
        """Let each member begin, or go on from a state."""
        values = np.tile(_values(candidate, compiled), (compiled.program.members, 1))
        if state is None:
            begun = first_values(candidate, self._compiler.read(candidate.model.variables))
            compiled.program.load(side_by_side(begun), None, values)
        else:
            variables, slots = (
                members_first(candidate, arrays) for arrays in (state.variables, state.optimizer)
            )
            compiled.program.load(variables, slots, values)

    def _compile(self, candidate: Candidate, sizes: Sizes, key: str) -> Compiled:
        model = candidate.model.__class__.from_config(candidate.model.get_config())
        # without parts a training draws what Keras draws, and equals that of the streaming engine
        prepare(model, quick=bool(candidate.parts) and keras.backend.backend() == "jax")
        optimizer = build_optimizer(
            _steady(candidate), 1, model.trainable_variables, scaled=needs_loss_scaling(model)
        )
        optimizer.build(model.trainable_variables)
        members = len(members_of(candidate))
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
        compiled = Compiled(
            program=self._compiler.compile_group(blueprint, members),
            optimizer_dials=tuple(dial.name for dial in turned_by_options),
        )
        weights = sum(int(np.prod(item.shape)) for item in [*model.variables, *optimizer.variables])
        size = 4 * members * weights + _PROGRAM_BYTES
        self._stale += _DROPPED * self._programs.put(key, compiled, size)
        return compiled

    def _tidy(self) -> None:
        """Now and then, give back what dropped programs and models of earlier trials held."""
        self._stale += 1
        if self._stale >= _STALE:
            self._compiler.forget(kernels=True)
            gc.collect()
            self._stale = 0


def _values(candidate: Candidate, compiled: Compiled) -> list[float]:
    """The candidate's values of the program's dials."""
    own = [dial.value for dial in find_dials(candidate.model, candidate.loss)]
    settings = dial_values(candidate.options)
    return own + [settings[name] for name in compiled.optimizer_dials]


def _sizes(candidate: Candidate, split: Split, length: Length, *, minds_length: bool) -> Sizes:
    held = max((len(part.validation) for part in candidate.parts), default=0)
    return Sizes(
        batch=length.size,
        parts=parts_per_batch(candidate.options.accumulation, length.size),
        validation_batch=validation_batch(wanted(candidate.model, split.validation), held),
        long=minds_length and length.steps * candidate.epochs >= LONG,
    )


def _extra(sizes: Sizes, split: Split, inputs: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
    """What shapes a program beside the candidate: sizes, and the types of the data."""
    return {
        "sizes": asdict(sizes),
        "inputs": _types(inputs),
        "targets": _types(split.train_targets),
        "members": len(candidate.parts),
    }


def _own(candidate: Candidate, values: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Of all members of a bag as they are, of a single one without the first axis."""
    return values if candidate.parts else tuple(value[0] for value in values)


def _types(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [str(array.dtype), array.shape[1:]] for name, array in arrays.items()}


def _steady(candidate: Candidate) -> TrainingOptions:
    """The options with a learning rate that is a variable: each step is told its own."""
    return replace(candidate.options, schedule="constant", warmup=0.0)
