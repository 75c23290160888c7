"""What targets are like in each category of columns with many, as numbers beside the codes.

A weight for every category is learned from its own few rows. The mean of the targets in it, drawn towards
the mean of all rows where rows are few (Micci-Barreca, 2001), and how often it occurs say the same at once.
A row must not find its own target there: for training rows each mean comes from the other inner folds
alone, as in scikit-learn's ``TargetEncoder``; rows that are not trained on get that of all folds.

Legend: n rows, c columns, s categories of all taken columns, f inner folds, m columns of targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, suggest
from automl.core.tensors import MANY_CATEGORIES, Inputs, TensorSpec
from automl.models.layers.coded_columns import CodedColumns

MEANS = ("none", "beside")

KIND = "inner_fold"

PRIOR_ROWS = 10.0
"""Rows of the mean of all that each category begins with."""

LEAST_SPREAD = 0.02
"""Spread of means, as a share of that of the targets, below which a column says nothing: it is not made
larger than that."""

ROUNDING = 1e-6
"""Spread of means, as a share of the largest, that is arithmetic and no signal."""

CLIP = 3.0
"""Numbers are clipped smoothly to plus and minus this, as all numbers of a table are."""


class MeansOptions(Protocol):
    """What means of categories are told.

    Attributes:
        category_means: ``none`` or ``beside``.
    """

    @property
    def category_means(self) -> str: ...  # noqa: D102


def check_means(kind: str) -> None:
    """Raise ConfigError unless it is one of ``MEANS``."""
    if kind not in MEANS:
        raise ConfigError(f"Unknown category_means {kind!r}. {suggest(kind, MEANS)}")


def used_tensors(specs: Sequence[TensorSpec], options: Any) -> Sequence[TensorSpec]:
    """The ``uses`` of a family: without means nobody asks for inner folds."""
    check_means(options.category_means)
    return specs if options.category_means != "none" else [spec for spec in specs if spec.kind != KIND]


def category_means(inputs: Inputs, options: MeansOptions) -> list[KerasTensor]:
    """Return the numbers ``(n, k)`` of columns with many categories; none where they are not asked for."""
    codes, folds = inputs.get("categorical"), inputs.get(KIND)
    if options.category_means == "none" or codes is None or folds is None:
        return []
    sizes = codes.spec.facts.sizes
    columns = [column for column, size in enumerate(sizes) if size > MANY_CATEGORIES + 1]
    if not columns:
        return []
    facts = folds.spec.facts
    layer = CategoryMeans(sizes, columns, facts.count, facts.columns, (codes.spec.name, folds.spec.name))
    return [layer([codes.tensor, folds.tensor])]


@keras.saving.register_keras_serializable(package="automl")
class CategoryMeans(CodedColumns):
    """Means of targets and frequency of each category, learned before training and then constant.

    Args:
        sizes: number of codes of every column.
        columns: positions of the columns to take.
        folds: inner folds f.
        targets: columns of the encoded targets, side by side, that means are taken of.
        reads: names of the tensors of codes and of inner folds.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        columns: Sequence[int],
        folds: int,
        targets: Sequence[int],
        reads: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(sizes, columns, **kwargs)
        self.folds, self.targets = int(folds), [int(column) for column in targets]
        self.reads = [str(name) for name in reads]

    def build(self, input_shape: Any) -> None:
        """Create the table; zeros say nothing."""
        taken = [self.sizes[column] for column in self.columns]
        self._starts = np.cumsum([0, *taken[:-1]]).astype(np.int32)
        self._rows = int(sum(taken))
        self.table = self.add_weight(
            name="table",
            shape=((self.folds + 1) * self._rows, len(self.targets) + 1),
            initializer="zeros",
            trainable=False,
        )

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """``(n, c) int32`` and ``(n, 1) int32`` to ``(n, taken columns * (m + 1)) float32``."""
        codes, folds = inputs
        places = ops.take(codes, np.asarray(self.columns, np.int32), axis=1) + self._starts
        found = ops.take(self.table, places + folds * self._rows, axis=0)
        return ops.reshape(found, (-1, len(self.columns) * (len(self.targets) + 1)))

    def learn(
        self, inputs: Mapping[str, np.ndarray], targets: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return the values of its weights by name.

        Args:
            inputs: tensors of the rows that are trained on, by name.
            targets: their encoded targets.
        """
        codes, folds = (np.asarray(inputs[name]) for name in self.reads)
        wanted = [np.asarray(item, np.float64).reshape(len(codes), -1) for item in targets.values()]
        answers = np.concatenate(wanted, axis=1)[:, self.targets]
        blocks = [
            _statistics(codes[:, column], folds[:, 0], answers, self.sizes[column], self.folds)
            for column in self.columns
        ]
        table = np.concatenate(blocks, axis=1)
        return {"table": table.reshape(-1, table.shape[2]).astype(np.float32)}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = {"folds": self.folds, "targets": self.targets, "reads": self.reads}
        return {**super().get_config(), **own}


def _statistics(
    codes: np.ndarray, folds: np.ndarray, targets: np.ndarray, size: int, count: int
) -> np.ndarray:
    """Statistics of one column ``(f + 1, size, m + 1)``: of all rows, then without each fold's."""
    cells = folds.astype(np.int64) * size + codes
    shape = (count + 1, size)
    rows = np.bincount(cells, minlength=(count + 1) * size).reshape(shape)
    columns = [
        _scaled(_means(np.bincount(cells, values, minlength=rows.size).reshape(shape), rows), rows, values)
        for values in targets.T
    ]
    often = np.broadcast_to(np.log1p(rows.sum(axis=0)), shape)
    return np.stack([*columns, _scaled(often, rows, often)], axis=-1)


def _means(sums: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Means ``(f + 1, size)`` of sums and numbers of rows by inner fold: each without its own fold."""
    own = np.arange(len(rows)) > 0
    others = rows.sum(axis=0) - rows * own[:, None]
    totals = sums.sum(axis=0) - sums * own[:, None]
    every = totals.sum(axis=1, keepdims=True) / np.maximum(others.sum(axis=1, keepdims=True), 1)
    means: np.ndarray = (totals + PRIOR_ROWS * every) / (others + PRIOR_ROWS)
    return means


def _scaled(values: np.ndarray, rows: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Centre and scale by what training rows see, and clip smoothly."""
    weights = rows / rows.sum()
    centre = (weights * values).sum()
    spread = np.sqrt((weights * (values - centre) ** 2).sum())
    noise = ROUNDING * np.abs(values).max()
    floor = max(LEAST_SPREAD * scale.std(), noise, np.finfo(np.float32).tiny)
    standard = (values - centre) / max(spread, floor)
    clipped: np.ndarray = standard / np.sqrt(1.0 + (standard / CLIP) ** 2)
    return clipped
