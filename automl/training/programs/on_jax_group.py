"""Members of a group that JAX trains as one: every array of a training has them as its first axis.

``vmap`` turns the step of one member into that of all, so what a member computes is what it would compute
alone: its batches are gathered from data that lies on the device once, and its random layers draw from its
own seeds.

Legend: m members, s steps, b examples per step, v rows that a member is scored on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

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


class _Own(NamedTuple):
    """What each member reads alone; see ``Batches``."""

    rows: Any
    draws: tuple[Mapping[str, Any], ...]
    rates: Any
    dials: Any


class JaxGroup:
    """Implements ``GroupProgram`` with one loop over the steps of all members.

    Args:
        blueprint: of the structure.
        members: how many.
    """

    def __init__(self, blueprint: Blueprint, members: int) -> None:
        self.members = members
        self._blueprint = blueprint
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
        self._dials = jnp.zeros((members, 0))
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
            groups[group][at] = _copied(value, variable)
        trainable, other = ([group[at] for at in sorted(group)] for group in groups)
        pairs = zip(slots, blueprint.optimizer.variables, strict=True)
        self._state = State(trainable, other, [_copied(value, item) for value, item in pairs])
        self._dials = jnp.asarray(dials, jnp.float32)

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, totals: np.ndarray
    ) -> np.ndarray:
        """Do some steps of an epoch of every member; see ``GroupProgram.train``."""
        rows, draws, steps = jax.device_put((batches.rows, batches.draws, rates))
        own = _Own(rows, draws, steps, self._dials)
        self._state, sums = self._train(
            *(self._state, data.inputs, data.targets, own, np.int32(first), np.int32(last), totals),
            lengths=data.lengths,
        )
        return np.array(sums)

    def outputs(self, data: Placed, chosen: Sequence[np.ndarray | None]) -> MemberPortions:
        """Give the raw outputs of each member for its rows; see ``GroupProgram.outputs``."""
        counts = [data.rows if rows is None else len(rows) for rows in chosen]
        size = self._blueprint.sizes.validation_batch
        most = max(1, self._blueprint.portion // self.members)
        own, limits = jax.device_put((_side_by_side(chosen), np.array(counts, np.int32)))
        for loop, first, end in portions(max(counts), size, most):
            values = self._predict(self._state, data.inputs, loop, limits, own, lengths=data.lengths)
            arrays = {name: np.asarray(value) for name, value in values.items()}
            for member, count in enumerate(counts):
                rows = np.arange(first, min(end, count))
                yield member, rows, {name: array[member, : len(rows)] for name, array in arrays.items()}

    def variables(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables`` of some members, each ``(members, ...)``."""
        return tuple(np.array(np.asarray(self._state[group][at])[places]) for group, at in self._places)

    def optimizer(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables`` of some members, each ``(members, ...)``."""
        return tuple(np.array(np.asarray(value)[places]) for value in self._state.optimizer)

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
        def one(state: State, own: _Own, step: jax.Array) -> tuple[State, jax.Array]:
            with turned(self._blueprint.dials, own.dials):
                return self._steps.step(state, EpochData(inputs, targets, *own), step, lengths)

        each = jax.vmap(one, in_axes=(0, 0, None))
        body = adding(lambda state, step: each(state, own, step))
        done: tuple[State, jax.Array] = lax.fori_loop(first, last, body, (state, totals))
        return done

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
        def one(state: State, rows: jax.Array, chosen: jax.Array | None) -> dict[str, jax.Array]:
            return self._steps.outputs(state, inputs, positions, rows, chosen, lengths)

        found: dict[str, jax.Array] = jax.vmap(one)(state, rows, chosen)
        return found


def _copied(value: np.ndarray, variable: Any) -> jax.Array:
    # a copy: the steps write over it
    return jnp.array(value, dtype=variable.dtype, copy=True)


def _side_by_side(chosen: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """The rows of all members ``(m, v) int32``, filled up; None when all members take all."""
    given = [rows for rows in chosen if rows is not None]
    if not given:
        return None
    most = -(-max(len(rows) for rows in given) // _GRAIN) * _GRAIN
    return np.stack([np.resize(rows, most) for rows in given]).astype(np.int32)
