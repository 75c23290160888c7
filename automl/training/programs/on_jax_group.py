"""Members of a group that JAX trains together: every array of a training has them as its first axis.

Devices share the members among them; the cores of a processor are devices, see ``training.devices``. On
each ``vmap`` turns the step of one member into that of all, or members follow one another. Either way what
a member computes is what it would compute alone: its batches are gathered from data that lies on the device
once, and its random layers draw from its own seeds.

Legend: m members, s steps, b examples per step, v rows that a member is scored on.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from automl.training.batches.deal import Batches
from automl.training.dials import turned
from automl.training.program import ALL, Blueprint, MemberPortions, Placed
from automl.training.programs.on_jax_steps import (
    EpochData,
    Function,
    Lengths,
    State,
    Steps,
    adding,
    portions,
)
from automl.training.state import check_fit, values_of

_GRAIN = 32
"""Rows of the members are filled up to a multiple of this, as XLA compiles for one shape."""

_OWN, _SHARED = PartitionSpec("members"), PartitionSpec()
"""What is divided by members, and what each device has whole."""


class _Own(NamedTuple):
    """What each member reads alone; see ``Batches``."""

    rows: Any
    draws: tuple[Mapping[str, Any], ...]
    rates: Any
    dials: Any


class JaxGroup:
    """Implements ``GroupProgram`` with one loop over the steps of all members of a device.

    Args:
        blueprint: of the structure.
        members: how many.
        devices: what they are divided among.
        at_once: whether the members of a device take each step together, else one after another takes all.
    """

    def __init__(
        self, blueprint: Blueprint, members: int, *, devices: Sequence[jax.Device], at_once: bool = True
    ) -> None:
        self.members = members
        self._blueprint, self._at_once = blueprint, at_once
        self._mesh = Mesh(np.array(devices[:members]), ("members",))
        # copies of the last member, where the devices' shares are not equal
        self._ghosts = -members % self._mesh.size
        model, optimizer = blueprint.model, blueprint.optimizer
        self._start = values_of(optimizer.variables)
        trainable = {id(item): at for at, item in enumerate(model.trainable_variables)}
        other = {id(item): at for at, item in enumerate(model.non_trainable_variables)}
        self._places = [
            (0, trainable[id(item)]) if id(item) in trainable else (1, other[id(item)])
            for item in model.variables
        ]
        self._steps = Steps(blueprint, loops=True)
        self._state = State([], [], [])
        self._dials: Any = None
        self._train = Function(self._many, writes=True)
        self._predict = Function(self._outputs, writes=False)

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: np.ndarray,
    ) -> None:
        """Begin or go on with all trainings; see ``GroupProgram.load``."""
        blueprint = self._blueprint
        slots = optimizer or [np.repeat(value[None], self.members, axis=0) for value in self._start]
        check_fit(blueprint.model.variables, [value[0] for value in variables], "model")
        check_fit(blueprint.optimizer.variables, [value[0] for value in slots], "optimizer")
        groups: tuple[dict[int, jax.Array], dict[int, jax.Array]] = ({}, {})
        for (group, at), variable, value in zip(
            self._places, blueprint.model.variables, variables, strict=True
        ):
            groups[group][at] = self._begun(value, variable)
        trainable, other = ([group[at] for at in sorted(group)] for group in groups)
        pairs = zip(slots, blueprint.optimizer.variables, strict=True)
        self._state = State(trainable, other, [self._begun(value, item) for value, item in pairs])
        self._dials = self._divided(np.asarray(dials, np.float32))

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, totals: np.ndarray
    ) -> np.ndarray:
        """Do some steps of an epoch of every member; see ``GroupProgram.train``."""
        rows, draws, steps, sums = self._divided((batches.rows, batches.draws, rates, totals))
        inputs, targets = self._everywhere((data.inputs, data.targets))
        own, span = _Own(rows, draws, steps, self._dials), (np.int32(first), np.int32(last))
        self._state, sums = self._train(
            self._state, inputs, targets, own, *span, sums, lengths=data.lengths
        )
        return np.array(sums)[: self.members]

    def outputs(self, data: Placed, chosen: Sequence[np.ndarray | None]) -> MemberPortions:
        """Give the raw outputs of each member for its rows; see ``GroupProgram.outputs``."""
        counts = [data.rows if rows is None else len(rows) for rows in chosen]
        size = self._blueprint.sizes.validation_batch
        most = max(1, self._blueprint.portion // self.members)
        own, limits = self._divided((_side_by_side(chosen), np.array(counts, np.int32)))
        inputs = self._everywhere(data.inputs)
        for loop, first, end in portions(max(counts), size, most):
            values = self._predict(self._state, inputs, loop, limits, own, lengths=data.lengths)
            arrays = {name: np.asarray(value) for name, value in values.items()}
            for member, count in enumerate(counts):
                rows = np.arange(first, min(end, count))
                yield member, rows, {name: array[member, : len(rows)] for name, array in arrays.items()}

    def variables(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables`` of some members, each ``(members, ...)``."""
        return tuple(self._of(self._state[group][at], places) for group, at in self._places)

    def optimizer(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables`` of some members, each ``(members, ...)``."""
        return tuple(self._of(value, places) for value in self._state.optimizer)

    def _of(self, value: jax.Array, places: slice) -> np.ndarray:
        return np.array(np.asarray(value)[: self.members][places])

    def _begun(self, value: np.ndarray, variable: Any) -> jax.Array:
        # a copy: the steps write over it
        array: jax.Array = self._divided(np.array(jnp.asarray(value, dtype=variable.dtype)))
        return array

    def _divided(self, arrays: Any) -> Any:
        """Give each device its members of arrays ``(m, ...)``."""

        def filled(array: np.ndarray) -> np.ndarray:
            return np.concatenate([array, np.repeat(array[-1:], self._ghosts, axis=0)])

        whole = jax.tree.map(filled, arrays) if self._ghosts else arrays
        return jax.device_put(whole, NamedSharding(self._mesh, _OWN))

    def _everywhere(self, arrays: Any) -> Any:
        return jax.tree.map(lambda array: _EVERYWHERE.get(array, self._mesh), arrays)

    def _many(
        self,
        state: State,
        inputs: Mapping[str, Any],
        targets: Mapping[str, jax.Array],
        own: _Own,
        first: jax.Array,
        last: jax.Array,
        totals: jax.Array,
        *,
        lengths: Lengths,
    ) -> tuple[State, jax.Array]:
        def share(
            state: State,
            own: _Own,
            totals: jax.Array,
            data: tuple[Mapping[str, Any], Mapping[str, jax.Array]],
            span: tuple[jax.Array, jax.Array],
        ) -> tuple[State, jax.Array]:
            def step(state: State, own: _Own, at: jax.Array) -> tuple[State, jax.Array]:
                with turned(self._blueprint.dials, own.dials):
                    return self._steps.step(state, EpochData(*data, *own), at, lengths)

            def alone(member: tuple[State, _Own, jax.Array]) -> tuple[State, jax.Array]:
                state, own, total = member
                done: tuple[State, jax.Array] = lax.fori_loop(
                    *span, adding(lambda state, at: step(state, own, at)), (state, total)
                )
                return done

            done: tuple[State, jax.Array]
            if self._at_once:
                each = jax.vmap(step, in_axes=(0, 0, None))
                body = adding(lambda state, at: each(state, own, at))
                done = lax.fori_loop(*span, body, (state, totals))
            else:
                done = lax.map(alone, (state, own, totals))
            return done

        divided = self._dividing(share, own=3, shared=2)
        all_: tuple[State, jax.Array] = divided(state, own, totals, (inputs, targets), (first, last))
        return all_

    def _outputs(
        self,
        state: State,
        inputs: Mapping[str, Any],
        positions: jax.Array,
        rows: jax.Array,
        chosen: jax.Array | None,
        *,
        lengths: Lengths,
    ) -> dict[str, jax.Array]:
        def share(member: Any, inputs: Mapping[str, Any], positions: jax.Array) -> dict[str, jax.Array]:
            def one(member: tuple[State, jax.Array, jax.Array | None]) -> dict[str, jax.Array]:
                state, rows, chosen = member
                return self._steps.outputs(state, inputs, positions, rows, chosen, lengths)

            each = jax.vmap(one) if self._at_once else partial(lax.map, one)
            own: dict[str, jax.Array] = each(member)
            return own

        divided = self._dividing(share, own=1, shared=2)
        found: dict[str, jax.Array] = divided((state, rows, chosen), inputs, positions)
        return found

    def _dividing(self, share: Callable[..., Any], *, own: int, shared: int) -> Callable[..., Any]:
        """Make a function of one device's members that of all of them.

        Args:
            share: the function; its outputs are by member.
            own: how many arguments, the first ones, are by member.
            shared: how many each device has whole.
        """
        divided: Callable[..., Any] = jax.shard_map(
            share,
            mesh=self._mesh,
            in_specs=(_OWN,) * own + (_SHARED,) * shared,
            out_specs=_OWN,
            check_vma=False,
        )
        return divided


class _Everywhere:
    """Arrays as all devices have them, for as long as those live that they were copied from."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Mesh], tuple[weakref.ref[jax.Array], jax.Array]] = {}

    def get(self, array: jax.Array, mesh: Mesh) -> jax.Array:
        """Return an array that each device of a mesh has whole; the device that it was on shares memory."""
        if mesh.size == 1:
            return array
        key = id(array), mesh
        if key not in self._known:
            source = weakref.ref(array, lambda _: self._known.pop(key, None))
            self._known[key] = source, jax.device_put(array, NamedSharding(mesh, _SHARED))
        return self._known[key][1]


_EVERYWHERE = _Everywhere()


def _side_by_side(chosen: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """The rows of all members ``(m, v) int32``, filled up; None when all members take all."""
    given = [rows for rows in chosen if rows is not None]
    if not given:
        return None
    most = -(-max(len(rows) for rows in given) // _GRAIN) * _GRAIN
    return np.stack([np.resize(rows, most) for rows in given]).astype(np.int32)
