"""Members of a group that take turns in one program: on every backend, for every structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from automl.training.batches.deal import Batches
from automl.training.program import ALL, MemberPortions, Placed, Program
from automl.training.turns import by_member, side_by_side


class InTurn:
    """Implements ``GroupProgram`` with a program that holds one member at a time.

    Each call of ``train`` takes all members through its steps; a group of one stays where it is.

    Args:
        program: of the structure.
        members: how many.
        place: puts an array on the device.
    """

    def __init__(self, program: Program, members: int, place: Callable[[Any], Any]) -> None:
        self.members = members
        self._program, self._place = program, place
        self._outside: list[Any] = [None] * members
        self._inside = 0

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: np.ndarray,
    ) -> None:
        """Begin or go on with all trainings; see ``GroupProgram.load``."""
        # the first one last, as it stays inside
        for member, values in reversed([*enumerate(by_member(self.members, variables, optimizer))]):
            self._program.load(*values, dials[member].tolist())
            if member:
                self._outside[member] = self._program.take_out()
        self._inside = 0

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, totals: np.ndarray
    ) -> np.ndarray:
        """Do some steps of an epoch of every member; see ``GroupProgram.train``."""
        sums = np.empty_like(totals)
        for member in range(self.members):
            self._take(member)
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
            self._take(member)
            own = data
            if rows is not None:
                # all of one length, as programs are compiled for shapes
                own = replace(data, chosen=self._place(np.resize(rows, most)), rows=len(rows))
            for positions, outputs in self._program.outputs(own):
                yield member, positions, outputs

    def variables(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables`` of some members, each ``(members, ...)``."""
        return self._gathered(self._program.variables, places)

    def optimizer(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables`` of some members, each ``(members, ...)``."""
        return self._gathered(self._program.optimizer, places)

    def _take(self, member: int) -> None:
        """Let the program hold a member."""
        if member != self._inside:
            self._outside[self._inside] = self._program.take_out()
            self._program.put_in(self._outside[member])
            self._outside[member], self._inside = None, member

    def _gathered(
        self, read: Callable[[], tuple[np.ndarray, ...]], places: slice
    ) -> tuple[np.ndarray, ...]:
        each = []
        for member in range(self.members)[places]:
            self._take(member)
            each.append(read())
        return side_by_side(each)
