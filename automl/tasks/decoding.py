"""From raw outputs in memory to predictions, by the same code that ends the exported model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np


def finished(task: Task, outputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the predictions of raw outputs as arrays, both by name and with the examples first."""
    from keras import ops

    return {name: ops.convert_to_numpy(value) for name, value in task.finish(outputs).items()}
