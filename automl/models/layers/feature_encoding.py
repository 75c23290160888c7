"""From the tensors of a table to vectors: codes of categories one-hot or embedded, numbers embedded.

Legend: n rows, k numeric columns, c categorical columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, suggest
from automl.core.tensors import Bound, Inputs
from automl.models.layers.category_means import MeansOptions, category_means
from automl.models.layers.coded_columns import CodedColumns
from automl.models.layers.number_views import plain_numbers
from automl.models.layers.numeric_embeddings import PeriodicEmbedding, PiecewiseLinearEmbedding

EMBEDDINGS = ("none", "ple", "periodic")

HOT = 2.0 / (1.0 + (2.0 / 3.0) ** 2) ** 0.5
"""A one of a rare category, scaled by half its range and smoothly clipped as numbers are."""


class CategoryOptions(Protocol):
    """What an encoding of categories is told.

    Attributes:
        one_hot_limit: largest number of categories that a one-hot code is made for.
        category_size: size of the embedding of a column with more categories.
    """

    @property
    def one_hot_limit(self) -> int: ...  # noqa: D102
    @property
    def category_size(self) -> int: ...  # noqa: D102


class EncodingOptions(CategoryOptions, MeansOptions, Protocol):
    """What an encoding of columns is told.

    Attributes:
        numeric_embedding: ``none``, ``ple`` or ``periodic``.
        numeric_size: size of the embedding of a number.
        numeric_bins: bins of ``ple``, frequencies of ``periodic``.
        frequency_scale: of ``periodic``.
    """

    @property
    def numeric_embedding(self) -> str: ...  # noqa: D102
    @property
    def numeric_size(self) -> int: ...  # noqa: D102
    @property
    def numeric_bins(self) -> int: ...  # noqa: D102
    @property
    def frequency_scale(self) -> float: ...  # noqa: D102


def encode_row(inputs: Inputs, options: EncodingOptions) -> KerasTensor:
    """Connect the inputs of a table, those present, to a vector."""
    numeric = plain_numbers(inputs)
    ranks, categorical = inputs.get("ranks"), inputs.get("categorical")
    parts = [numeric.tensor] if numeric is not None else []
    if ranks is not None:
        parts += _embedded_numbers(numeric, ranks, options)
    if categorical is not None:
        parts += encode_categories(categorical, options, OneHotColumns)
    parts += category_means(inputs, options)
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(axis=1)(parts)


def encode_categories(
    categorical: Bound,
    options: CategoryOptions,
    few: Callable[[Sequence[int], Sequence[int]], CodedColumns],
) -> list[KerasTensor]:
    """Connect the categorical columns to vectors: of few codes by a layer, of more by an embedding.

    Args:
        categorical: codes ``(n, c) int32``.
        options: which columns have few, and how large an embedding is.
        few: the layer, from the sizes of all columns and the positions of those with few codes.
    """
    sizes = categorical.spec.facts.sizes
    small = [column for column, size in enumerate(sizes) if size <= options.one_hot_limit + 1]
    large = [column for column, size in enumerate(sizes) if size > options.one_hot_limit + 1]
    parts = [few(sizes, small)(categorical.tensor)] if small else []
    if large:
        vectors = EmbeddedColumns(sizes, large, options.category_size)(categorical.tensor)
        parts.append(keras.layers.Flatten()(vectors))
    return parts


def check_embedding(kind: str) -> None:
    """Raise ConfigError unless it is a ``numeric_embedding``."""
    if kind not in EMBEDDINGS:
        raise ConfigError(f"Unknown numeric_embedding {kind!r}. {suggest(kind, EMBEDDINGS)}")


def bins_of(ranks: Bound, most: int) -> list[int]:
    """Return the bins of each column: at most so many, and none narrower than the steps of its ranks.

    A step that fills several bins at once would be learned several times as fast.
    """
    steps = getattr(ranks.spec.facts, "steps", None) or (most,) * (ranks.spec.shape[0] or 0)
    return [max(1, min(most, count)) for count in steps]


@keras.saving.register_keras_serializable(package="automl")
class OneHotColumns(CodedColumns):
    """Codes of some columns as 0 and 1, one place per category, missing and unseen included.

    Args:
        sizes: number of codes of every column.
        columns: positions of the columns to take.
    """

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, c) int32`` to ``(n, sum of the taken sizes) float32``."""
        taken = [
            ops.one_hot(inputs[:, column], self.sizes[column], dtype=self.compute_dtype)
            for column in self.columns
        ]
        return ops.concatenate(taken, axis=1)


@keras.saving.register_keras_serializable(package="automl")
class SpreadColumns(CodedColumns):
    """Codes of some columns as RealMLP takes them (Holzmüller et al., 2024): missing and unseen are zeros.

    Of two values one is -1 and the other 1; of more, each has a place that is ``HOT`` where it is.

    Args:
        sizes: number of codes of every column.
        columns: positions of the columns to take.
    """

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, c) int32`` to ``(n, places) float32``."""
        return ops.concatenate([self._spread(inputs, column) for column in self.columns], axis=1)

    def _spread(self, inputs: KerasTensor, column: int) -> KerasTensor:
        hot = ops.one_hot(inputs[:, column], self.sizes[column], dtype=self.compute_dtype)
        if self.sizes[column] == 3:
            return hot[:, 2:] - hot[:, 1:2]
        return HOT * hot[:, 1:]


@keras.saving.register_keras_serializable(package="automl")
class EmbeddedColumns(CodedColumns):
    """Codes of some columns as learned vectors, all in one table of weights.

    Args:
        sizes: number of codes of every column.
        columns: positions of the columns to take.
        size: length of a vector.
        scale: standard deviation of the vectors at first.
    """

    def __init__(
        self, sizes: Sequence[int], columns: Sequence[int], size: int, scale: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(sizes, columns, **kwargs)
        self.size, self.scale = size, scale

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table."""
        taken = [self.sizes[column] for column in self.columns]
        self._starts = np.cumsum([0, *taken[:-1]]).astype(np.int32)
        self.table = self.add_weight(
            name="table",
            shape=(sum(taken), self.size),
            initializer=keras.initializers.RandomNormal(stddev=self.scale),
        )

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, c) int32`` to ``(n, taken columns, size) float32``."""
        codes = ops.take(inputs, np.asarray(self.columns, np.int32), axis=1)
        return ops.take(self.table, codes + self._starts, axis=0)

    def get_config(self) -> dict[str, Any]:
        """The columns and the size."""
        return {**super().get_config(), "size": self.size, "scale": self.scale}


def _embedded_numbers(numeric: Bound | None, ranks: Bound, options: EncodingOptions) -> list[KerasTensor]:
    kind = options.numeric_embedding
    check_embedding(kind)
    if kind == "none":
        return [keras.layers.Rescaling(2.0, offset=-1.0)(ranks.tensor)]
    if kind == "ple":
        layer = PiecewiseLinearEmbedding(bins_of(ranks, options.numeric_bins), options.numeric_size)
        return [keras.layers.Flatten()(layer(ranks.tensor))]
    embedding = PeriodicEmbedding(options.numeric_bins, options.numeric_size, options.frequency_scale)
    if numeric is None:
        return [keras.layers.Flatten()(embedding(ranks.tensor))]
    columns = ranks.spec.shape[0]
    return [keras.layers.Flatten()(embedding(numeric.tensor[:, :columns]))]
