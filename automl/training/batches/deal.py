"""Which examples form which step of an epoch; the same for every engine and backend.

An epoch is a pass over the training part or, where that is large, one of several equal parts of it; or it
is a stretch of so many steps from an endless stream of shuffled passes, as where the options say how many
passes all epochs are. The order follows from seed and epoch alone, so a training that goes on after a
pause sees the batches that it would have seen. All batches are full: the last one of a pass is filled up
with the first rows of the order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl.training.batches.transforms.transform import Draws
from automl.training.engine import Candidate


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of one epoch; of several trainings at once all arrays have these as their first axis.

    Attributes:
        rows: positions of the examples ``(steps, batch) int32``; of a stream, more steps than are done.
        draws: what each transform of the candidate drew ``(steps, batch, ...)``.
    """

    rows: np.ndarray
    draws: tuple[Draws, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long an epoch is.

    Attributes:
        steps: of an epoch.
        size: examples per step.
        room: steps that are dealt, of which the rest is not done: programs are compiled for one number.
            A power of two for a stream, so that trainings of different lengths share a program.
        streamed: whether an epoch comes from the stream.
        epochs_per_pass: about how many epochs a pass over the rows takes.
    """

    steps: int
    size: int
    room: int
    streamed: bool
    epochs_per_pass: float

    def shortened(self, steps: int) -> Length:
        """Return the length with at most so many steps."""
        fewer = max(1, min(steps, self.steps))
        return replace(self, steps=fewer, epochs_per_pass=self.epochs_per_pass * self.steps / fewer)


def length_of(candidate: Candidate, rows: int) -> Length:
    """Return how long a candidate's epochs are over so many training rows, or over those that it names."""
    own = rows if candidate.rows is None else len(candidate.rows)
    counts = [len(part.train) for part in candidate.parts] or [own]
    size, per_pass = min(candidate.options.batch_size, *counts), candidate.epochs_per_pass
    passes = candidate.options.passes
    by_passes = max(1, round(passes * max(counts) / (size * candidate.epochs))) if passes else 0
    steps = candidate.steps_per_epoch or by_passes or math.ceil(max(counts) / (size * per_pass))
    streamed = bool(candidate.steps_per_epoch or by_passes or candidate.fits_deadline)
    return Length(
        steps=steps,
        size=size,
        room=1 << (steps - 1).bit_length() if streamed else steps,
        streamed=streamed,
        epochs_per_pass=max(counts) / (steps * size) if streamed else per_pass,
    )


def deal(candidate: Candidate, rows: np.ndarray | int, epoch: int, length: Length | None = None) -> Batches:
    """Deal the examples of an epoch.

    Args:
        candidate: its seed, batch size and transforms.
        rows: positions of the examples, or how many there are when it is all.
        epoch: counted from 0.
        length: of an epoch; None for that of the candidate.
    """
    chosen = np.arange(rows, dtype=np.int32) if isinstance(rows, int) else rows
    length = length or length_of(candidate, len(chosen))
    order, random = (_streamed if length.streamed else _passed)(candidate, len(chosen), epoch, length)
    dealt = chosen[order].astype(np.int32)
    return Batches(
        rows=dealt, draws=tuple(transform.draw(random, dealt) for transform in candidate.transforms)
    )


def stacked(batches: Sequence[Batches]) -> Batches:
    """Put the batches of several trainings of one structure side by side."""
    if len(batches) == 1:
        (only,) = batches
        draws = tuple({name: drawn[None] for name, drawn in each.items()} for each in only.draws)
        return Batches(rows=only.rows[None], draws=draws)
    each = zip(*(item.draws for item in batches), strict=True)
    return Batches(
        rows=np.stack([item.rows for item in batches]),
        draws=tuple({name: np.stack([drawn[name] for drawn in one]) for name in one[0]} for one in each),
    )


def parts_per_batch(wanted: int, size: int) -> int:
    """Return the smallest divisor of ``size`` that is at least ``wanted``."""
    return next(parts for parts in range(max(1, min(wanted, size)), size + 1) if size % parts == 0)


def _passed(
    candidate: Candidate, rows: int, epoch: int, length: Length
) -> tuple[np.ndarray, np.random.Generator]:
    """The order of an epoch that is a pass or a part of one, and what transforms draw from."""
    number, part = divmod(epoch, candidate.epochs_per_pass)
    random = np.random.default_rng([candidate.seed, number])
    shape = (candidate.epochs_per_pass, length.steps, length.size)
    order = np.resize(random.permutation(rows), shape)[part]
    if part:
        # the parts of a pass share one order, and each is changed in its own way
        random = np.random.default_rng([candidate.seed, number, part])
    return order, random


def _streamed(
    candidate: Candidate, rows: int, epoch: int, length: Length
) -> tuple[np.ndarray, np.random.Generator]:
    """The same of an epoch that is a stretch of the stream; what is not done repeats its first rows."""
    count = length.steps * length.size
    first = epoch * count
    passes = range(first // rows, -(-(first + count) // rows))
    stream = np.concatenate(
        [np.random.default_rng([candidate.seed, number]).permutation(rows) for number in passes]
    )
    begin = first - passes[0] * rows
    order = np.resize(stream[begin : begin + count], (length.room, length.size))
    return order, np.random.default_rng([candidate.seed, epoch, 1])
