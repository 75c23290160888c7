"""Which examples form which step of an epoch; the same for every engine and backend.

An epoch is a pass over the training part or, where that is large, one of several equal parts of it. The
order follows from seed and epoch alone, so a training that goes on after a pause sees the batches that it
would have seen. All batches are full: the last one is filled up with the first rows of the order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl.training.batches.transforms.transform import Draws
from automl.training.engine import Candidate


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of one epoch.

    Attributes:
        rows: positions of the examples ``(steps, batch) int32``.
        draws: what each transform of the candidate drew ``(steps, batch, ...)``.
    """

    rows: np.ndarray
    draws: tuple[Draws, ...] = ()


def steps_per_epoch(candidate: Candidate, rows: int) -> tuple[int, int]:
    """Return steps per epoch and examples per step for so many training rows."""
    size = min(candidate.options.batch_size, rows)
    return -(-rows // (size * candidate.epochs_per_pass)), size


def deal(candidate: Candidate, rows: int, epoch: int) -> Batches:
    """Deal the examples of an epoch.

    Args:
        candidate: its seed, batch size and transforms.
        rows: examples of the training part.
        epoch: counted from 0.
    """
    steps, size = steps_per_epoch(candidate, rows)
    number, part = divmod(epoch, candidate.epochs_per_pass)
    random = np.random.default_rng([candidate.seed, number])
    whole = np.resize(random.permutation(rows).astype(np.int32), (candidate.epochs_per_pass, steps, size))
    if part:
        # the parts of a pass share one order, and each is changed in its own way
        random = np.random.default_rng([candidate.seed, number, part])
    return Batches(
        rows=whole[part],
        draws=tuple(transform.draw(random, whole[part]) for transform in candidate.transforms),
    )


def parts_per_batch(wanted: int, size: int) -> int:
    """Return the smallest divisor of ``size`` that is at least ``wanted``."""
    return next(parts for parts in range(max(1, min(wanted, size)), size + 1) if size % parts == 0)
