"""The weights of a trial, in a file of Keras' own form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.files import whole

if TYPE_CHECKING:
    import keras

_OF_FILE, _OF_VARIABLE = 2**16, 2**12
"""Bytes that HDF5 adds at most to a file, and to each variable in it."""


def save_weights(model: keras.Model, path: Path) -> None:
    """Write the weights of a model, whole.

    Args:
        model: built.
        path: ends with ``.weights.h5``.

    Raises:
        DiskFullError: the disk is full. That is asked before, as HDF5 (1.14) that was refused a write
            makes the process crash when it ends.
    """
    from automl.training.footprint import variable_bytes

    # Keras writes the optimizer of a compiled model, too
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(optimizer.variables if optimizer else ())]
    room = _OF_FILE + _OF_VARIABLE * len(variables) + variable_bytes(variables)
    with whole(path, room=room) as draft:
        model.save_weights(draft)
