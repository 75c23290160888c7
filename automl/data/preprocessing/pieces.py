"""What a kind of column adds to the preprocessing of a table, and how the pieces become one model.

Numbers of all kinds are scaled together, and so are codes looked up together: what families take are
``numeric``, ``ranks`` and ``categorical``, whatever the columns were; where a column has many categories,
``inner_fold`` stands beside them. Anything else is a tensor by itself.

Legend: n rows, k numbers, c codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import KerasTensor

from automl.core.tensors import MANY_CATEGORIES, Categories, InnerFolds, Ranks, TensorSpec
from automl.data.collinear import directions_of
from automl.data.kinds.promised import COMPONENTS, INNER_FOLD
from automl.data.modality import Preprocessing
from automl.data.preprocessing.tabular_layers import (
    Components,
    JoinColumns,
    NoInnerFold,
    RankScale,
    RobustScale,
)
from automl.data.raw_values import NOISE

STEPS = 128
"""Pieces of the line from a number to its rank, at most."""

INNER_FOLDS = 5
"""Inner folds of the training rows: means for a row come from four fifths of the others."""

SMALLEST = 1e-290
"""Spread of which one over it would overflow."""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Numbers that are still to be scaled.

    Attributes:
        tensor: symbolic ``(n, k)``.
        values: of the training part ``(n, k) float64``, NaN where one is missing.
    """

    tensor: KerasTensor
    values: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Codes of categories.

    Attributes:
        tensor: symbolic ``(n, c) int32``.
        sizes: number of different codes of each column; 0 is missing or unseen.
    """

    tensor: KerasTensor
    sizes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What the columns of one kind give.

    Attributes:
        numbers: to be scaled with those of other kinds, or None.
        codes: to stand beside those of other kinds, or None.
        tensors: ready by themselves: their names are unique.
    """

    numbers: Numbers | None = None
    codes: Codes | None = None
    tensors: Sequence[tuple[TensorSpec, KerasTensor]] = ()


def join_pieces(inputs: Mapping[str, KerasTensor], pieces: Sequence[Piece]) -> Preprocessing:
    """Return the preprocessing of pieces.

    Args:
        inputs: raw inputs of the model by name.
        pieces: what their kinds give.
    """
    tensors = [
        *_scaled([piece.numbers for piece in pieces if piece.numbers is not None]),
        *_coded([piece.codes for piece in pieces if piece.codes is not None]),
        *(item for piece in pieces for item in piece.tensors),
    ]
    outputs = {spec.name: tensor for spec, tensor in tensors}
    model = keras.Model(dict(inputs), outputs, name="preprocessing")
    return Preprocessing(inputs=tuple(spec for spec, _ in tensors), model=model)


def tensor_name(kind: str, column: str, *, alone: bool) -> str:
    """Name of a tensor that is made of one raw input; ``alone``: it is the model's only one."""
    return kind if alone else f"{column}.{kind}"


def _scaled(blocks: Sequence[Numbers]) -> list[tuple[TensorSpec, KerasTensor]]:
    if not blocks:
        return []
    joined = JoinColumns(name="table__joined")([block.tensor for block in blocks])
    values = np.concatenate([block.values for block in blocks], axis=1)
    edges = [_edges(column[~np.isnan(column)]) for column in values.T]
    scale, rank = RobustScale(*_scale(values), name="table__numeric"), RankScale(edges, name="table__ranks")
    facts = Ranks(steps=tuple(len(column) - 1 for column in edges))
    numeric, ranks = scale(joined), rank(joined)
    return [
        (_spec("numeric", numeric, source="numbers"), numeric),
        (_spec("ranks", ranks, source="numbers", facts=facts), ranks),
        *_components(joined, values),
    ]


def _components(joined: KerasTensor, values: np.ndarray) -> list[tuple[TensorSpec, KerasTensor]]:
    found = directions_of(values)
    if found is None:
        return []
    layer = Components(
        found.centres.tolist(), found.factors.tolist(), found.weights.tolist(), name="table__components"
    )
    components = layer(joined)
    return [(_spec(COMPONENTS, components, source="numbers"), components)]


def _coded(blocks: Sequence[Codes]) -> list[tuple[TensorSpec, KerasTensor]]:
    if not blocks:
        return []
    parts = [block.tensor for block in blocks]
    tensor = parts[0] if len(parts) == 1 else keras.layers.Concatenate(axis=1)(parts)
    facts = Categories(sizes=tuple(size for block in blocks for size in block.sizes))
    coded = (_spec("categorical", tensor, source="categories", dtype="int32", facts=facts), tensor)
    if max(facts.sizes) <= MANY_CATEGORIES + 1:
        return [coded]
    none = NoInnerFold(name="table__inner_fold")(tensor)
    folds = InnerFolds(count=INNER_FOLDS)
    return [coded, (_spec(INNER_FOLD, none, source="categories", dtype="int32", facts=folds), none)]


def _scale(values: np.ndarray) -> tuple[list[float], list[float], list[int]]:
    """Centre and factor of each column of ``(n, k)``, and the positions of those with missing numbers."""
    filled = np.where(np.isnan(values).all(axis=0), 0.0, values)
    low, lower, middle, upper, high = np.nanquantile(filled, [0.0, 0.25, 0.5, 0.75, 1.0], axis=0)
    spread = np.where(upper > lower, upper - lower, 0.5 * (high - low))
    # what varies by its last bits only is a constant with the noise of arithmetic
    whole = (np.isnan(filled) | (filled == np.round(filled))).all(axis=0)
    noise = np.where(whole, 0.0, NOISE) * np.maximum(np.abs(low), np.abs(high))
    varies = spread > np.maximum(noise, SMALLEST)
    factors = np.divide(1.0, spread, out=np.zeros_like(spread), where=varies)
    flagged = np.flatnonzero(np.isnan(values).any(axis=0)).tolist()
    return middle.tolist(), factors.tolist(), flagged


def _edges(known: np.ndarray) -> list[float]:
    """Edges between which ranks are lines: every value where they are few, else quantiles.

    Half of them are quantiles of the values and half of the different values: the former are dense where
    rows are, the latter tell rare large values apart.
    """
    different = np.unique(known)
    if len(different) > STEPS + 1:
        shares = np.linspace(0.0, 1.0, STEPS // 2 + 1)
        different = np.union1d(np.quantile(known, shares), np.quantile(different, shares))
    if len(different) < 2:
        first = float(different[0]) if len(different) else 0.0
        return [first, float(np.nextafter(first, np.inf)) if first else 1.0]
    return [float(value) for value in different]


def _spec(
    kind: str, tensor: KerasTensor, *, source: str, dtype: str = "float32", facts: Any = None
) -> TensorSpec:
    shape = tuple(tensor.shape[1:])
    return TensorSpec(name=kind, kind=kind, shape=shape, dtype=dtype, facts=facts, source=source)
