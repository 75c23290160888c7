"""Preprocessing of typed columns: each kind fits its piece, and the pieces become one model."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.data.kinds.kind import Column
from automl.data.kinds.part import Part
from automl.data.modality import Dataset, Preprocessing
from automl.data.preprocessing.pieces import Piece, join_pieces


def fit_columns(dataset: Dataset, rows: np.ndarray) -> Preprocessing:
    """Fit the Keras model from the raw inputs of columns to tensors.

    Args:
        dataset: with ``columns`` in its schema.
        rows: positions of the training part.

    Returns:
        a preprocessing with ``numeric`` (scaled, missing indicators at the end), ``ranks`` (one per
        number, in [0, 1]) and ``categorical`` (codes), as far as there are such columns, and the tensors
        of other kinds, named ``column.kind`` where the model has more than one input.
    """
    used = {column.input: column for column in columns_of(dataset.schema)}
    inputs = {name: _input(column) for name, column in used.items()}

    def piece(name: str, columns: Sequence[Column]) -> Piece:
        raw = dataset.examples.inputs
        part = Part(columns=columns, inputs=inputs, raw=raw, rows=rows)
        made: Piece = KINDS[name].fit(part)
        return made

    own = {name: [column for column in used.values() if column.kind == name] for name in KINDS}
    return join_pieces(inputs, [piece(name, columns) for name, columns in own.items() if columns])


def _input(column: Column) -> keras.KerasTensor:
    shape, dtype = KINDS[column.kind].raw(column)
    return keras.Input(shape, dtype=dtype, name=column.input)
