"""Builds and trains one model of a job; if memory runs out, again with each batch in more parts."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from automl.core.specs import COSTS, Objective
from automl.core.targets import count_rows
from automl.jobs.assembly import Dealt, Prepared, build_candidate, build_core
from automl.jobs.intake.setting import Setting
from automl.tasks.objectives import default_objective
from automl.training.engine import Epoch, Observer, Outcome, StopReason
from automl.training.failures import TooSlowError, out_of_memory
from automl.training.precision import policy

if TYPE_CHECKING:
    import keras

    from automl.training.engine import TrainingState
    from automl.training.footprint import Footprint


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What came of training one model.

    Attributes:
        outcome: what the engine says.
        model: with the weights of the best epoch.
        dealt: the configuration as it was trained, with the parts that each batch needed.
    """

    outcome: Outcome
    model: keras.Model
    dealt: Dealt


def train_model(
    setting: Setting,
    dealt: Dealt,
    fold: Prepared,
    *,
    title: str,
    epochs: int,
    seed: int,
    watch: Observer,
    deadline: float | None = None,
    state: TrainingState | None = None,
) -> Trained:
    """Build and train a model; while memory falls short, again with each batch in twice as many parts.

    Args:
        setting: what all trials share.
        dealt: the configuration.
        fold: the data.
        title: what is trained, for notes.
        epochs: full length.
        seed: of weights and batches.
        watch: told of each epoch, of a repeated one only once.
        deadline: ``time.monotonic()`` at which training stops.
        state: what training goes on from, None to begin.

    Raises:
        MemoryError: single examples cannot fit in the memory that is there, so nothing was begun.
        TooSlowError: not even one step fits in the time left, and no step can be stopped once it runs.
        Exception: what the engine raised; of lacking memory, once the parts are single examples.
    """
    watch = _of_new_epochs(watch)
    dealt = _within_memory(setting, dealt, fold, title, deadline)
    while True:
        trained = _attempt(setting, dealt, fold, epochs, seed, watch, deadline, state)
        if trained is not None:
            return trained
        # the failed model must be gone before the next one is built
        setting.release()
        parts = _more_parts(setting, dealt, fold)
        dealt = _in_parts(dealt, parts)
        setting.note(f"Out of memory: {title} continues with each batch in {parts} parts.")


def _within_memory(
    setting: Setting, dealt: Dealt, fold: Prepared, title: str, deadline: float | None
) -> Dealt:
    """Take smaller parts while a batch is certain not to fit; told from a model without values."""
    if setting.memory_bytes is None and setting.device_bytes is None:
        return dealt
    needs = _footprint(setting, dealt, fold)
    if deadline is not None:
        _refuse_long_steps(needs.activations * _batch(dealt, fold) / setting.bytes_per_second, deadline)
    parts = first = _parts(dealt, fold)
    while reason := _impossible(needs, parts, setting, dealt, fold):
        dealt = _in_parts(dealt, _more_parts(setting, dealt, fold))
        if _parts(dealt, fold) == parts:
            raise MemoryError(reason)
        parts = _parts(dealt, fold)
    if parts > first:
        setting.note(f"Out of memory before it began: {title} is trained with each batch in {parts} parts.")
    return dealt


def _refuse_long_steps(seconds: float, deadline: float) -> None:
    left = deadline - time.monotonic()
    if seconds > left:
        raise TooSlowError(f"one step takes {seconds:.0f} s or more, {max(left, 0):.0f} s are left")


def _footprint(setting: Setting, dealt: Dealt, fold: Prepared) -> Footprint:
    from automl.training.abstract import in_abstract
    from automl.training.footprint import footprint

    with policy(setting.precision):
        return in_abstract(lambda: footprint(build_core(dealt, fold), dealt.training))


def _impossible(needs: Footprint, parts: int, setting: Setting, dealt: Dealt, fold: Prepared) -> str:
    examples = -(-_batch(dealt, fold) // (parts * setting.strategy.replicas))
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
    setting: Setting,
    dealt: Dealt,
    fold: Prepared,
    epochs: int,
    seed: int,
    watch: Observer,
    deadline: float | None,
    state: TrainingState | None,
) -> Trained | None:
    """Train once; None when memory fell short and smaller parts are left to try."""
    with setting.building():
        candidate = build_candidate(
            dealt, fold, epochs=epochs, seed=seed, epochs_per_pass=setting.epochs_per_pass
        )
    try:
        outcomes = setting.engine.train(
            [candidate],
            fold.split,
            objective=_guide(setting.objectives, fold),
            observers=[watch],
            deadline=deadline,
            states=[state],
        )
    except Exception as error:
        if not out_of_memory(error) or _more_parts(setting, dealt, fold) == _parts(dealt, fold):
            raise
        return None
    return Trained(outcome=outcomes[0], model=candidate.model, dealt=dealt)


def _batch(dealt: Dealt, fold: Prepared) -> int:
    return min(dealt.training.batch_size, count_rows(fold.split.train_targets))


def _parts(dealt: Dealt, fold: Prepared) -> int:
    from automl.training.batches.deal import parts_per_batch

    return parts_per_batch(dealt.training.accumulation, _batch(dealt, fold))


def _more_parts(setting: Setting, dealt: Dealt, fold: Prepared) -> int:
    """Twice as many parts, as far as the batch can be split evenly; at most single examples."""
    from automl.training.batches.deal import parts_per_batch

    more = 2 if setting.strategy.accumulates else 1
    return parts_per_batch(more * _parts(dealt, fold), _batch(dealt, fold))


def _guide(objectives: tuple[Objective, ...], fold: Prepared) -> Objective:
    """The objective that tells which epoch is best: a cost cannot."""
    measured = [item for item in objectives if item.name not in COSTS]
    return measured[0] if measured else default_objective(fold.task.kind)
