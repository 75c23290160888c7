"""Which arrays a model takes, and in what portions its validation part goes through it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras

_VECTORS, _OTHERS, _NUMBERS = 4096, 256, 2**22
"""Rows per validation batch for plain vectors and for what has larger activations, and numbers at most."""

_GRAIN = 32


def wanted(model: keras.Model, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Those arrays that the model takes; all of them for a model that does not name its inputs."""
    names = {tensor.name for tensor in getattr(model, "inputs", None) or ()}
    return {name: array for name, array in arrays.items() if not names or name in names}


def validation_batch(inputs: Mapping[str, Any]) -> int:
    """Rows per validation batch: many for plain vectors, fewer where activations are large.

    All batches are about equally full, and the size is a multiple of 32, so that folds of almost equal
    size share it.
    """
    rows = len(next(iter(inputs.values())))
    size: int = max(math.prod(array.shape[1:]) for array in inputs.values())
    vectors = all(array.ndim <= 2 and array.dtype.kind == "f" for array in inputs.values())
    most: int = max(_GRAIN, min(_VECTORS if vectors else _OTHERS, _NUMBERS // max(size, 1)))
    even = math.ceil(rows / math.ceil(rows / most))
    return math.ceil(even / _GRAIN) * _GRAIN
