"""Several trainings in one model or program that holds one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

Values: TypeAlias = "tuple[Sequence[np.ndarray], Sequence[np.ndarray] | None]"
"""Variables of a model, and of its optimizer, None where that is a new one."""


class Turns:
    """Values of the members that are not inside, and who is.

    Args:
        values: of each member, as it begins; the first one is inside already.
        enter: puts a member's values inside.
        leave: copies what is inside.
    """

    def __init__(
        self,
        values: Sequence[Values],
        enter: Callable[[int, Values], None],
        leave: Callable[[], Values],
    ) -> None:
        self._values, self._enter, self._leave = list(values), enter, leave
        self._inside = 0

    def take(self, member: int) -> None:
        """Let a member be inside."""
        if member == self._inside:
            return
        self._values[self._inside] = self._leave()
        self._enter(member, self._values[member])
        self._inside = member

    def variables(self) -> tuple[np.ndarray, ...]:
        """Copy the variables of all members, each ``(members, ...)``."""
        return self._all(0)

    def optimizer(self) -> tuple[np.ndarray, ...]:
        """Copy the optimizer's variables of all members, each ``(members, ...)``."""
        return self._all(1)

    def _all(self, kind: int) -> tuple[np.ndarray, ...]:
        self._values[self._inside] = self._leave()
        for member, (_, slots) in enumerate(self._values):
            if slots is None:
                self.take(member)
                self._values[member] = self._leave()
        return side_by_side([item[kind] or () for item in self._values])


def by_member(
    members: int, variables: Sequence[np.ndarray], optimizer: Sequence[np.ndarray] | None
) -> list[Values]:
    """Take apart arrays whose first axis is that of the members."""
    return [
        (
            [value[member] for value in variables],
            None if optimizer is None else [value[member] for value in optimizer],
        )
        for member in range(members)
    ]


def side_by_side(values: Sequence[Sequence[np.ndarray]]) -> tuple[np.ndarray, ...]:
    """Stack the arrays of several members, each ``(members, ...)``."""
    if len(values) == 1:
        return tuple(value[None] for value in values[0])
    return tuple(np.stack(each) for each in zip(*values, strict=True))
