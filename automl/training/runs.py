"""Candidates in a program of the compiled engine, epoch after epoch.

Legend: m members of a program, one for each set of weights.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from automl.training.bag import chosen_rows, members_of, pooled, training_rows
from automl.training.batches.deal import Batches, Length, deal, stacked
from automl.training.engine import Candidate, Split
from automl.training.optimizers import learning_rate
from automl.training.pace import Pace
from automl.training.program import GroupProgram, MemberPortions, Placed
from automl.training.schedules import rates
from automl.training.scoring import Portions
from automl.training.watch import Watch

_CALL_SECONDS = 0.5
"""About how long one call may take: the deadline and the user's interruption are heard between calls."""

_FIRST_CALLS = (1, 8)
"""Steps of a program's first calls, from which its speed is learned."""


@dataclass(kw_only=True)
class Compiled:
    """A program and what is known of its speed."""

    program: GroupProgram
    optimizer_dials: tuple[str, ...]
    calls: int = 0
    step_seconds: float = 0.0
    scored: bool = False

    def steps_per_call(self) -> int:
        """How many steps to ask for next."""
        if self.calls < len(_FIRST_CALLS):
            return _FIRST_CALLS[self.calls]
        return max(1, int(_CALL_SECONDS / max(self.step_seconds, 1e-9)))

    def called(self, steps: int, seconds: float) -> bool:
        """Hear how long a call took; return whether it was the one that compiled."""
        self.calls += 1
        if self.calls > 1:
            self.step_seconds = seconds / steps
        return self.calls == 1


class Run:
    """One candidate, all its members at once.

    Args:
        candidate: loaded into the program.
        compiled: the program, with a member for each part.
        split: the data, for what of it each member takes.
        train: the training part on the device.
        validation: the validation part on the device.
        watch: told of every epoch.
        length: of an epoch.
        pace: shortens epochs, or None.
    """

    def __init__(
        self,
        candidate: Candidate,
        compiled: Compiled,
        split: Split,
        *,
        train: Placed,
        validation: Placed,
        watch: Watch,
        length: Length,
        pace: Pace | None,
    ) -> None:
        self._candidate, self._compiled, self._watch = candidate, compiled, watch
        self._members = list(zip(members_of(candidate), training_rows(candidate, split), strict=True))
        self._train, self._validation = train, validation
        self._pace = pace
        self._lay_out(length)
        self.seconds = {"compile_seconds": 0.0, "step_seconds": 0.0}

    def go(self) -> None:
        """Train until the watch ends it."""
        while self._watch.goes_on:
            self._shorten(0)
            self._watch.begin()
            done, total = self._epoch()
            began = time.perf_counter()
            self._watch.end(total / done, done / self._length.steps, self._outputs)
            if self._pace:
                self._pace.ended(time.perf_counter() - began)

    def _lay_out(self, length: Length) -> None:
        """Lay the schedule over epochs of a length."""
        self._length = length
        self._schedule = learning_rate(self._candidate.options, length.steps * self._candidate.epochs)
        if length.streamed:
            self._watch.steps_per_epoch = length.steps

    def _shorten(self, done: int) -> bool:
        """Shorten epochs where the rest would not fit; return whether it was done."""
        if self._pace is None:
            return False
        fitting = self._pace.fitting(self._watch.epoch, done, self._length.steps)
        if fitting is None:
            return False
        self._lay_out(self._length.shortened(fitting))
        return True

    def _epoch(self) -> tuple[int, float]:
        """Return how many steps were done, and the sum of their losses, the mean over the members."""
        watch, program = self._watch, self._compiled.program
        batches, step_rates = self._deal(), self._rates()
        done, totals = 0, np.zeros(program.members, np.float32)
        while done < self._length.steps:
            until = min(self._length.steps, done + self._compiled.steps_per_call())
            began = time.perf_counter()
            totals = program.train(self._train, batches, step_rates, done, until, totals)
            self._called(until - done, time.perf_counter() - began)
            done = until
            if not watch.step(_mean(totals) / done):
                break
            if self._shorten(done):
                step_rates = self._rates()
        return done, _mean(totals)

    def _deal(self) -> Batches:
        return stacked(
            [deal(member, rows, self._watch.epoch, self._length) for member, rows in self._members]
        )

    def _rates(self) -> np.ndarray:
        """Learning rates of an epoch ``(m, room) float32``."""
        steps = self._length.steps
        own = rates(self._schedule, self._watch.epoch * steps, steps) * np.float32(self._watch.rate_factor)
        return np.tile(np.resize(own, self._length.room), (len(self._members), 1))

    def _outputs(self) -> Portions:
        if not self._candidate.parts:
            return ((positions, outputs) for _, positions, outputs in self._portions())
        return pooled(self._candidate, self._validation.rows, self._portions)

    def _portions(self) -> MemberPortions:
        began = time.perf_counter()
        for portion in self._compiled.program.outputs(self._validation, chosen_rows(self._candidate)):
            self._count(not self._compiled.scored, time.perf_counter() - began)
            self._compiled.scored = True
            yield portion
            began = time.perf_counter()

    def _called(self, steps: int, seconds: float) -> None:
        compiled = self._compiled.called(steps, seconds)
        self._count(compiled, seconds)
        if self._pace:
            self._pace.trained(steps, seconds, compiled=compiled)

    def _count(self, compiled: bool, seconds: float) -> None:
        self.seconds["compile_seconds" if compiled else "step_seconds"] += seconds


def _mean(totals: np.ndarray) -> float:
    return float(totals[0]) if len(totals) == 1 else float(totals.mean(dtype=np.float64))
