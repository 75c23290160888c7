"""Candidates in a program of the compiled engine, epoch after epoch.

Legend: m members of a program, one for each set of weights; a candidate's stand side by side.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from automl.training.bag import chosen_rows, members_of, pooled, training_rows
from automl.training.batches.deal import Batches, Length, deal, stacked
from automl.training.engine import Candidate, Split
from automl.training.optimizers import learning_rate
from automl.training.pace import Pace
from automl.training.program import GroupProgram, MemberPortions, Placed
from automl.training.schedules import Schedule, rates
from automl.training.scoring import Portions
from automl.training.watch import Watch

_CALL_SECONDS = 0.5
"""About how long one call may take: the deadline and the user's interruption are heard between calls."""

_FIRST_CALLS = (1, 8)
"""Steps of a program's first calls, from which its speed is learned."""

Copied: TypeAlias = Callable[[], tuple[np.ndarray, ...]]
"""Copies values of a candidate's members, each ``(members, ...)``."""


@dataclass(kw_only=True)
class Compiled:
    """A program and what is known of its speed."""

    program: GroupProgram
    optimizer_dials: tuple[str, ...]
    calls: int = 0
    compile_seconds: float = 0.0
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
        else:
            self.compile_seconds = seconds
        return self.calls == 1


@dataclass(kw_only=True, eq=False)
class Seat:
    """A candidate in a program.

    Attributes:
        candidate: what is trained.
        watch: of it.
        dials: its values of the program's dials ``(dials,)``.
        members: its sets of weights, each with the rows it is trained on, or how many where it is all.
        chosen: rows that each of them is scored on, None for all.
        first: the place of its first member in the program.
        schedule: of its learning rate.
    """

    candidate: Candidate
    watch: Watch
    dials: np.ndarray
    members: list[tuple[Candidate, np.ndarray | int]]
    chosen: list[np.ndarray | None]
    first: int
    schedule: Schedule | float = 0.0

    @property
    def places(self) -> slice:
        """Of its members in the program."""
        return slice(self.first, self.first + len(self.members))


class Run:
    """Candidates of one structure and length, all their members at once.

    One that has ended leaves at the next boundary of an epoch, where a program for fewer is at hand or
    pays. Until then its place is idle, as are those that a program has more of than there are candidates.

    Args:
        candidates: as many as the program has room for, or fewer.
        compiled: the program; nothing is loaded yet.
        split: the data, for what of it each member takes.
        train: the training part on the device.
        validation: the validation part on the device.
        watched: makes the watch of the candidate at a position, given what copies its variables and those
            of its optimizer.
        dials: values of the program's dials for each candidate.
        length: of an epoch.
        pace: shortens epochs, or None.
        fewer: gives a program for so many candidates if that saves these many seconds or costs nothing.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        compiled: Compiled,
        split: Split,
        *,
        train: Placed,
        validation: Placed,
        watched: Callable[[int, Copied, Copied], Watch],
        dials: Sequence[Sequence[float]],
        length: Length,
        pace: Pace | None,
        fewer: Callable[[int, float], Compiled | None],
    ) -> None:
        self._compiled, self._fewer = compiled, fewer
        self._train, self._validation, self._pace = train, validation, pace
        self.seats: list[Seat] = []
        for position, candidate in enumerate(candidates):
            members = list(zip(members_of(candidate), training_rows(candidate, split), strict=True))
            self.seats.append(
                Seat(
                    candidate=candidate,
                    watch=watched(position, *(partial(self._copied, position, kind) for kind in (0, 1))),
                    dials=np.array(dials[position], np.float32),
                    members=members,
                    chosen=chosen_rows(candidate),
                    first=position * len(members),
                )
            )
        self._seated = list(self.seats)
        self._given: dict[int, list[tuple[int, np.ndarray, dict[str, np.ndarray]]]] | None = None
        self._lay_out(length)
        self.seconds = {"compile_seconds": 0.0, "step_seconds": 0.0}

    def load(self, variables: Sequence[np.ndarray], optimizer: Sequence[np.ndarray] | None) -> None:
        """Begin or go on: values of the members of all candidates side by side, each ``(members, ...)``."""
        program = self._compiled.program
        size = program.members
        dials = np.concatenate([np.tile(seat.dials, (len(seat.members), 1)) for seat in self._seated])
        slots = None if optimizer is None else [_filled(value, size) for value in optimizer]
        program.load([_filled(value, size) for value in variables], slots, _filled(dials, size))

    def go(self) -> None:
        """Train until every watch has ended its candidate."""
        while going := [seat for seat in self._seated if seat.watch.goes_on]:
            self._shorten(0, going)
            self._take_out(going)
            for seat in going:
                seat.watch.begin(len(going))
            done, totals = self._epoch(going)
            began, self._given = time.perf_counter(), None
            for seat in going:
                share = done / self._length.steps
                seat.watch.end(_mean(totals[seat.places]) / done, share, partial(self._outputs, seat))
            if self._pace:
                self._pace.ended(time.perf_counter() - began)

    def _lay_out(self, length: Length) -> None:
        """Lay the schedules over epochs of a length."""
        self._length = length
        for seat in self._seated:
            options, epochs = seat.candidate.options, seat.candidate.epochs
            seat.schedule = learning_rate(options, length.steps * epochs)
            if length.streamed:
                seat.watch.steps_per_epoch = length.steps

    def _shorten(self, done: int, going: Sequence[Seat]) -> bool:
        """Shorten epochs where the rest would not fit; return whether it was done."""
        if self._pace is None:
            return False
        fitting = self._pace.fitting(going[0].watch.epoch, done, self._length.steps)
        if fitting is None:
            return False
        self._lay_out(self._length.shortened(fitting))
        return True

    def _take_out(self, going: Sequence[Seat]) -> None:
        """Move the candidates that go on into a program for them alone, where that pays."""
        if len(going) == len(self._seated):
            return
        epochs = max(seat.candidate.epochs - seat.watch.epoch for seat in going)
        share = 1 - len(going) / len(self._seated)
        saved = share * epochs * self._length.steps * self._compiled.step_seconds
        fewer = self._fewer(len(going), saved)
        if fewer is None:
            return
        places = np.concatenate([np.arange(seat.places.start, seat.places.stop) for seat in going])
        program = self._compiled.program
        kept = [[value[places] for value in group] for group in (program.variables(), program.optimizer())]
        self._compiled, self._seated = fewer, list(going)
        for position, seat in enumerate(going):
            seat.first = position * len(seat.members)
        self.load(*kept)

    def _epoch(self, going: Sequence[Seat]) -> tuple[int, np.ndarray]:
        """Return how many steps were done, and for each member the sum of their losses ``(m,)``."""
        program = self._compiled.program
        batches, step_rates = self._deal(going), self._rates(going)
        done, totals = 0, np.zeros(program.members, np.float32)
        while done < self._length.steps:
            until = min(self._length.steps, done + self._compiled.steps_per_call())
            began = time.perf_counter()
            totals = program.train(self._train, batches, step_rates, done, until, totals)
            self._called(until - done, time.perf_counter() - began)
            done = until
            goes_on = [seat.watch.step(_mean(totals[seat.places]) / done) for seat in going]
            if not any(goes_on):
                break
            if self._shorten(done, going):
                step_rates = self._rates(going)
        return done, totals

    def _deal(self, going: Sequence[Seat]) -> Batches:
        dealt: list[Batches | None] = [None] * self._compiled.program.members
        for seat in going:
            dealt[seat.places] = [
                deal(member, rows, seat.watch.epoch, self._length) for member, rows in seat.members
            ]
        first = next(item for item in dealt if item is not None)
        return stacked([item or first for item in dealt])

    def _rates(self, going: Sequence[Seat]) -> np.ndarray:
        """Learning rates of an epoch ``(m, room) float32``; idle members stand still."""
        steps = self._length.steps
        found = np.zeros((self._compiled.program.members, self._length.room), np.float32)
        for seat in going:
            own = rates(seat.schedule, seat.watch.epoch * steps, steps) * np.float32(seat.watch.rate_factor)
            found[seat.places] = np.resize(own, self._length.room)
        return found

    def _copied(self, position: int, kind: int) -> tuple[np.ndarray, ...]:
        """Values of a candidate's members: 0 for those of the model, 1 for those of the optimizer."""
        program, places = self._compiled.program, self.seats[position].places
        return program.optimizer(places) if kind else program.variables(places)

    def _outputs(self, seat: Seat) -> Portions:
        def portions() -> MemberPortions:
            if len(self._chosen()) == len(seat.members):
                return self._portions()
            return self._all_portions()[seat.first]

        if not seat.candidate.parts:
            return ((positions, outputs) for _, positions, outputs in portions())
        return pooled(seat.candidate, self._validation.rows, portions)

    def _all_portions(self) -> dict[int, list[tuple[int, np.ndarray, dict[str, np.ndarray]]]]:
        """Those of an epoch, by the first place of each candidate; computed once for all."""
        if self._given is None:
            size = len(self._seated[0].members)
            self._given = {seat.first: [] for seat in self._seated}
            for member, positions, outputs in self._portions():
                if member // size * size in self._given:
                    self._given[member // size * size].append((member % size, positions, dict(outputs)))
        return self._given

    def _portions(self) -> MemberPortions:
        began = time.perf_counter()
        for portion in self._compiled.program.outputs(self._validation, self._chosen()):
            self._count(not self._compiled.scored, time.perf_counter() - began)
            self._compiled.scored = True
            yield portion
            began = time.perf_counter()

    def _chosen(self) -> list[np.ndarray | None]:
        """The rows that each member is scored on, idle ones as the first."""
        given = [rows for seat in self._seated for rows in seat.chosen]
        return given + given[:1] * (self._compiled.program.members - len(given))

    def _called(self, steps: int, seconds: float) -> None:
        compiled = self._compiled.called(steps, seconds)
        self._count(compiled, seconds)
        if self._pace:
            self._pace.trained(steps, seconds, compiled=compiled)

    def _count(self, compiled: bool, seconds: float) -> None:
        self.seconds["compile_seconds" if compiled else "step_seconds"] += seconds


def _filled(value: np.ndarray, members: int) -> np.ndarray:
    """Values of so many members, the last ones being the first one's."""
    missing = members - len(value)
    return np.concatenate([value, np.repeat(value[:1], missing, axis=0)]) if missing else value


def _mean(totals: np.ndarray) -> float:
    return float(totals[0]) if len(totals) == 1 else float(totals.mean(dtype=np.float64))
