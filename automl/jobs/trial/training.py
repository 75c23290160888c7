"""Builds and trains one model of a job; if memory runs out, again with each batch in more parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl.core.seeds import derive
from automl.core.specs import COSTS, Objective
from automl.core.targets import count_rows, take_rows
from automl.jobs.assembly import Dealt, Prepared, build_candidate, build_core
from automl.jobs.intake.setting import Setting
from automl.jobs.trial.learning import learning
from automl.tasks.objectives import default_objective, smooth_objective
from automl.tasks.task import FitsHead, Thins
from automl.training.engine import Candidate, Epoch, Observer, Outcome, Part, StopReason
from automl.training.failures import TooSlowError, out_of_memory
from automl.training.precision import policy

if TYPE_CHECKING:
    import keras

    from automl.training.engine import TrainingState
    from automl.training.footprint import Footprint
    from automl.training.recipe import Recipe

Sketch: TypeAlias = "Callable[[], tuple[keras.Model, Recipe | None]]"
"""Gives the model of a configuration without values, and how its first ones are made."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What came of training one model.

    Attributes:
        outcome: what the engine says.
        model: with the weights of the best epoch, unless it was trained in folds.
        dealt: the configuration as it was trained, with the parts that each batch needed.
    """

    outcome: Outcome
    model: keras.Model
    dealt: Dealt


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a model is trained.

    Attributes:
        title: what is trained, for notes.
        epochs: full length.
        seed: of weights and batches.
        watch: told of each epoch, of a repeated one only once.
        deadline: ``time.monotonic()`` at which training stops.
        fits_deadline: whether epochs become shorter where they would not end before the deadline.
        state: what training goes on from, None to begin.
        folds: rows of each set of weights; empty for one set and all rows.
    """

    title: str
    epochs: int
    seed: int
    watch: Observer
    deadline: float | None = None
    fits_deadline: bool = False
    state: TrainingState | None = None
    folds: tuple[Part, ...] = ()


def train_model(setting: Setting, dealt: Dealt, prepared: Prepared, course: Course) -> Trained:
    """Build and train a model; while memory falls short, again with each batch in twice as many parts.

    Args:
        setting: what all trials share.
        dealt: the configuration.
        prepared: the data.
        course: how it is trained.

    Raises:
        MemoryError: single examples cannot fit in the memory that is there, so nothing was begun.
        TooSlowError: not even one step fits in the time left, and no step can be stopped once it runs.
        Exception: what the engine raised; of lacking memory, once the parts are single examples.
    """
    course = replace(course, watch=_of_new_epochs(course.watch))
    sketch = _sketch_of(setting, dealt, prepared)
    dealt = _within_memory(setting, dealt, prepared, course, sketch)
    while True:
        trained = _attempt(setting, dealt, prepared, course, sketch)
        if trained is not None:
            return trained
        # the failed model must be gone before the next one is built
        setting.release()
        parts = _more_parts(setting, dealt, prepared)
        dealt = _in_parts(dealt, parts)
        setting.note(f"Out of memory: {course.title} continues with each batch in {parts} parts.")


def _sketch_of(setting: Setting, dealt: Dealt, prepared: Prepared) -> Sketch:
    """What makes the model without values when it is first asked for, and how its first ones are made."""

    @cache
    def sketch() -> tuple[keras.Model, Recipe | None]:
        from automl.training.recipe import sketched

        with policy(setting.precision):
            return sketched(lambda: build_core(dealt, prepared))

    return sketch


def _within_memory(
    setting: Setting, dealt: Dealt, prepared: Prepared, course: Course, sketch: Sketch
) -> Dealt:
    """Take smaller parts while a batch is certain not to fit; told from a model without values."""
    if setting.memory_bytes is None and setting.device_bytes is None:
        return dealt
    from automl.training.footprint import footprint

    needs = footprint(sketch()[0], dealt.training)
    if course.deadline is not None:
        seconds = needs.activations * _batch(dealt, prepared) / setting.bytes_per_second
        _refuse_long_steps(seconds, course.deadline)
    parts = first = _parts(dealt, prepared)
    while reason := _impossible(needs, parts, setting, dealt, prepared):
        dealt = _in_parts(dealt, _more_parts(setting, dealt, prepared))
        if _parts(dealt, prepared) == parts:
            raise MemoryError(reason)
        parts = _parts(dealt, prepared)
    if parts > first:
        text = f"{course.title} is trained with each batch in {parts} parts."
        setting.note(f"Out of memory before it began: {text}")
    return dealt


def _refuse_long_steps(seconds: float, deadline: float) -> None:
    left = deadline - time.monotonic()
    if seconds > left:
        raise TooSlowError(f"one step takes {seconds:.0f} s or more, {max(left, 0):.0f} s are left")


def _impossible(needs: Footprint, parts: int, setting: Setting, dealt: Dealt, prepared: Prepared) -> str:
    examples = -(-_batch(dealt, prepared) // (parts * setting.strategy.replicas))
    asked = needs.impossible(examples, setting.memory_bytes, parts=parts)
    return asked or needs.impossible(examples, setting.device_bytes, parts=parts, certain=setting.certain)


def _in_parts(dealt: Dealt, parts: int) -> Dealt:
    return replace(dealt, training=replace(dealt.training, accumulation=parts))


def _of_new_epochs(watch: Observer) -> Observer:
    """An observer that is not told again of the epochs that a failed attempt had ended."""
    seen = 0

    def observe(epoch: Epoch) -> StopReason:
        nonlocal seen
        if epoch.number <= seen:
            return ""
        seen = epoch.number
        return watch(epoch)

    return observe


def _attempt(
    setting: Setting, dealt: Dealt, prepared: Prepared, course: Course, sketch: Sketch
) -> Trained | None:
    """Train once; None when memory fell short and smaller parts are left to try."""
    candidate = candidate_of(setting, dealt, prepared, course, sketch)
    try:
        outcomes = _train(setting, prepared, [candidate], [course])
    except Exception as error:
        if not out_of_memory(error) or _more_parts(setting, dealt, prepared) == _parts(dealt, prepared):
            raise
        return None
    return Trained(outcome=outcomes[0], model=candidate.model, dealt=dealt)


def candidate_of(
    setting: Setting, dealt: Dealt, prepared: Prepared, course: Course, sketch: Sketch | None = None
) -> Candidate:
    """Build what is trained.

    Args:
        setting: what all trials share.
        dealt: the configuration.
        prepared: the data.
        course: how it is trained.
        sketch: gives the model without values and the recipe of its first ones, where it is at hand.
    """
    sketch = sketch or _sketch_of(setting, dealt, prepared)
    with setting.building():
        candidate = build_candidate(
            dealt,
            prepared,
            epochs=course.epochs,
            seed=course.seed,
            epochs_per_pass=setting.epochs_per_pass,
        )
    begun = course.state is None and _begin(candidate.model, dealt, prepared, course.folds)
    parts, rows = _learned_rows(dealt, prepared, course)
    return replace(
        candidate,
        parts=parts,
        rows=rows,
        drawn=None if begun else lambda seed: _drawn(setting, dealt, prepared, sketch, seed),
        learned=learning(candidate.model, prepared.split),
        fits_deadline=course.fits_deadline,
    )


def _learned_rows(
    dealt: Dealt, prepared: Prepared, course: Course
) -> tuple[tuple[Part, ...], np.ndarray | None]:
    """The parts of a bag, or the rows of one set of weights; fewer where the task leaves some out."""
    task, targets = prepared.task, prepared.split.train_targets
    if not isinstance(task, Thins):
        return course.folds, None
    seeds = [derive(course.seed, "thinned", place) for place in range(max(1, len(course.folds)))]
    if not course.folds:
        return (), task.thinned(targets, None, dealt.task_options, seeds[0])
    thinned = [
        task.thinned(targets, part.train, dealt.task_options, seed)
        for part, seed in zip(course.folds, seeds, strict=True)
    ]
    return tuple(
        replace(part, train=part.train if rows is None else rows)
        for part, rows in zip(course.folds, thinned, strict=True)
    ), None


def fit_together(setting: Setting, candidates: Sequence[Candidate]) -> bool:
    """Whether candidates of one structure fit in the memory that is there while all of them are trained."""
    from automl.training.footprint import footprint

    first, count = candidates[0], len(candidates)
    needs = footprint(first.model, first.options).times(count * max(1, len(first.parts)))
    examples = -(-first.options.batch_size // max(1, first.options.accumulation))
    asked = needs.impossible(examples, setting.memory_bytes)
    return not (asked or needs.impossible(examples, setting.device_bytes, certain=setting.certain))


def train_together(
    setting: Setting, dealts: Sequence[Dealt], candidates: Sequence[Candidate], courses: Sequence[Course]
) -> list[Trained]:
    """Train candidates of one structure in one call of the engine, up to their first deadline.

    Raises:
        Exception: what the engine raised; none of them has come to anything.
    """
    outcomes = _train(setting, setting.prepared, candidates, courses)
    return [
        Trained(outcome=outcome, model=candidate.model, dealt=dealt)
        for outcome, candidate, dealt in zip(outcomes, candidates, dealts, strict=True)
    ]


def _train(
    setting: Setting, prepared: Prepared, candidates: Sequence[Candidate], courses: Sequence[Course]
) -> Sequence[Outcome]:
    return setting.engine.train(
        candidates,
        prepared.split,
        objective=_guide(setting.objectives, prepared, courses[0].folds),
        observers=[course.watch for course in courses],
        deadline=min((item.deadline for item in courses if item.deadline is not None), default=None),
        states=[course.state for course in courses],
    )


def _begin(model: keras.Model, dealt: Dealt, prepared: Prepared, folds: tuple[Part, ...]) -> bool:
    """Let the task fit the head in closed form; whether it did.

    With folds it sees only rows that all of them train on, as by time: else one would begin with what it
    is scored on.
    """
    task, split = prepared.task, prepared.split
    if not isinstance(task, FitsHead):
        return False
    inputs = {name: split.train[name] for name in model.input}
    targets = split.train_targets
    if folds:
        rows = reduce(np.intersect1d, [part.train for part in folds])
        if not len(rows):
            return False
        inputs, targets = take_rows(inputs, rows), take_rows(targets, rows)
    return task.fit_head(model, inputs, targets, dealt.task_options)


def _drawn(
    setting: Setting, dealt: Dealt, prepared: Prepared, sketch: Sketch, seed: int
) -> tuple[np.ndarray, ...]:
    """The first values of a model as a seed draws them: by the recipe, else of a model built for it."""
    from automl.training.seeding import seed_models
    from automl.training.state import values_of

    _, recipe = sketch()
    with setting.building():
        if recipe is not None:
            return recipe.values(seed)
        seed_models(seed)
        return values_of(build_core(dealt, prepared).variables)


def _batch(dealt: Dealt, prepared: Prepared) -> int:
    return min(dealt.training.batch_size, count_rows(prepared.split.train_targets))


def _parts(dealt: Dealt, prepared: Prepared) -> int:
    from automl.training.batches.deal import parts_per_batch

    return parts_per_batch(dealt.training.accumulation, _batch(dealt, prepared))


def _more_parts(setting: Setting, dealt: Dealt, prepared: Prepared) -> int:
    """Twice as many parts, as far as the batch can be split evenly; at most single examples."""
    from automl.training.batches.deal import parts_per_batch

    more = 2 if setting.strategy.accumulates else 1
    return parts_per_batch(more * _parts(dealt, prepared), _batch(dealt, prepared))


def _guide(objectives: tuple[Objective, ...], prepared: Prepared, folds: tuple[Part, ...]) -> Objective:
    """The objective that tells which epoch is best: a cost cannot, nor shares of the few rows of folds."""
    kind = prepared.task.kind
    measured = [item for item in objectives if item.name not in COSTS]
    chosen = measured[0] if measured else default_objective(kind)
    return smooth_objective(chosen, kind) if folds else chosen
