"""Members of a group that take turns in one program: on every backend, for every structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from automl.training.batches.deal import Batches
from automl.training.program import MemberPortions, Placed, Program
from automl.training.turns import Turns, Values, by_member


class InTurn:
    """Implements ``GroupProgram`` with a program that holds one member at a time.

    Each call of ``train`` takes all members through its steps. A member's values are copied out and in at
    its turn; a group of one stays where it is.

    Args:
        program: of the structure.
        members: how many.
        place: puts an array on the device.
    """

    def __init__(self, program: Program, members: int, place: Callable[[Any], Any]) -> None:
        self.members = members
        self._program, self._place = program, place
        self._turns: Turns

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: np.ndarray,
    ) -> None:
        """Begin or go on with all trainings; see ``GroupProgram.load``."""
        program, values = self._program, by_member(self.members, variables, optimizer)

        def enter(member: int, values: Values) -> None:
            program.load(*values, dials[member].tolist())

        enter(0, values[0])
        self._turns = Turns(values, enter, lambda: (program.variables(), program.optimizer()))

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, totals: np.ndarray
    ) -> np.ndarray:
        """Do some steps of an epoch of every member; see ``GroupProgram.train``."""
        sums = np.empty_like(totals)
        for member in range(self.members):
            self._turns.take(member)
            own = Batches(
                rows=batches.rows[member],
                draws=tuple(
                    {name: drawn[member] for name, drawn in each.items()} for each in batches.draws
                ),
            )
            sums[member] = self._program.train(data, own, rates[member], first, last, float(totals[member]))
        return sums

    def outputs(self, data: Placed, chosen: Sequence[np.ndarray | None]) -> MemberPortions:
        """Give the raw outputs of each member for its rows; see ``GroupProgram.outputs``."""
        most = max(len(rows) for rows in chosen if rows is not None) if chosen[0] is not None else 0
        for member, rows in enumerate(chosen):
            self._turns.take(member)
            own = data
            if rows is not None:
                # all of one length, as programs are compiled for shapes
                own = replace(data, chosen=self._place(np.resize(rows, most)), rows=len(rows))
            for positions, outputs in self._program.outputs(own):
                yield member, positions, outputs

    def variables(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables``, each ``(members, ...)``."""
        if self.members == 1:
            return tuple(value[None] for value in self._program.variables())
        return self._turns.variables()

    def optimizer(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables``, each ``(members, ...)``."""
        if self.members == 1:
            return tuple(value[None] for value in self._program.optimizer())
        return self._turns.optimizer()
