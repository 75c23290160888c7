"""What transforms share that make one example of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError
from automl.tasks.declaration import BOXES
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch

if TYPE_CHECKING:
    import numpy as np


def partners(random: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    """Draw with which example of its batch each one is paired ``(steps, batch) int32``."""
    return random.permuted(rows, axis=1)


def weighted(one: Any, other: Any, share: Any) -> Any:
    """Return ``share * one + (1 - share) * other``, with one share ``(batch,)`` for each example."""
    shape = (-1, *(1,) * (len(one.shape) - 1))
    share = cast(space_of(one).reshape(share, shape), one.dtype)
    return share * one + (1 - share) * other


def check_targets(data: Batch, option: str) -> None:
    """Raise ConfigError when targets are whole numbers or boxes, of which there are no weighted means."""
    if BOXES in data.kinds.targets.values():
        raise ConfigError(f"{option} makes one example of two, and boxes have no mean. Set {option} to 0.")
    if any(target.dtype.kind != "f" for target in data.targets.values()):
        raise ConfigError(f"{option} needs targets of real numbers. Set {option} to 0.")
