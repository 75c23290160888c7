"""``Model.fit`` of plain arrays in few calls of the backend.

A small model spends most of ``Model.fit`` in being traced, in a pipeline for its data, and between steps.
Here the same steps (``Model.train_step``, ``Model.test_step``) run many at a time, and all that surrounds
them is as in ``fit``: epochs, callbacks, metrics, history. What is not plain is left to ``Model.fit``:
callbacks that hear of batches, steps of the model's own, streams, sample and class weights, several
devices.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from automl.core.catalog import Catalog
from automl.private_keras import default_seed

BATCH_SIZE = 32
"""Examples per step where nothing is said, as in ``Model.fit``."""

CALL_SECONDS = 0.25
"""About how long one call of the backend takes: deadlines are heard between calls."""

_FIRST_STEPS = 4
"""Of the first call, whose time is that of tracing."""

_OWN_STEPS = (
    "fit",
    "evaluate",
    "train_step",
    "test_step",
    "make_train_function",
    "make_test_function",
    "get_metrics_result",
)
"""Methods by which a model of the program's own may train in another way."""

_HEARS_BATCHES = tuple(
    f"on_{part}batch_{end}" for part in ("", "train_", "test_") for end in ("begin", "end")
)

_LEFT = ("class_weight", "sample_weight", "steps_per_epoch", "validation_steps")
"""Arguments of ``fit`` that are left to it where they are given."""

_LARGEST = 1 << 30
"""Bytes of data that are copied to the device as a whole."""


class FitProgram(Protocol):
    """Steps of one compiled model."""

    def __init__(self, model: keras.Model) -> None: ...

    @staticmethod
    def takes(model: keras.Model) -> bool:
        """Whether the model's steps can be run here."""
        ...

    def place(self, data: Any) -> Any:
        """Copy a nest of arrays to the device."""
        ...

    def build(self, data: Any, size: int, steps: int) -> None:
        """Give variables to what cannot get them in a step, for so many batches of a size."""
        ...

    def train(self, data: Any, order: np.ndarray, size: int, first: int, last: int) -> None:
        """Train on the batches from the first to the last one, exclusive, in an order of the rows."""
        ...

    def test(self, data: Any, order: np.ndarray, size: int, first: int, last: int) -> None:
        """Let the model's metrics see some batches."""
        ...


PROGRAMS: Catalog[type[FitProgram]] = Catalog(
    "program of steps", {"tensorflow": "automl.training.programs.on_tensorflow_fit:TensorFlowFit"}
)
"""By the name of the Keras backend."""


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What ``fit`` was asked for."""

    train: Any
    held: Any
    size: int
    held_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool
    verbose: Any
    callbacks: list[Any]


@contextmanager
def quicker(model: keras.Model) -> Iterator[None]:
    """Let ``fit`` of one model be ``quick_fit`` within the context, whoever calls it."""
    model.fit = partial(quick_fit, model)
    try:
        yield
    finally:
        del model.fit


def quick_fit(model: keras.Model, *args: Any, **kwargs: Any) -> keras.callbacks.History:
    """Train as ``Model.fit`` does, with its arguments, and return what it returns.

    Callbacks with an attribute ``hears_calls`` hear of the last batch of each call as of a single batch.
    """
    plan = _planned(model, args, kwargs)
    return type(model).fit(model, *args, **kwargs) if plan is None else _Fit(model, plan).run()


def is_quick(model: keras.Model, *args: Any, **kwargs: Any) -> bool:
    """Whether ``quick_fit`` with these arguments does the work itself."""
    return _planned(model, args, kwargs) is not None


class _Fit:
    """One training."""

    def __init__(self, model: keras.Model, plan: _Plan) -> None:
        self._model, self._plan = model, plan
        self._program = PROGRAMS[keras.backend.backend()](model)
        self._train = self._program.place(plan.train)
        self._held = None if plan.held is None else self._program.place(plan.held)
        self._random = np.random.default_rng(default_seed())
        self._seconds = {self._program.train: 0.0, self._program.test: 0.0}

    def run(self) -> keras.callbacks.History:
        model, plan = self._model, self._plan
        steps = _steps(plan.train, plan.size)
        self._program.build(plan.train, plan.size, steps * (plan.epochs - plan.initial_epoch))
        callbacks = keras.callbacks.CallbackList(
            plan.callbacks,
            add_history=True,
            add_progbar=plan.verbose != 0,
            verbose=plan.verbose,
            epochs=plan.epochs,
            steps=steps,
            model=model,
        )
        model.stop_training = False
        callbacks.on_train_begin()
        logs = None
        for epoch in range(plan.initial_epoch, plan.epochs):
            callbacks.on_epoch_begin(epoch)
            logs = self._epoch(callbacks)
            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        if isinstance(model.optimizer, keras.Optimizer) and plan.epochs > 0:
            model.optimizer.finalize_variable_values(model.trainable_weights)
        callbacks.on_train_end(logs=logs)
        return model.history

    def _epoch(self, callbacks: keras.callbacks.CallbackList) -> dict[str, Any]:
        model, plan = self._model, self._plan
        rows = _rows(plan.train)
        order = self._random.permutation(rows) if plan.shuffle else np.arange(rows)
        logs = self._steps(self._program.train, self._train, order, plan.size, callbacks)
        if plan.held is None:
            return logs
        model.stop_evaluating = False
        callbacks.on_test_begin()
        held = self._steps(self._program.test, self._held, np.arange(_rows(plan.held)), plan.held_size)
        callbacks.on_test_end(held)
        return {**logs, **{f"val_{name}": value for name, value in held.items()}}

    def _steps(
        self,
        call: Callable[..., None],
        data: Any,
        order: np.ndarray,
        size: int,
        callbacks: keras.callbacks.CallbackList | None = None,
    ) -> dict[str, Any]:
        """Do all steps over the data, and return the metrics, as numbers."""
        model, steps, done = self._model, math.ceil(len(order) / size), 0
        model.reset_metrics()
        while done < steps:
            until = min(steps, done + self._next(call))
            if callbacks is not None:
                callbacks.on_train_batch_begin(done)
            began = time.perf_counter()
            call(data, order, size, done, until)
            self._seconds[call] = (time.perf_counter() - began) / (until - done)
            done = until
            if callbacks is not None:
                shown = self._plan.verbose != 0
                callbacks.on_train_batch_end(done - 1, model.get_metrics_result() if shown else {})
                if model.stop_training:
                    break
        return {name: _number(value) for name, value in model.get_metrics_result().items()}

    def _next(self, call: Callable[..., None]) -> int:
        """How many steps to ask for."""
        seconds = self._seconds[call]
        return max(1, int(CALL_SECONDS / seconds)) if seconds else _FIRST_STEPS


def _planned(model: keras.Model, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Plan | None:
    """What is asked for, None where it is left to ``Model.fit``, which also tells of mistakes."""
    backend = keras.backend.backend()
    capped = keras.config.max_epochs() or keras.config.max_steps_per_epoch()
    if capped or backend not in PROGRAMS or not _is_plain(model) or not PROGRAMS[backend].takes(model):
        return None
    try:
        bound = inspect.signature(keras.Model.fit).bind(model, *args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    asked = bound.arguments
    usual = all(asked[name] is None for name in _LEFT) and asked["validation_freq"] == 1
    parts = _parts(asked) if usual else None
    callbacks = asked["callbacks"]
    if parts is None or isinstance(callbacks, keras.callbacks.CallbackList):
        return None
    callbacks = keras.tree.flatten(callbacks) if callbacks else []
    if any(hears_batches(item) and not getattr(item, "hears_calls", False) for item in callbacks):
        return None
    size = asked["batch_size"] or BATCH_SIZE
    return _Plan(
        train=parts[0],
        held=parts[1],
        size=size,
        held_size=asked["validation_batch_size"] or size,
        epochs=asked["epochs"],
        initial_epoch=asked["initial_epoch"],
        shuffle=asked["shuffle"],
        verbose=asked["verbose"],
        callbacks=callbacks,
    )


def hears_batches(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback does something at the beginning or end of batches."""
    plain = keras.callbacks.Callback
    own = vars(callback)
    return any(
        name in own or getattr(type(callback), name) is not getattr(plain, name) for name in _HEARS_BATCHES
    )


def _is_plain(model: keras.Model) -> bool:
    """Whether a model trains as Keras' own do, and ``fit`` is Keras' own and nobody listens to it."""
    if not isinstance(model, keras.Model):
        return False
    changed = any(getattr(type(model), name) is not getattr(keras.Model, name) for name in _OWN_STEPS)
    listened = "keras" not in Path(keras.Model.fit.__code__.co_filename).parts
    return model.compiled and model.steps_per_execution == 1 and not (changed or listened)


def _parts(asked: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """The training and the validation part, None where they are no plain arrays of one length."""
    train = _plain((asked["x"], asked["y"]))
    held = asked["validation_data"]
    if train is None or not isinstance(asked["shuffle"], bool):
        return None
    if held is not None:
        held = _plain(held) if isinstance(held, tuple | list) and len(held) == 2 else None
        return None if held is None else (train, held)
    share = asked["validation_split"]
    if not share:
        return train, None
    rows = _rows(train)
    kept = math.floor(rows * (1 - share))
    if not 0 < kept < rows:
        return None
    return tuple(
        keras.tree.map_structure(lambda whole, part=part: whole[part], train)
        for part in (slice(kept), slice(kept, None))
    )


def _plain(data: Any) -> Any:
    """A nest of arrays in the types of the backend, None where something else is in it."""
    leaves = keras.tree.flatten(data)
    if not all(isinstance(leaf, np.ndarray) and leaf.ndim and leaf.dtype.kind in "biuf" for leaf in leaves):
        return None
    if len({len(leaf) for leaf in leaves}) != 1 or not len(leaves[0]):
        return None
    if sum(leaf.nbytes for leaf in leaves) > _LARGEST:
        return None
    return keras.tree.lists_to_tuples(keras.tree.map_structure(_typed, data))


def _typed(array: np.ndarray) -> np.ndarray:
    return array.astype(keras.config.floatx(), copy=False) if array.dtype.kind == "f" else array


def _rows(data: Any) -> int:
    leaves: Iterable[np.ndarray] = keras.tree.flatten(data)
    return len(next(iter(leaves)))


def _steps(data: Any, size: int) -> int:
    return math.ceil(_rows(data) / size)


def _number(value: Any) -> Any:
    array = np.asarray(value)
    return float(array) if array.ndim == 0 else array
