"""Scores of forecasts over all windows, steps and targets.

Symbols: n windows of a batch, h steps ahead, k targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from automl.metrics.metric import MAE, MAE_SCALED, MASE, MSE, MSE_SCALED, RMSE, SMAPE

Scales = Mapping[str, Sequence[Sequence[float]]]
"""By series: the deviation of each target, and the error of its seasonal naive forecast."""


class ForecastScorer:
    """Scores forecasts ``(n, h, k)`` in the unit of the targets.

    ``smape`` is in per cent (0 to 200); ``mase`` divides each target's absolute error by the seasonal
    naive error within the training part (Hyndman and Koehler, 2006), targets that stood still there left
    out; ``mse_scaled`` and ``mae_scaled`` are of standardised values, as papers report them. Of several
    series each has scales of its own, so that one in thousands does not outweigh one in tenths.

    Args:
        deviation: standard deviation of each target in the training part.
        naive_mae: error of the seasonal naive forecast of each target in the training part.
        scales: the same of each series, where there are several; the others have those of all.
    """

    def __init__(
        self, deviation: Sequence[float], naive_mae: Sequence[float], scales: Scales | None = None
    ) -> None:
        self._whole = np.array([deviation, naive_mae], np.float64)
        self._scales = scales or {}
        self._cells = 0  # of one target
        self._squared, self._absolute, self._relative = 0.0, 0.0, 0.0
        self._squared_scaled, self._absolute_scaled = 0.0, 0.0
        self._against_naive, self._moving = np.zeros((2, len(deviation)))

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch; ``groups`` are the names of the series."""
        truth, forecast = np.asarray(y, np.float64), np.asarray(p, np.float64)
        error = truth - forecast
        size = np.abs(truth) + np.abs(forecast)
        deviation, naive = self._scales_of(len(error), groups)
        self._squared += float((error**2).sum())
        self._absolute += float(np.abs(error).sum())
        self._relative += float((np.abs(error) / np.where(size > 0, size, 1.0)).sum())
        absolute, squared = np.abs(error).sum(axis=1), (error**2).sum(axis=1)  # (n, k)
        self._squared_scaled += float((squared / deviation**2).sum())
        self._absolute_scaled += float((absolute / deviation).sum())
        moving = naive > 0
        ratio = np.where(moving, absolute / np.where(moving, naive, 1.0), 0.0)
        self._against_naive = self._against_naive + ratio.sum(axis=0)
        self._moving = self._moving + error.shape[1] * moving.sum(axis=0)
        self._cells += error.shape[0] * error.shape[1]

    def result(self) -> dict[str, float]:
        """Every metric."""
        cells = self._cells * self._whole.shape[1] or float("nan")
        moving = self._moving > 0
        ratios = self._against_naive[moving] / self._moving[moving]
        return {
            MSE_SCALED.name: self._squared_scaled / cells,
            MAE_SCALED.name: self._absolute_scaled / cells,
            MSE.name: self._squared / cells,
            MAE.name: self._absolute / cells,
            RMSE.name: float(np.sqrt(self._squared / cells)),
            SMAPE.name: 200.0 * self._relative / cells,
            MASE.name: float(ratios.mean()) if moving.any() else float("nan"),
        }

    def _scales_of(self, rows: int, groups: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Deviation and naive error of each window and target ``(n, k)``."""
        if groups is None or not self._scales:
            whole = np.broadcast_to(self._whole[:, None], (2, rows, self._whole.shape[1]))
            return whole[0], whole[1]
        names, places = np.unique(groups.astype(str), return_inverse=True)
        table = np.stack([np.asarray(self._scales.get(str(name), self._whole)) for name in names])
        return table[places, 0], table[places, 1]
