"""Scores of how unusual rows are.

n  rows of a batch
"""

from __future__ import annotations

import numpy as np

from automl.metrics.areas import ranking_areas
from automl.metrics.metric import PR_AUC, ROC_AUC, SURPRISE


class AnomalyScorer:
    """Scores surprise ``(n, 1)`` against what is known ``(n, 1)``: 1 anomaly, 0 normal, NaN unknown.

    Areas are of the rows that are known, NaN unless there are both, and left out where none is.
    ``surprise`` is the mean of all rows but known anomalies; NaN where all have the same, as no density of
    different rows gives it.
    """

    def __init__(self) -> None:
        self._known: list[np.ndarray] = []
        self._score: list[np.ndarray] = []

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch."""
        self._known.append(np.asarray(y, np.float64)[:, 0])
        self._score.append(np.asarray(p, np.float64)[:, 0])

    def result(self) -> dict[str, float]:
        """Every metric."""
        score = np.concatenate([np.zeros(0), *self._score])
        if not len(score) or not np.isfinite(score).all():
            return dict.fromkeys((PR_AUC.name, ROC_AUC.name, SURPRISE.name), float("nan"))
        truth = np.concatenate(self._known)
        rest = score[truth != 1]
        told = len(rest) and (len(rest) == 1 or np.ptp(score) > 0)
        surprise = {SURPRISE.name: float(rest.mean()) if told else float("nan")}
        known = ~np.isnan(truth)
        if not known.any():
            return surprise
        roc, precision = ranking_areas(truth[known][:, None] == 1, score[known][:, None])
        return {PR_AUC.name: float(precision[0]), ROC_AUC.name: float(roc[0]), **surprise}
