"""Compiled programs of JAX: an epoch is one XLA loop over arrays that lie on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import keras
import numpy as np
from jax import numpy as jnp

from automl.core.windows import Windows
from automl.private_keras import all_layers
from automl.training.batches.deal import Batches
from automl.training.dials import turned
from automl.training.program import Blueprint, GroupProgram, Placed, Sizes
from automl.training.programs.in_turn import InTurn
from automl.training.programs.on_jax_group import JaxGroup
from automl.training.programs.on_jax_steps import EpochData, Function, Lengths, State, Steps, portions
from automl.training.scoring import Portions
from automl.training.state import assign, values_of

_GRAIN = 32
"""Rows are filled up to a multiple of this: XLA compiles for one shape, and folds of a cross-validation
differ by a row."""

_LIGHT = 1_500_000
"""Multiplications of one member's step, forward, up to which members gain from being trained as one."""

_CONVOLUTIONS = (
    *(keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D),
    *(keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D),
    *(keras.layers.SeparableConv1D, keras.layers.SeparableConv2D),
    *(keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose),
)


class JaxCompiler:
    """Implements ``Compiler`` on JAX."""

    minds_length = False

    def place(self, array: Any) -> Any:
        """Copy an array to the device, filled up with copies of its last row; of ``Windows`` the starts."""
        if isinstance(array, Windows):
            return jnp.asarray(array.base), _filled(array.starts.astype(np.int32))
        return _filled(array)

    def compile_group(self, blueprint: Blueprint, members: int) -> GroupProgram:
        """Make a program that loops within XLA wherever that is as fast as its steps one by one.

        There devices share the members, and those of one are trained as one where ``gains_together`` says
        so; else they take turns.
        """
        loops, devices = not suffers_in_loops(blueprint.model), cores()
        if loops and members > 1:
            at_once = gains_together(blueprint.model, blueprint.sizes)
            if at_once or len(devices) > 1:
                return JaxGroup(blueprint, members, devices=devices, at_once=at_once)
        return InTurn(JaxProgram(blueprint, loops=loops), members, self.place)

    def gains_together(self, model: keras.Model, sizes: Sizes) -> bool:
        """Whether several trainings of a structure take less time at once than one after another."""
        return not suffers_in_loops(model) and gains_together(model, sizes)

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


def cores() -> list[jax.Device]:
    """Devices that members are divided among: the cores of a processor, see ``training.devices``.

    One accelerator only, as it trains small networks at once, and others may be another trial's.
    """
    found: list[jax.Device] = jax.devices()
    return found if jax.default_backend() == "cpu" else found[:1]


def gains_together(model: keras.Model, sizes: Sizes) -> bool:
    """Whether several members take less time as one: on accelerators, and where steps are small.

    On one core, as one against in turns: eight nets with layers of 32 units in batches of 32 took 0.72 of
    the time, of 64 units 0.83; five of 128 units 0.95, in batches of 64 1.06 and of 256 1.16, and of 256
    units 1.15. A step of those is multiplications, of which there are as many, and caches hold one member.
    """
    work = sizes.batch // sizes.parts * model.count_params()
    return bool(work <= _LIGHT) or jax.default_backend() != "cpu"


def suffers_in_loops(model: keras.Model) -> bool:
    """Whether a model has convolutions and runs on the CPU, where XLA's loops take their threads away."""
    if jax.default_backend() != "cpu":
        return False
    return any(isinstance(layer, _CONVOLUTIONS) for layer in all_layers(model))


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
        self._state = State([], [], [])
        self._dials = jnp.zeros(0)
        self._steps = Steps(blueprint, loops=loops)
        self._train = Function(self._many, writes=True)
        self._predict = Function(self._steps.outputs, writes=False)

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
        self._state = State(*([variable.value for variable in group] for group in self._groups))
        self._dials = jnp.asarray(dials, jnp.float32)

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, total: float
    ) -> float:
        """Do some steps of an epoch; see ``Program.train``."""
        rows, draws, steps = jax.device_put((batches.rows, batches.draws, rates))
        epoch = EpochData(data.inputs, data.targets, rows, draws, steps, self._dials)
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
        for loop, first, end in portions(data.rows, size, most):
            rows = np.arange(first, min(end, data.rows))
            parts = [
                self._predict(
                    *(self._state, data.inputs, batches, np.int32(data.rows), data.chosen),
                    lengths=data.lengths,
                )
                for batches in ([loop] if self._loops else loop[: -(-len(rows) // size), None])
            ]
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

    def take_out(self) -> tuple[State, jax.Array]:
        """Give the training as it stands; see ``Program.take_out``."""
        return self._state, self._dials

    def put_in(self, training: tuple[State, jax.Array]) -> None:
        """Go on with a training that was taken out; nothing is copied."""
        self._state, self._dials = training

    def _many(
        self,
        state: State,
        epoch: EpochData,
        first: jax.Array,
        last: jax.Array,
        total: jax.Array,
        lengths: Lengths,
    ) -> tuple[State, jax.Array]:
        with turned(self._blueprint.dials, epoch.dials):
            return self._steps.many(state, epoch, first, last, total, lengths)


def _filled(array: Any) -> jax.Array:
    missing = -len(array) % _GRAIN
    if not missing:
        return jnp.asarray(array)
    return jnp.asarray(np.concatenate([array, np.repeat(array[-1:], missing, axis=0)]))
