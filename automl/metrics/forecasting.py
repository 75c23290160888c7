"""Scores of forecasts over all windows, steps and targets.

Symbols: n windows of a batch, h steps ahead, k targets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.metrics.metric import MAE, MAE_SCALED, MASE, MSE, MSE_SCALED, RMSE, SMAPE


class ForecastScorer:
    """Scores forecasts ``(n, h, k)`` in the unit of the targets.

    ``smape`` is in per cent (0 to 200); ``mase`` divides each target's absolute error by the seasonal
    naive error within the training part (Hyndman and Koehler, 2006), targets that stood still there left
    out; ``mse_scaled`` and ``mae_scaled`` are of standardised values, as papers report them.

    Args:
        deviation: standard deviation of each target in the training part.
        naive_mae: error of the seasonal naive forecast of each target in the training part.
    """

    def __init__(self, deviation: Sequence[float], naive_mae: Sequence[float]) -> None:
        self._deviation, self._naive = np.array(deviation), np.array(naive_mae)
        self._cells = 0  # of one target
        self._squared = np.zeros(len(deviation))
        self._absolute, self._relative = self._squared.copy(), 0.0

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch."""
        truth, forecast = np.asarray(y, np.float64), np.asarray(p, np.float64)
        error = truth - forecast
        size = np.abs(truth) + np.abs(forecast)
        self._squared = self._squared + (error**2).sum(axis=(0, 1))
        self._absolute = self._absolute + np.abs(error).sum(axis=(0, 1))
        self._relative += float((np.abs(error) / np.where(size > 0, size, 1.0)).sum())
        self._cells += error.shape[0] * error.shape[1]

    def result(self) -> dict[str, float]:
        """Every metric."""
        cells = self._cells or float("nan")
        squared, absolute = self._squared / cells, self._absolute / cells
        moving = self._naive > 0
        mase = (absolute[moving] / self._naive[moving]).mean() if moving.any() else float("nan")
        return {
            MSE_SCALED.name: float((squared / self._deviation**2).mean()),
            MAE_SCALED.name: float((absolute / self._deviation).mean()),
            MSE.name: float(squared.mean()),
            MAE.name: float(absolute.mean()),
            RMSE.name: float(np.sqrt(squared.mean())),
            SMAPE.name: 200.0 * self._relative / (cells * len(squared)),
            MASE.name: float(mase),
        }
