"""How unusual rows are when each column is looked at by itself: what a model has to beat.

n  rows, k  numeric columns, c  columns of categories
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

NUMERIC, CATEGORICAL = "numeric", "categorical"
"""Names of the tensors of a table."""

LEAST_DEVIATION = 0.02
"""Of a column in standard units: the same limit as in ``models.layers.cell_nats``."""


def surprise_of_columns(
    train: Mapping[str, np.ndarray], usual: np.ndarray, inputs: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return nats ``(n, 1)``: of a normal distribution per number, of shares per category.

    Args:
        train: preprocessed inputs of the training part.
        usual: which of its rows are learned from, bool.
        inputs: preprocessed inputs of what is scored.
    """
    total = np.zeros(len(next(iter(inputs.values()))))
    if NUMERIC in train:
        known = np.asarray(train[NUMERIC], np.float64)[usual]
        deviation = np.maximum(known.std(axis=0), LEAST_DEVIATION)
        z = (np.asarray(inputs[NUMERIC], np.float64) - known.mean(axis=0)) / deviation
        total += (0.5 * z**2 + np.log(deviation) + 0.5 * np.log(2 * np.pi)).sum(axis=1)
    if CATEGORICAL in train:
        codes = np.asarray(inputs[CATEGORICAL])
        for column, known in enumerate(np.asarray(train[CATEGORICAL])[usual].T):
            size = max(int(known.max(initial=0)), int(codes[:, column].max(initial=0))) + 1
            shares = (np.bincount(known, minlength=size) + 1.0) / (len(known) + size)
            total -= np.log(shares[codes[:, column]])
    return total.astype(np.float32)[:, None]
