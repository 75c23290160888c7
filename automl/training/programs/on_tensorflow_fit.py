"""Keras' own steps over arrays on TensorFlow: many of them in one ``tf.while_loop``.

``Model.fit`` calls a traced function for every step, and takes batches from a pipeline that is traced, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from automl.private_keras import all_layers, build_scores
from automl.training.programs.on_tensorflow import is_dense_model, is_light_model

Rows = Any
"""A nest of tensors ``(n, ...)``."""

_MANY_STEPS = 500
"""From which graphs of dense layers are optimized: it takes 60 ms, and 5 % off a step of 0.6 to 2.6 ms."""


_BRANCHES = frozenset(
    f"{state}{operation}"
    for operation in ("If", "Case", "While", "PartitionedCall")
    for state in ("", "Stateless", "Stateful")
)
"""Operations that run functions of their own."""


class _BranchesError(Exception):
    """A step runs functions of its own, as the loss scaling of an optimizer does."""


class TensorFlowFit:
    """Implements ``FitProgram``: one traced function for training, one for validation.

    Args:
        model: compiled.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._train = self._traced(model.train_step)
        self._test = self._traced(model.test_step)
        self._executor = ""
        self._graphs: Callable[[], AbstractContextManager[None]] = nullcontext

    @staticmethod
    def takes(model: keras.Model) -> bool:
        """Whether a model is on one device, and its steps are to be traced and not compiled by XLA."""
        alone = model.distribute_strategy.num_replicas_in_sync == 1
        return alone and not (model.run_eagerly or model.jit_compile)

    def place(self, data: Any) -> Rows:
        """Copy a nest of arrays to the device."""
        return tf.nest.map_structure(tf.constant, data)

    def build(self, data: Any, size: int, steps: int) -> None:
        """Give variables to the model and all that belongs to it, from the first batch of a nest.

        A model that gets its own in its first step, as in ``Model.fit``, is left to it, and traced twice.
        """
        model = self._model
        x, y = tf.nest.map_structure(lambda whole: whole[:size], data)
        if isinstance(model, keras.Sequential) and isinstance(x, np.ndarray) and not model.built:
            model.build(x.shape)
        if not all(layer.built for layer in (model, *all_layers(model))):
            return
        with keras.StatelessScope():
            found = model(x, training=False)
        build_scores(model, (x, y), found)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._executor = "SINGLE_THREADED_EXECUTOR" if is_light_model(model, size) else ""
        if steps < _MANY_STEPS and is_dense_model(model):
            self._graphs = _graphs_as_traced

    def train(self, data: Rows, order: np.ndarray, size: int, first: int, last: int) -> None:
        """Train on some batches, which are next to each other in an order of the rows."""
        self._call(self._train, data, order, size, first, last)

    def test(self, data: Rows, order: np.ndarray, size: int, first: int, last: int) -> None:
        """Let the model's metrics see some batches."""
        self._call(self._test, data, order, size, first, last)

    def _call(
        self, steps: Callable[..., Any], data: Rows, order: np.ndarray, size: int, first: int, last: int
    ) -> None:
        batches = (data, tf.constant(order), size, tf.constant(first), tf.constant(last))
        try:
            done = self._run(steps, batches)
        except _BranchesError:
            self._executor = ""
            done = self._run(steps, batches)
        done.numpy()  # the call has come to its end only then

    def _run(self, steps: Callable[..., Any], batches: tuple[Any, ...]) -> Any:
        # while it is traced, too: loops are laid out for the executor they meet;
        # and in this order: TensorFlow forgets the executor where what it optimizes is said anew
        with self._graphs(), tf.experimental.function_executor_type(self._executor):
            return steps(*batches)

    def _traced(self, step: Callable[[Any], Any]) -> Callable[..., Any]:
        def steps(data: Rows, order: tf.Tensor, size: int, first: tf.Tensor, last: tf.Tensor) -> tf.Tensor:
            # batches of one length, if they are, are known to be
            even = order.shape[0] is not None and order.shape[0] % size == 0

            def body(place: tf.Tensor) -> tuple[tf.Tensor]:
                rows = order[place * size : (place + 1) * size]
                rows = tf.ensure_shape(rows, (size,)) if even else rows
                step(tf.nest.map_structure(lambda whole: tf.gather(whole, rows), data))
                if self._executor and _branches(place.graph):
                    # the executor of one thread waits for ever for a branch within a branch
                    raise _BranchesError
                return (place + 1,)

            return tf.while_loop(lambda place: place < last, body, (first,), parallel_iterations=1)[0]

        traced: Callable[..., Any] = tf.function(steps, autograph=False, reduce_retracing=True)
        return traced


def _branches(graph: Any) -> bool:
    """Whether an operation of a graph runs a function."""
    return any(operation.type in _BRANCHES for operation in graph.get_operations())


@contextmanager
def _graphs_as_traced() -> Iterator[None]:
    """Let TensorFlow run graphs within the context without optimizing them."""
    name = "disable_meta_optimizer"
    before = tf.config.optimizer.get_experimental_options().get(name, False)
    tf.config.optimizer.set_experimental_options({name: True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({name: before})
