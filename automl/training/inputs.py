"""Which arrays a model takes, and in what portions its validation part goes through it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from automl.training.scoring import Portions

_VECTORS, _OTHERS, _NUMBERS = 4096, 256, 2**22
"""Rows per validation batch for plain vectors and for what has larger activations, and numbers at most."""

_PICTURE = 1 << 14
"""Numbers of an input above which the activations of a network may not fit into memory many at a time."""

_GRAIN = 32


def wanted(model: keras.Model, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Those arrays that the model takes; all of them for a model that does not name its inputs."""
    names = {tensor.name for tensor in getattr(model, "inputs", None) or ()}
    return {name: array for name, array in arrays.items() if not names or name in names}


def fitting_batch(inputs: Mapping[str, Any], most: int) -> int:
    """Return how many rows go through a network at once outside of training: fewer of large pictures.

    Args:
        inputs: by name, first axis rows.
        most: rows, where they are small.
    """
    size = max(math.prod(array.shape[1:]) for array in inputs.values())
    return most if size <= _PICTURE else min(most, max(1, _NUMBERS // size))


class EvenBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of one size through all rows, the last one overlapping the one before it.

    Args:
        inputs: inputs by name ``(n, ...)``.
        size: rows per batch, at most ``n``.
    """

    def __init__(self, inputs: Mapping[str, Any], size: int) -> None:
        super().__init__()
        self._inputs = inputs
        rows = len(next(iter(inputs.values())))
        self._starts = [*range(0, rows - size, size), rows - size]
        self._size, self._overlap = size, len(self._starts) * size - rows

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, position: int) -> tuple[dict[str, np.ndarray]]:
        start = self._starts[position]
        return ({name: array[start : start + self._size] for name, array in self._inputs.items()},)

    def portion(
        self, position: int, outputs: Mapping[str, np.ndarray]
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the rows of a batch that none before had, and what a model gave for them."""
        skipped = self._overlap if position == len(self) - 1 else 0
        start = self._starts[position]
        fresh = {name: np.asarray(values)[skipped:] for name, values in outputs.items()}
        return np.arange(start + skipped, start + self._size), fresh

    def portions(self, outputs: Mapping[str, np.ndarray]) -> Portions:
        """Take apart what a model gave for all batches, one after another ``(batches * size, ...)``."""
        for position in range(len(self)):
            batch = slice(position * self._size, (position + 1) * self._size)
            yield self.portion(position, {name: values[batch] for name, values in outputs.items()})


def validation_batch(inputs: Mapping[str, Any], rows: int = 0) -> int:
    """Rows per validation batch: many for plain vectors, fewer where activations are large.

    Of so many rows, or of all.

    All batches are about equally full, and the size is a multiple of 32, so that folds of almost equal
    size share it.
    """
    rows = rows or len(next(iter(inputs.values())))
    size: int = max(math.prod(array.shape[1:]) for array in inputs.values())
    vectors = all(array.ndim <= 2 and array.dtype.kind == "f" for array in inputs.values())
    most: int = max(_GRAIN, min(_VECTORS if vectors else _OTHERS, _NUMBERS // max(size, 1)))
    even = math.ceil(rows / math.ceil(rows / most))
    return math.ceil(even / _GRAIN) * _GRAIN
