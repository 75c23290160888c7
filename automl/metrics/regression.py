"""Scores of numbers: one or several targets, each metric a mean over them.

Symbols: n rows of a batch, k targets.
"""

from __future__ import annotations

import numpy as np

from automl.metrics.correlation import Correlations
from automl.metrics.metric import MAE, PEARSON, R2, RMSE, SPEARMAN
from automl.metrics.scorer import usable


class AmountScorer:
    """Scores predicted numbers ``(n, k)`` in the unit of the target.

    The spread of the true values, which ``r2`` needs, is joined batch by batch from means and sums of
    squared deviations (Chan, Golub and LeVeque, 1983), all counted from the mean of the first batch: sums
    of squares alone would cancel, and so would means of targets far from 0.
    """

    def __init__(self) -> None:
        self._rows, self._usable = 0, True
        self._squared = self._absolute = self._origin = self._mean = self._spread = np.zeros(0)
        self._correlations = Correlations()

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch."""
        self._usable = self._usable and usable(p)
        if not self._usable or not len(p):
            return
        truth = np.asarray(y, dtype=np.float64)
        error = np.asarray(p, dtype=np.float64) - truth
        if not self._rows:
            self._origin = truth.mean(axis=0)
        offset = truth - self._origin
        self._add(len(truth), offset.mean(axis=0), offset.var(axis=0) * len(truth))
        self._squared = (error**2).sum(axis=0) + (self._squared if len(self._squared) else 0.0)
        self._absolute = np.abs(error).sum(axis=0) + (self._absolute if len(self._absolute) else 0.0)
        self._correlations.update(truth, p)

    def result(self) -> dict[str, float]:
        """Every metric."""
        if not self._usable or not self._rows:
            return {metric.name: float("nan") for metric in (RMSE, MAE, R2, PEARSON, SPEARMAN)}
        squared, variance = self._squared / self._rows, self._spread / self._rows
        perfect = np.where(squared == 0, 1.0, 0.0)
        r2 = np.where(variance > 0, 1 - squared / np.where(variance > 0, variance, 1), perfect)
        known = self._rows > 1
        linear, ranked = self._correlations.result() if known else (np.zeros(1), np.zeros(1))
        return {
            RMSE.name: float(np.sqrt(squared).mean()),
            MAE.name: float((self._absolute / self._rows).mean()),
            R2.name: float(r2.mean()) if known else float("nan"),
            PEARSON.name: float(linear.mean()) if known else float("nan"),
            SPEARMAN.name: float(ranked.mean()) if known else float("nan"),
        }

    def _add(self, rows: int, mean: np.ndarray, spread: np.ndarray) -> None:
        if not self._rows:
            self._rows, self._mean, self._spread = rows, mean, spread
            return
        total, step = self._rows + rows, mean - self._mean
        self._mean = self._mean + step * (rows / total)
        self._spread = self._spread + spread + step**2 * (self._rows * rows / total)
        self._rows = total
