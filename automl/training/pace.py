"""How long epochs may be, so that all of them end before a deadline."""

from __future__ import annotations

import time

from automl.training.batches.deal import Length
from automl.training.engine import Candidate, Split

_KNOWN = 0.25
"""Seconds of training after which the speed of a step is known."""

_MARGIN = 0.97
"""Share of the time that is left which is planned with, so that a little noise makes no epoch shorter."""


class Pace:
    """The speed of one training, and the length of epochs that follows from it.

    What an epoch costs beside its steps (outputs, scores, observers) is taken from the last one; the first
    one compiles, so until the second one it is a share of the steps.

    Args:
        deadline: ``time.monotonic()`` by which all epochs are to end.
        epochs: of the full length.
        share: what the outputs of an epoch cost, in steps, as far as can be told beforehand.
        again: what is still to be compiled after the steps, as a share of what they took.
    """

    def __init__(self, deadline: float, epochs: int, share: float, again: float) -> None:
        self._deadline, self._epochs, self._share, self._again = deadline, epochs, share, again
        self._steps, self._seconds = 0, 0.0
        self._compiled = 0.0
        self._ended, self._beside = 0, 0.0

    def trained(self, steps: int, seconds: float, *, compiled: bool) -> None:
        """Hear how long steps took, or that they were compiled first."""
        if compiled:
            self._compiled += seconds
        else:
            self._steps, self._seconds = self._steps + steps, self._seconds + seconds

    def ended(self, seconds: float) -> None:
        """Hear what an epoch took beside its steps."""
        self._ended += 1
        if self._ended > 1:
            self._beside = seconds

    def fitting(self, epoch: int, done: int, steps: int) -> int | None:
        """Return the steps of an epoch with which the rest fits; None where it does, or is not known to.

        Args:
            epoch: under way or next, counted from 0.
            done: steps of it that are done.
            steps: of an epoch as planned.
        """
        if not self._steps or (self._seconds < _KNOWN and not self._ended):
            return None
        step = self._seconds / self._steps
        left = self._epochs - epoch
        beside = self._beside if self._ended > 1 else self._share * step
        once = 0.0 if self._ended else self._compiled * self._again
        free = self._deadline - time.monotonic() - once - left * beside
        if (steps * left - done) * step <= free:
            return None
        return max(1, int((_MARGIN * free / step + done) / left))


def pace_of(
    candidate: Candidate, split: Split, length: Length, deadline: float | None, *, again: float
) -> Pace | None:
    """Return what shortens a candidate's epochs; None where it does not ask for it or has no deadline.

    For ``again`` see ``Pace``.
    """
    if deadline is None or not candidate.fits_deadline:
        return None
    held = len(next(iter(split.validation.values())))
    # about three forward passes make a step
    return Pace(deadline, candidate.epochs, held / (3 * length.size * max(1, len(candidate.parts))), again)
