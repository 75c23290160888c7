"""Cells of a row that are hidden, and how much they surprise once they are shown.

Legend: n rows, k numeric columns, c columns of categories, m = k + c cells of a row, g groups of cells,
h patterns that are tried at once: 1 in training, g otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

LEAST_DEVIATION, MOST_DEVIATION = 0.02, 20.0
"""Of a number in standard units: columns that follow from others would have no end of likelihood."""


@keras.saving.register_keras_serializable(package="automl")
class HiddenCells(keras.layers.Layer):
    """Which cells are hidden: in training one of ``groups`` at random, else each of them once.

    Args:
        cells: m.
        groups: g.
    """

    def __init__(self, cells: int, groups: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells, self.groups = cells, groups
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        """From anything with n rows to 1 where a cell is hidden ``(n, h, m)``."""
        rows = ops.shape(inputs)[0]
        if training:
            drawn = keras.random.uniform((rows, 1, self.cells), seed=self.seed_generator)
            return ops.cast(drawn * self.groups < 1.0, self.compute_dtype)
        group = np.arange(self.cells) % self.groups
        fixed = (group[None] == np.arange(self.groups)[:, None])[None].astype("float32")
        return ops.zeros((rows, 1, 1), self.compute_dtype) + ops.cast(fixed, self.compute_dtype)

    def compute_output_spec(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        """As many patterns as are tried."""
        return KerasTensor((inputs.shape[0], None, self.cells), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "cells": self.cells, "groups": self.groups}


@keras.saving.register_keras_serializable(package="automl")
class SeenCells(keras.layers.Layer):
    """What is left to see of the cells, and which are hidden: hidden ones are zeros.

    Args:
        numbers: k.
        sizes: number of codes of each column of categories.
    """

    def __init__(self, numbers: int, sizes: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.numbers, self.sizes = numbers, [int(size) for size in sizes]

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """From hidden cells ``(n, h, m)``, numbers and codes, those present, to ``(n, h, places)``."""
        hidden, *rest = inputs
        parts = [hidden]
        if self.numbers:
            parts.append(ops.expand_dims(rest[0], 1) * (1.0 - hidden[:, :, : self.numbers]))
        for column, size in enumerate(self.sizes):
            hot = ops.one_hot(rest[-1][:, column], size, dtype=self.compute_dtype)
            at = self.numbers + column
            parts.append(ops.expand_dims(hot, 1) * (1.0 - hidden[:, :, at : at + 1]))
        return ops.concatenate(parts, axis=-1)

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """A place for each cell that may be hidden, each number and each code."""
        places = 2 * self.numbers + len(self.sizes) + sum(self.sizes)
        return KerasTensor((*inputs[0].shape[:2], places), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "numbers": self.numbers, "sizes": self.sizes}


@keras.saving.register_keras_serializable(package="automl")
class CellNats(keras.layers.Layer):
    """Minus the logarithm of the likelihood of hidden cells: normal numbers, categories by their scores.

    Args:
        numbers: k.
        sizes: number of codes of each column of categories.
        groups: g; in training, where one of them is hidden, each counts so many times.
    """

    def __init__(self, numbers: int, sizes: Sequence[int], groups: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.numbers, self.sizes, self.groups = numbers, [int(size) for size in sizes], groups

    @property
    def places(self) -> int:
        """How many values say what is expected: two of each number, one of each code."""
        return 2 * self.numbers + sum(self.sizes)

    def call(self, inputs: Sequence[KerasTensor], training: bool = False) -> KerasTensor:
        """From expectations ``(n, h, places)``, hidden cells, numbers and codes to nats ``(n, m)``."""
        expected, hidden, *rest = inputs
        parts = []
        if self.numbers:
            mean, spread = expected[:, :, : self.numbers], expected[:, :, self.numbers : 2 * self.numbers]
            limits = math.log(LEAST_DEVIATION), math.log(MOST_DEVIATION)
            # smooth limits, so that there is always a way back
            log = limits[0] + (limits[1] - limits[0]) * ops.sigmoid(spread)
            z = (ops.expand_dims(rest[0], 1) - mean) * ops.exp(-log)
            parts.append(0.5 * ops.square(z) + log + 0.5 * math.log(2 * math.pi))
        first = 2 * self.numbers
        for column, size in enumerate(self.sizes):
            scores = ops.log_softmax(expected[:, :, first : first + size], axis=-1)
            hot = ops.one_hot(rest[-1][:, column], size, dtype=self.compute_dtype)
            parts.append(-ops.sum(scores * ops.expand_dims(hot, 1), axis=-1, keepdims=True))
            first += size
        nats = ops.concatenate(parts, axis=-1) * ops.cast(hidden, "float32")
        total = ops.sum(nats, axis=1)
        return total * self.groups if training else total

    def compute_output_spec(self, inputs: Sequence[KerasTensor], training: bool = False) -> KerasTensor:
        """A value for each cell."""
        return KerasTensor((inputs[0].shape[0], self.numbers + len(self.sizes)), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"numbers": self.numbers, "sizes": self.sizes, "groups": self.groups}
        return {**super().get_config(), **own}
