"""Embeddings of single numbers: each numeric column becomes a small vector before columns are mixed.

All compute in float32 under every policy: bfloat16 tells 256 ranks apart, fewer than there are rows.

Legend: n rows, k numeric columns, t bins, f frequencies, d size of the embedding of one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops


class BinnedColumns(keras.layers.Layer):
    """A line, and numbers for what is filled of bins, for each column; to be derived from.

    Args:
        bins: bins of each column, or one number for all.
        size: numbers per column.
    """

    def __init__(self, bins: int | Sequence[int], size: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.bins = bins if isinstance(bins, int) else [int(count) for count in bins]
        self.size = int(size)

    def make_weights(self, columns: int) -> None:
        """Create weights of each column's own, those of all bins in one table."""
        most = max(self._each(columns))
        limit = keras.initializers.RandomUniform(-1.0, 1.0)
        self.slope = self.add_weight(name="slope", shape=(columns, self.size), initializer=limit)
        self.bias = self.add_weight(name="bias", shape=(columns, self.size), initializer=limit)
        self.steps = self.add_weight(name="steps", shape=(columns, most, self.size), initializer="zeros")

    def filled(self, ranks: KerasTensor) -> KerasTensor:
        """The sum over what ranks ``(n, k)`` fill of their bins ``(n, k, d)``."""
        return _filled(ranks, self.steps, self._each(ranks.shape[-1]))

    def _each(self, columns: int) -> list[int]:
        return [self.bins] * columns if isinstance(self.bins, int) else self.bins

    def get_config(self) -> dict[str, Any]:
        """The sizes."""
        return {**super().get_config(), "bins": self.bins, "size": self.size}


@keras.saving.register_keras_serializable(package="automl")
class PiecewiseLinearEmbedding(BinnedColumns):
    """Embed ranks in [0, 1] by piecewise linear encoding over equal bins (Gorishniy et al., 2022).

    ``e_j = a_j x_j + b_j + sum_t clip(bins_j x_j - t, 0, 1) W_jt`` with W zero at first, so that training
    begins with a linear embedding.

    Args:
        bins: bins of each column, or one number for all.
        size: numbers per column.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights."""
        self.make_weights(input_shape[-1] or 0)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k)`` to ``(n, k, d)``."""
        centred = 2.0 * ops.expand_dims(inputs, -1) - 1.0
        return centred * self.slope + self.bias + self.filled(inputs)


@keras.saving.register_keras_serializable(package="automl")
class BinEmbedding(BinnedColumns):
    """Embed numbers by a line and by what their ranks fill of bins, with bins of each column's own.

    ``e_j = a_j x_j + b_j + sum_t clip(bins_j r_j - t, 0, 1) W_jt``, W zero at first, of a number x and its
    rank r.

    Args:
        bins: bins of each column.
        size: numbers per column.
    """

    def build(self, input_shape: Any) -> None:
        """Create the weights."""
        self.make_weights(input_shape[0][-1])

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Numbers ``(n, k)`` and ranks ``(n, k)`` in [0, 1] to ``(n, k, d)``."""
        numbers, ranks = inputs
        line = ops.expand_dims(numbers, -1) * self.slope + self.bias
        return line + self.filled(ranks)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """A vector per column."""
        return (*input_shape[0], self.size)


@keras.saving.register_keras_serializable(package="automl")
class PeriodicEmbedding(keras.layers.Layer):
    """Embed numbers by learned cosines beside themselves (PBLD of RealMLP, Holzmüller et al., 2024).

    ``e_j = [x_j, W_j cos(2 pi w_j x_j + c_j) + b_j]`` with ``w`` drawn from N(0, scale^2).

    Args:
        frequencies: cosines per column.
        size: numbers per column, x itself included.
        scale: standard deviation of the frequencies at first; the larger, the finer the detail.
        factor: of the learning rate of all its weights, see ``automl.models.layers.real_mlp``. Weight decay
            leaves them out.
    """

    def __init__(
        self, frequencies: int, size: int, scale: float, factor: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.frequencies, self.size, self.scale = frequencies, size, scale
        self.factor = float(factor)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create weights of each column's own."""
        columns, learned = input_shape[-1], self.size - 1
        limit = 1.0 / float(np.sqrt(self.frequencies)) / self.factor
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.waves = self.add_weight(
            name="waves",
            shape=(columns, self.frequencies),
            initializer=keras.initializers.RandomNormal(stddev=self.scale / self.factor),
        )
        self.phases = self.add_weight(
            name="phases",
            shape=(columns, self.frequencies),
            initializer=keras.initializers.RandomUniform(-np.pi / self.factor, np.pi / self.factor),
        )
        self.mix = self.add_weight(
            name="mix", shape=(columns, self.frequencies, learned), initializer=uniform
        )
        self.bias = self.add_weight(name="bias", shape=(columns, learned), initializer=uniform)
        for weight in (self.waves, self.phases, self.mix):
            # decay goes by the common rate: weights of a tenth of it lost their frequencies in mid training
            weight.decayed = False

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k)`` to ``(n, k, d)``."""
        numbers = ops.expand_dims(inputs, -1)
        waves = ops.cos(self.factor * (2.0 * np.pi * numbers * self.waves + self.phases))
        learned = self.factor * (ops.einsum("nkf,kfd->nkd", waves, self.mix) + self.bias)
        return ops.concatenate([numbers, learned], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The sizes."""
        own = {"frequencies": self.frequencies, "size": self.size, "scale": self.scale}
        return {**super().get_config(), **own, "factor": self.factor}


def _filled(ranks: KerasTensor, steps: KerasTensor, bins: Sequence[int]) -> KerasTensor:
    """``sum_t clip(bins_j r_j - t, 0, 1) W_jt`` of ranks ``(n, k)`` and W ``(k, t, d)``: ``(n, k, d)``.

    Bins that are full are looked up as one sum, so that a number costs d operations however many bins there
    are: with 128 of them an eighth to a fifth of the product of matrices.
    """
    counts = np.array(bins, np.float32)
    filled = ops.clip(ranks, 0.0, 1.0) * counts
    last = ops.minimum(ops.floor(filled), counts - 1.0)
    places = ops.cast(last, "int32") + np.arange(len(counts), dtype=np.int32) * np.int32(steps.shape[1])
    full = ops.cumsum(steps, axis=1) - steps
    size = steps.shape[2]
    table = ops.reshape(ops.concatenate([full, steps], axis=-1), (-1, 2 * size))
    found = ops.take(table, places, axis=0)
    return found[..., :size] + ops.expand_dims(filled - last, -1) * found[..., size:]
