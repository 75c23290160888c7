"""Variables that learn at a share of the learning rate, as those of a network that was trained before.

Whoever makes such a variable says so by an attribute ``rate_share``. A program has the shares compiled in,
so they are part of its structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from automl.private_keras import scale_steps


def rate_shares(variables: Sequence[Any]) -> list[float]:
    """Return the share of the learning rate at which each variable learns; none where all learn at 1."""
    shares = [float(getattr(item, "rate_share", 1.0)) for item in variables]
    return [] if all(share == 1.0 for share in shares) else shares


def with_rate_shares(
    optimizer: keras.optimizers.Optimizer, variables: Sequence[Any]
) -> keras.optimizers.Optimizer:
    """Let an optimizer make smaller steps for variables that say so.

    Args:
        optimizer: not built yet.
        variables: those that it will be built for, in that order.
    """
    shares = rate_shares(variables)
    if shares:
        scale_steps(optimizer, shares)
    return optimizer
