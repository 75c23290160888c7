"""Correlations of predicted with true numbers: whether predictions rise and fall with the truth.

Ranks need all numbers at once, so memory grows with the validation part: 16 bytes per number.
"""

from __future__ import annotations

import numpy as np


class Correlations:
    """Collects true and predicted numbers of k columns."""

    def __init__(self) -> None:
        self._truth: list[np.ndarray] = []
        self._guess: list[np.ndarray] = []

    def update(self, y: np.ndarray, p: np.ndarray) -> None:
        """Hear of a batch: true and predicted numbers, both ``(n, k)``."""
        self._truth.append(np.array(y, dtype=np.float64))
        self._guess.append(np.array(p, dtype=np.float64))

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """Pearson's and Spearman's coefficient of each column ``(k,)``, see ``pearson``."""
        y, p = np.concatenate(self._truth), np.concatenate(self._guess)
        return pearson(y, p), pearson(ranks(y), ranks(p))


def pearson(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Correlation of each column ``(k,)``, from -1 to 1.

    It is 0 where either side is constant, for which it is not defined: such predictions tell nothing of
    the truth, and a search must be able to compare them.

    Args:
        y: true numbers ``(n, k)`` float64.
        p: predicted ones.
    """
    moves = (np.ptp(y, axis=0) > 0) & (np.ptp(p, axis=0) > 0)
    y, p = _unit(y), _unit(p)
    return np.where(moves, np.clip((y * p).sum(axis=0), -1.0, 1.0), 0.0)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks of each column ``(n, k)``, from 1; equal numbers share the mean of theirs."""
    return np.stack([_ranks(column) for column in values.T], axis=1)


def _ranks(column: np.ndarray) -> np.ndarray:
    _, places, counts = np.unique(column, return_inverse=True, return_counts=True)
    means = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(means[places])


def _unit(values: np.ndarray) -> np.ndarray:
    """Columns around 0, of length 1; divided by their largest first, for squares must not overflow."""
    centred = values - values.mean(axis=0)
    largest = np.abs(centred).max(axis=0)
    centred = centred / np.where(largest > 0, largest, 1.0)
    length = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(centred / np.where(length > 0, length, 1.0))
