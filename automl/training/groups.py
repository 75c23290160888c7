"""Trains the members of a group one after another, for engines that do not fuse them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from automl.training.engine import Candidate, Observer, Outcome, TrainingState


def train_in_turn(
    train_one: Callable[[Candidate, Observer, TrainingState | None], Outcome],
    candidates: Sequence[Candidate],
    observers: Sequence[Observer],
    states: Sequence[TrainingState | None],
    deadline: float | None,
) -> list[Outcome]:
    """Train each candidate; those after the first that the deadline finds not yet begun stay untrained.

    Args:
        train_one: trains a candidate with its observer, from a state if there is one.
        candidates: of the group.
        observers: one per candidate.
        states: one per candidate, or empty.
        deadline: ``time.monotonic()``, for the whole group.
    """
    outcomes: list[Outcome] = []
    beginnings = states or [None] * len(candidates)
    for candidate, observer, state in zip(candidates, observers, beginnings, strict=True):
        if outcomes and deadline is not None and time.monotonic() >= deadline:
            outcomes.append(Outcome(epochs=(), best=-1, stopped="deadline"))
        else:
            outcomes.append(train_one(candidate, observer, state))
    return outcomes
