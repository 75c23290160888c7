"""Compiled programs of JAX: an epoch is one XLA loop over arrays that lie on the device.

Legend: n rows, b examples per step, p parts of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import jax
import keras
import numpy as np
from jax import lax
from jax import numpy as jnp

from automl.core.windows import Windows
from automl.private_keras import all_layers
from automl.training.batches.deal import Batches
from automl.training.batches.transforms.transform import Batch, transformed
from automl.training.dials import turned
from automl.training.program import Blueprint, Placed, Program
from automl.training.scoring import Portions
from automl.training.state import assign, values_of

_GRAIN = 32
"""Rows are filled up to a multiple of this: XLA compiles for one shape, and folds of a cross-validation
differ by a row."""

_CONVOLUTIONS = (
    *(keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D),
    *(keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D),
    *(keras.layers.SeparableConv1D, keras.layers.SeparableConv2D),
    *(keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose),
)

_Lengths: TypeAlias = Mapping[str, int]
_Gradients: TypeAlias = tuple[jax.Array, list[jax.Array], list[jax.Array]]


class _State(NamedTuple):
    """What a step changes, in the order of Keras' variables."""

    trainable: list[jax.Array]
    other: list[jax.Array]
    optimizer: list[jax.Array]


class _Epoch(NamedTuple):
    """What the steps of an epoch read; see ``Placed`` and ``Batches``."""

    inputs: Mapping[str, Any]
    targets: Mapping[str, jax.Array]
    rows: np.ndarray
    draws: tuple[Mapping[str, np.ndarray], ...]
    rates: np.ndarray
    dials: jax.Array


class JaxCompiler:
    """Implements ``Compiler`` on JAX."""

    def place(self, array: Any) -> Any:
        """Copy an array to the device, filled up with copies of its last row; of ``Windows`` the starts."""
        if isinstance(array, Windows):
            return jnp.asarray(array.base), _filled(array.starts.astype(np.int32))
        return _filled(array)

    def compile_program(self, blueprint: Blueprint) -> Program:
        """Make a program that loops within XLA wherever that is as fast as its steps one by one."""
        return JaxProgram(blueprint, loops=not suffers_in_loops(blueprint.model))

    def read(self, variables: Sequence[Any]) -> tuple[np.ndarray, ...]:
        """Copy the values of Keras variables."""
        return values_of(variables)

    def write(self, variables: Sequence[Any], values: Sequence[np.ndarray], what: str) -> None:
        """Give Keras variables the values of a state."""
        assign(variables, values, what)

    def forget(self, *, kernels: bool = False) -> None:
        """Empty JAX's caches when kernels are to go too; programs keep their own functions.

        Every new shape of a weight leaves there the functions that drew its first values, and common
        ones are compiled again after each time.
        """
        if kernels:
            jax.clear_caches()


COMPILER = JaxCompiler()


def suffers_in_loops(model: keras.Model) -> bool:
    """Whether a model has convolutions and runs on the CPU, where XLA's loops take their threads away."""
    if jax.default_backend() != "cpu":
        return False
    return any(isinstance(layer, _CONVOLUTIONS) for layer in all_layers(model))


class _Function:
    """A function compiled once per shape of its arguments, kept apart from JAX's caches.

    Args:
        function: of a state, arrays, and by name the lengths of windows.
        writes: whether its outputs may take the state's place in memory.
    """

    def __init__(self, function: Callable[..., Any], *, writes: bool) -> None:
        self._function, self._writes = function, writes
        self._compiled: dict[Any, Callable[..., Any]] = {}

    def __call__(self, state: _State, *arguments: Any, lengths: Mapping[str, int]) -> Any:
        leaves = jax.tree.leaves(arguments)
        key = *lengths.items(), *((leaf.shape, leaf.dtype) for leaf in leaves)
        if key not in self._compiled:
            function = partial(self._function, lengths=lengths)
            jitted = jax.jit(function, donate_argnums=(0,) if self._writes else ())
            self._compiled[key] = jitted.lower(state, *arguments).compile()
        return self._compiled[key](state, *arguments)


class JaxProgram:
    """Implements ``Program`` with one compiled function for training and one for validation.

    Args:
        blueprint: what is compiled.
        loops: whether a call is one loop; else its steps are calls of their own, queued without waiting.
    """

    def __init__(self, blueprint: Blueprint, *, loops: bool) -> None:
        self._blueprint, self._loops = blueprint, loops
        model, optimizer = blueprint.model, blueprint.optimizer
        self._groups = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)
        self._start = values_of(optimizer.variables)
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        self._rate = next(at for at, item in enumerate(optimizer.variables) if item is inner.learning_rate)
        self._state = _State([], [], [])
        self._dials = jnp.zeros(0)
        self._train = _Function(self._steps, writes=True)
        self._predict = _Function(self._validate, writes=False)

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: Sequence[float],
    ) -> None:
        """Begin or go on with a training; see ``Program.load``."""
        slots = self._start if optimizer is None else optimizer
        assign(self._blueprint.model.variables, variables, "model")
        assign(self._blueprint.optimizer.variables, slots, "optimizer")
        # from here on the state is the program's: its steps write over the arrays that Keras made
        self._state = _State(*([variable.value for variable in group] for group in self._groups))
        self._dials = jnp.asarray(dials, jnp.float32)

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, total: float
    ) -> float:
        """Do some steps of an epoch; see ``Program.train``."""
        rows, draws, steps = jax.device_put((batches.rows, batches.draws, rates))
        epoch = _Epoch(data.inputs, data.targets, rows, draws, steps, self._dials)
        ends = [last] if self._loops else range(first + 1, last + 1)
        sum_: Any = np.float32(total)
        for end in ends:
            span = np.int32(first), np.int32(end)
            self._state, sum_ = self._train(self._state, epoch, *span, sum_, lengths=data.lengths)
            first = end
        return float(sum_)

    def outputs(self, data: Placed) -> Portions:
        """Give raw outputs of a validation part; see ``Program.outputs``."""
        size, most = self._blueprint.sizes.validation_batch, self._blueprint.portion
        every = np.arange(-(-data.rows // size), dtype=np.int32)
        most = min(most, len(every))
        for first in range(0, len(every), most):
            # loops have one length, as each is compiled for: the last one may do a batch again
            loop = np.minimum(first + np.arange(most, dtype=np.int32), every[-1])
            parts = [
                self._predict(self._state, data.inputs, batches, np.int32(data.rows), lengths=data.lengths)
                for batches in ([loop] if self._loops else every[first : first + most, None])
            ]
            rows = np.arange(first * size, min((first + most) * size, data.rows))
            yield (
                rows,
                {name: np.concatenate([part[name] for part in parts])[: len(rows)] for name in parts[0]},
            )

    def variables(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables``."""
        known = {
            id(variable): value
            for group, values in zip(self._groups[:2], self._state[:2], strict=True)
            for variable, value in zip(group, values, strict=True)
        }
        return tuple(np.array(known[id(variable)]) for variable in self._blueprint.model.variables)

    def optimizer(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables``."""
        return tuple(np.array(value) for value in self._state.optimizer)

    def _steps(
        self,
        state: _State,
        epoch: _Epoch,
        first: jax.Array,
        last: jax.Array,
        total: jax.Array,
        lengths: _Lengths,
    ) -> tuple[_State, jax.Array]:
        def body(step: jax.Array, carry: tuple[_State, jax.Array]) -> tuple[_State, jax.Array]:
            state, total = carry
            state, loss = self._step(state, epoch, step, lengths)
            return state, total + loss

        with turned(self._blueprint.dials, epoch.dials):
            if not self._loops:
                return body(first, (state, total))
            done: tuple[_State, jax.Array] = lax.fori_loop(first, last, body, (state, total))
            return done

    def _step(
        self, state: _State, epoch: _Epoch, step: jax.Array, lengths: _Lengths
    ) -> tuple[_State, jax.Array]:
        slots = [*state.optimizer]
        slots[self._rate] = epoch.rates[step]
        state = state._replace(optimizer=slots)
        loss, other, gradients = self._gradients(
            state, lambda part: self._batch(epoch, step, part, lengths)
        )
        trainable, slots = self._blueprint.optimizer.stateless_apply(slots, gradients, state.trainable)
        return _State(trainable, other, slots), loss

    def _batch(self, epoch: _Epoch, step: jax.Array, part: Any, lengths: _Lengths) -> Batch:
        blueprint = self._blueprint

        def portion(values: Any) -> jax.Array:
            return values[step].reshape(blueprint.sizes.parts, -1, *values.shape[2:])[part]

        def fetch(rows: jax.Array) -> Batch:
            inputs, targets = _gather(epoch.inputs, lengths, rows), _gather(epoch.targets, {}, rows)
            return Batch(inputs=inputs, targets=targets, kinds=blueprint.kinds)

        rows, draws = jax.tree.map(portion, (epoch.rows, epoch.draws))
        return transformed(rows, blueprint.transforms, draws, fetch)

    def _gradients(self, state: _State, batch: Any) -> _Gradients:
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

    def _part_gradients(self, state: _State, other: list[Any], batch: Batch) -> _Gradients:
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

    def _validate(
        self,
        state: _State,
        inputs: Mapping[str, Any],
        positions: jax.Array,
        rows: jax.Array,
        lengths: _Lengths,
    ) -> dict[str, jax.Array]:
        size = self._blueprint.sizes.validation_batch

        def outputs(position: jax.Array) -> dict[str, jax.Array]:
            # the last batch repeats the last row
            taken = jnp.minimum(position * size + jnp.arange(size), rows - 1)
            batch = _gather(inputs, lengths, taken)
            values, _ = self._blueprint.model.stateless_call(
                state.trainable, state.other, batch, training=False
            )
            return {
                name: value.astype("float32") if jnp.issubdtype(value.dtype, jnp.floating) else value
                for name, value in values.items()
            }

        if len(positions) == 1:
            return outputs(positions[0])
        parts = lax.map(outputs, positions)
        return {name: part.reshape(-1, *part.shape[2:]) for name, part in parts.items()}


def _filled(array: Any) -> jax.Array:
    missing = -len(array) % _GRAIN
    if not missing:
        return jnp.asarray(array)
    return jnp.asarray(np.concatenate([array, np.repeat(array[-1:], missing, axis=0)]))


def _gather(inputs: Mapping[str, Any], lengths: _Lengths, rows: jax.Array) -> dict[str, jax.Array]:
    """The examples at ``rows``; a window is gathered from its series."""

    def one(name: str, value: Any) -> jax.Array:
        if name not in lengths:
            return value[rows]
        base, starts = value
        return base[starts[rows][:, None] + jnp.arange(lengths[name])]

    return {name: one(name, value) for name, value in inputs.items()}
