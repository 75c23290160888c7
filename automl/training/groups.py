"""Trains candidates group after group."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from automl.training.engine import Outcome


def train_in_turn(
    train: Callable[[Sequence[int]], Sequence[Outcome]],
    groups: Sequence[Sequence[int]],
    deadline: float | None,
) -> list[Outcome]:
    """Train each group; those after the first that the deadline finds not yet begun stay untrained.

    Args:
        train: trains the candidates at some places at once.
        groups: places of the candidates, each one once.
        deadline: ``time.monotonic()``, for all of them.
    """
    outcomes: dict[int, Outcome] = {}
    for places in groups:
        if outcomes and deadline is not None and time.monotonic() >= deadline:
            untrained = Outcome(epochs=(), best=-1, stopped="deadline")
            outcomes.update(dict.fromkeys(places, untrained))
        else:
            outcomes.update(zip(places, train(places), strict=True))
    return [outcomes[place] for place in range(len(outcomes))]
