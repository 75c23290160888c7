"""What compiled programs of JAX are made of: the steps of an epoch, and the outputs of a validation part.

Legend: n rows, b examples per step, p parts of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import jax
import keras
import numpy as np
from jax import lax
from jax import numpy as jnp

from automl.training.batches.transforms.transform import Batch, transformed
from automl.training.program import Blueprint

Lengths: TypeAlias = Mapping[str, int]
_ON_CPU = {"xla_backend_optimization_level": 1}
"""What XLA may spend on optimising code of its own for a processor; products of matrices are a library's.
With more, a step of eight nets of two layers of 64 units compiled in 1.7 s of processor time instead of 1.1
and ran as long (six epochs 0.19 s and 0.18), as did one net of two layers of 256 units."""

_AT_ONCE = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""To compile as quickly as possible."""

_Carry: TypeAlias = "tuple[State, jax.Array]"
_Gradients: TypeAlias = tuple[jax.Array, list[jax.Array], list[jax.Array]]


class State(NamedTuple):
    """What a step changes, in the order of Keras' variables."""

    trainable: list[jax.Array]
    other: list[jax.Array]
    optimizer: list[jax.Array]


class EpochData(NamedTuple):
    """What the steps of an epoch read; see ``Placed`` and ``Batches``."""

    inputs: Mapping[str, Any]
    targets: Mapping[str, jax.Array]
    rows: np.ndarray
    draws: tuple[Mapping[str, np.ndarray], ...]
    rates: np.ndarray
    dials: jax.Array


class Function:
    """A function compiled once per shape of its arguments, kept apart from JAX's caches.

    Args:
        function: of a state, arrays, and by name the lengths of windows.
        writes: whether its outputs may take the state's place in memory.
    """

    def __init__(self, function: Callable[..., Any], *, writes: bool) -> None:
        self._function, self._writes = function, writes
        self._compiled: dict[Any, Callable[..., Any]] = {}

    def __call__(self, state: State, *arguments: Any, lengths: Mapping[str, int]) -> Any:
        """Call it, compiled for such arguments."""
        leaves = jax.tree.leaves(arguments)
        key = *lengths.items(), *((leaf.shape, leaf.dtype) for leaf in leaves)
        if key not in self._compiled:
            function = partial(self._function, lengths=lengths)
            jitted = jax.jit(function, donate_argnums=(0,) if self._writes else ())
            options = _ON_CPU if jax.default_backend() == "cpu" else None
            self._compiled[key] = jitted.lower(state, *arguments).compile(compiler_options=options)
        return self._compiled[key](state, *arguments)


def compiled_briefly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function for each shape of its arguments, for so few calls that optimising does not pay."""
    jitted: Callable[..., Any] = jax.jit(function, compiler_options=_AT_ONCE)
    return jitted


class Steps:
    """The functions of one structure; dials are turned by whoever traces them.

    Args:
        blueprint: of the structure.
        loops: whether steps, and parts of a batch, are looped over within XLA.
    """

    def __init__(self, blueprint: Blueprint, *, loops: bool) -> None:
        self._blueprint, self._loops = blueprint, loops
        optimizer = blueprint.optimizer
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        self._rate = next(at for at, item in enumerate(optimizer.variables) if item is inner.learning_rate)

    def many(
        self,
        state: State,
        epoch: EpochData,
        first: jax.Array,
        last: jax.Array,
        total: jax.Array,
        lengths: Lengths,
    ) -> tuple[State, jax.Array]:
        """Do the steps ``first`` to ``last - 1``, or the first of them; add their losses to ``total``."""
        body = adding(lambda state, step: self.step(state, epoch, step, lengths))
        if not self._loops:
            return body(first, (state, total))
        done: _Carry = lax.fori_loop(first, last, body, (state, total))
        return done

    def step(
        self, state: State, epoch: EpochData, step: jax.Array, lengths: Lengths
    ) -> tuple[State, jax.Array]:
        """Do one step; return its loss, too."""
        slots = [*state.optimizer]
        slots[self._rate] = epoch.rates[step]
        state = state._replace(optimizer=slots)
        loss, other, gradients = self._gradients(
            state, lambda part: self._batch(epoch, step, part, lengths)
        )
        trainable, slots = self._blueprint.optimizer.stateless_apply(slots, gradients, state.trainable)
        return State(trainable, other, slots), loss

    def _batch(self, epoch: EpochData, step: jax.Array, part: Any, lengths: Lengths) -> Batch:
        blueprint = self._blueprint

        def portion(values: Any) -> jax.Array:
            return values[step].reshape(blueprint.sizes.parts, -1, *values.shape[2:])[part]

        def fetch(rows: jax.Array) -> Batch:
            inputs, targets = gather(epoch.inputs, lengths, rows), gather(epoch.targets, {}, rows)
            return Batch(inputs=inputs, targets=targets, kinds=blueprint.kinds)

        rows, draws = jax.tree.map(portion, (epoch.rows, epoch.draws))
        return transformed(rows, blueprint.transforms, draws, fetch)

    def _gradients(self, state: State, batch: Any) -> _Gradients:
        """Mean loss over the parts of a batch, what the model changed in itself, mean gradients."""
        parts = self._blueprint.sizes.parts
        if parts == 1:
            return self._part_gradients(state, state.other, batch(0))

        def body(part: Any, carry: Any) -> Any:
            loss, other, sums = carry
            more, other, gradients = self._part_gradients(state, other, batch(part))
            sums = [sum_ + gradient / parts for sum_, gradient in zip(sums, gradients, strict=True)]
            return loss + more / parts, other, sums

        carry: _Gradients = (
            jnp.float32(0),
            state.other,
            [jnp.zeros_like(item) for item in state.trainable],
        )
        if self._loops:
            carry = lax.fori_loop(0, parts, body, carry)
            return carry
        for part in range(parts):
            # one part after another, or their activations would lie in memory together
            carry = lax.optimization_barrier(body(part, carry))
        return carry

    def _part_gradients(self, state: State, other: list[Any], batch: Batch) -> _Gradients:
        blueprint = self._blueprint
        slots = list(zip(blueprint.optimizer.variables, state.optimizer, strict=True))

        def scaled_loss(trainable: list[jax.Array]) -> tuple[jax.Array, tuple[jax.Array, list[Any]]]:
            outputs, changed, losses = blueprint.model.stateless_call(
                trainable, other, batch.inputs, training=True, return_losses=True
            )
            loss = sum(losses, start=blueprint.loss(batch.targets, outputs)).astype("float32")
            with keras.StatelessScope(slots):
                return blueprint.optimizer.scale_loss(loss), (loss, changed)

        (_, (loss, changed)), gradients = jax.value_and_grad(scaled_loss, has_aux=True)(state.trainable)
        return loss, changed, gradients

    def outputs(
        self,
        state: State,
        inputs: Mapping[str, Any],
        positions: jax.Array,
        rows: jax.Array,
        chosen: jax.Array | None,
        lengths: Lengths,
    ) -> dict[str, jax.Array]:
        """Raw outputs of the batches at ``positions``, the last one filled up."""
        size = self._blueprint.sizes.validation_batch

        def one(position: jax.Array) -> dict[str, jax.Array]:
            # the last batch repeats the last row
            taken = jnp.minimum(position * size + jnp.arange(size), rows - 1)
            taken = taken if chosen is None else chosen[taken]
            batch = gather(inputs, lengths, taken)
            values, _ = self._blueprint.model.stateless_call(
                state.trainable, state.other, batch, training=False
            )
            return {
                name: value.astype("float32") if jnp.issubdtype(value.dtype, jnp.floating) else value
                for name, value in values.items()
            }

        if len(positions) == 1:
            return one(positions[0])
        parts = lax.map(one, positions)
        return {name: part.reshape(-1, *part.shape[2:]) for name, part in parts.items()}


def adding(step: Callable[[State, jax.Array], _Carry]) -> Callable[[jax.Array, _Carry], _Carry]:
    """Make a step the body of a loop that adds up the losses."""

    def body(at: jax.Array, carry: _Carry) -> _Carry:
        state, total = carry
        state, loss = step(state, at)
        return state, total + loss

    return body


def portions(rows: int, size: int, most: int) -> Iterator[tuple[np.ndarray, int, int]]:
    """Divide a validation part into calls of as many batches each, as each number is compiled for.

    Args:
        rows: examples.
        size: of a batch.
        most: batches of a call at most.

    Yields:
        positions of a call's batches, the last of which may be done again, and its first row and the end
        of its rows where there are enough.
    """
    last = -(-rows // size) - 1
    most = min(most, last + 1)
    for first in range(0, last + 1, most):
        batches = np.minimum(first + np.arange(most, dtype=np.int32), np.int32(last))
        yield batches, first * size, (first + most) * size


def gather(inputs: Mapping[str, Any], lengths: Lengths, rows: jax.Array) -> dict[str, jax.Array]:
    """The examples at ``rows``; a window is gathered from its series."""

    def one(name: str, value: Any) -> jax.Array:
        if name not in lengths:
            return value[rows]
        base, starts = value
        return base[starts[rows][:, None] + jnp.arange(lengths[name])]

    return {name: one(name, value) for name, value in inputs.items()}
