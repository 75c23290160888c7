"""The engine that trains whole epochs in one compiled call, with one program per structure.

A trial whose structure was trained before starts at once: its weights, seeds and dials are put into the
existing program. Data is on the device once for all trials.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
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
from automl.training.runs import Compiled, Copied, Run
from automl.training.structure import structure_of
from automl.training.turns import side_by_side
from automl.training.watch import Watch

_PROGRAM_BYTES = 8 << 20
"""About what a traced program takes beside its variables."""

_OUTPUTS = 0.5
"""How long the outputs take to compile, as a share of the steps."""

_LARGEST = 16
"""Candidates of the largest program in which fewer are trained."""

_STALE, _DROPPED = 64, 8
"""Trials between two tidyings, and for how many of them a dropped program counts: so the memory that a
backend keeps of them stays below some 20 MB."""


@dataclass(frozen=True, kw_only=True)
class _Planned:
    """What a candidate's training is like.

    Attributes:
        key: of its structure.
        sizes: that its program is compiled for.
        length: of its epochs.
        inputs: of the training part, those that its model takes.
    """

    key: str
    sizes: Sizes
    length: Length
    inputs: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What all candidates of a call share; see ``Engine.train``."""

    split: Split
    objective: Objective
    deadline: float | None


class CompiledEngine:
    """Trains candidates of one structure at once where that is quicker, others one after another.

    See ``Engine`` for what is promised. What counts as quicker is the compiler's to say; candidates that go
    on from a state are trained alone.

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

    def together(self, candidates: Sequence[Candidate], split: Split) -> list[list[int]]:
        """Return the places of the candidates that are trained at once; see ``Engine.together``."""
        planned = self._planned(candidates, split)
        return self._groups(candidates, planned, [None] * len(candidates))

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
        task = _Task(split=split, objective=objective, deadline=deadline)
        planned = self._planned(candidates, split)
        beginnings = states or [None] * len(candidates)

        def train_some(places: Sequence[int]) -> list[Outcome]:
            chosen = [candidates[place] for place in places]
            return self._train_some(
                chosen,
                planned[places[0]],
                task,
                [observers[place] for place in places],
                beginnings[places[0]],
            )

        return train_in_turn(train_some, self._groups(candidates, planned, beginnings), deadline)

    def _planned(self, candidates: Sequence[Candidate], split: Split) -> list[_Planned]:
        return [_planned(item, split, minds_length=self._compiler.minds_length) for item in candidates]

    def _groups(
        self,
        candidates: Sequence[Candidate],
        planned: Sequence[_Planned],
        states: Sequence[TrainingState | None],
    ) -> list[list[int]]:
        """Return the places of the candidates that are trained at once, in the order of the first ones."""
        groups: dict[Any, list[int]] = {}
        for place, (candidate, plan, state) in enumerate(zip(candidates, planned, states, strict=True)):
            alone = (
                len(candidates) == 1
                or state is not None
                or not self._compiler.gains_together(candidate.model, plan.sizes)
            )
            course = (candidate.epochs, candidate.fits_deadline, plan.length)
            groups.setdefault(place if alone else (plan.key, course), []).append(place)
        return list(groups.values())

    def _train_some(
        self,
        candidates: Sequence[Candidate],
        plan: _Planned,
        task: _Task,
        observers: Sequence[Observer],
        state: TrainingState | None,
    ) -> list[Outcome]:
        """Train one candidate, or several of one structure and length that all begin."""
        self._tidy()
        split, length, first = task.split, plan.length, candidates[0]
        compiled, known = self._program(first, plan, len(candidates))

        def watched(position: int, variables: Copied, optimizer: Copied) -> Watch:
            candidate = candidates[position]
            return Watch(
                candidate=candidate,
                scorer=split.scorer,
                objective=task.objective,
                observer=observers[position],
                deadline=task.deadline,
                variables=lambda: _own(candidate, variables()),
                optimizer=lambda: _own(candidate, optimizer()),
                engine=self.name,
                state=state,
                epochs_per_pass=length.epochs_per_pass,
            )

        run = Run(
            candidates,
            compiled,
            split,
            **dict(zip(("train", "validation"), self._residence.of(split, plan.inputs), strict=True)),
            watched=watched,
            dials=[_values(candidate, compiled) for candidate in candidates],
            length=length.shortened(state.steps_per_epoch) if state and state.steps_per_epoch else length,
            pace=pace_of(first, split, length, task.deadline, again=_OUTPUTS),
            fewer=lambda count, saved: self._fewer(first, plan, count, saved, compiled),
        )
        self._load(run, candidates, state)
        try:
            run.go()
        except Exception:
            # out of memory, it may be: what is tried instead needs the room
            for count in range(1, max(len(candidates), _LARGEST) + 1):
                self._programs.drop(_name(plan, count))
            raise
        return [self._outcome(run, plan, position, known) for position in range(len(candidates))]

    def _outcome(self, run: Run, plan: _Planned, position: int, known: bool) -> Outcome:
        """What came of a candidate; the time that all took together is shared out evenly."""
        seat = run.seats[position]
        if seat.watch.best_variables and not seat.candidate.parts:
            self._compiler.write(seat.candidate.model.variables, seat.watch.best_variables, "model")
        seconds = {name: value / len(run.seats) for name, value in run.seconds.items()}
        facts = {
            "engine": self.name,
            "program": "hit" if known or position else "miss",
            "gains_together": self._compiler.gains_together(seat.candidate.model, plan.sizes),
            **seconds,
        }
        return seat.watch.outcome(facts)

    def _load(self, run: Run, candidates: Sequence[Candidate], state: TrainingState | None) -> None:
        """Let each member begin, or go on from a state."""
        if state is not None:
            variables, slots = (
                members_first(candidates[0], arrays) for arrays in (state.variables, state.optimizer)
            )
            return run.load(variables, slots)
        begun = [
            values
            for candidate in candidates
            for values in first_values(candidate, self._compiler.read(candidate.model.variables))
        ]
        return run.load(side_by_side(begun), None)

    def _program(self, candidate: Candidate, plan: _Planned, count: int) -> tuple[Compiled, bool]:
        """Return a program with room for so many candidates, and whether it was there.

        One for more, whose other places stay idle, is taken where that costs less than to compile another.
        """
        if known := self._programs.get(_name(plan, count)):
            return known, True
        steps = plan.length.steps * candidate.epochs
        for more in range(count + 1, _LARGEST + 1):
            larger = self._programs.get(_name(plan, more))
            if larger is None or not larger.step_seconds:
                continue
            if (1 - count / more) * steps * larger.step_seconds <= larger.compile_seconds:
                return larger, True
        return self._compile(candidate, plan, count), False

    def _fewer(
        self, candidate: Candidate, plan: _Planned, count: int, saved: float, now: Compiled
    ) -> Compiled | None:
        """Return a program for fewer candidates than one has room for, None where it does not pay."""
        known = self._programs.get(_name(plan, count))
        if known is not None or saved <= now.compile_seconds:
            return known
        return self._compile(candidate, plan, count)

    def _compile(self, candidate: Candidate, plan: _Planned, count: int) -> Compiled:
        model = candidate.model.__class__.from_config(candidate.model.get_config())
        # without parts a training draws what Keras draws, and equals that of the streaming engine
        prepare(model, quick=bool(candidate.parts) and keras.backend.backend() == "jax")
        optimizer = build_optimizer(
            _steady(candidate), 1, model.trainable_variables, scaled=needs_loss_scaling(model)
        )
        optimizer.build(model.trainable_variables)
        members = count * len(members_of(candidate))
        loss = candidate.loss.__class__.from_config(candidate.loss.get_config())
        turned_by_options = optimizer_dials(optimizer)
        blueprint = Blueprint(
            model=model,
            loss=loss,
            optimizer=optimizer,
            dials=(*find_dials(model, loss), *turned_by_options),
            transforms=candidate.transforms,
            kinds=candidate.kinds,
            sizes=plan.sizes,
        )
        compiled = Compiled(
            program=self._compiler.compile_group(blueprint, members),
            optimizer_dials=tuple(dial.name for dial in turned_by_options),
        )
        weights = sum(int(np.prod(item.shape)) for item in [*model.variables, *optimizer.variables])
        size = 4 * members * weights + _PROGRAM_BYTES
        self._stale += _DROPPED * self._programs.put(_name(plan, count), compiled, size)
        return compiled

    def _tidy(self) -> None:
        """Now and then, give back what dropped programs and models of earlier trials held."""
        self._stale += 1
        if self._stale >= _STALE:
            self._compiler.forget(kernels=True)
            gc.collect()
            self._stale = 0


def _planned(candidate: Candidate, split: Split, *, minds_length: bool) -> _Planned:
    """Check a candidate and say how it is trained.

    Raises:
        ConfigError: its parts do not fit the split, or a transform the data.
    """
    inputs = wanted(candidate.model, split.train)
    for transform in candidate.transforms:
        transform.check(Batch(inputs=inputs, targets=split.train_targets, kinds=candidate.kinds))
    check_parts(candidate, split)
    length = length_of(candidate, count_rows(split.train_targets))
    sizes = _sizes(candidate, split, length, minds_length=minds_length)
    key = structure_of(candidate, _extra(sizes, split, inputs, candidate))
    return _Planned(key=key, sizes=sizes, length=length, inputs=inputs)


def _name(plan: _Planned, count: int) -> str:
    """What a program for so many candidates is kept under."""
    return f"{plan.key}/{count}"


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
