"""Areas under the ROC curve and the precision-recall curve, exact: no thresholds are fixed beforehand.

Ranks need all scores at once, so memory grows with the validation part, as it does for correlations only:
``5 * n * k`` bytes for n rows and k columns, 4 for a score in float32 and 1 for its truth; twice that
while the result is computed. Scores stay in the type in which they come, so that none are made equal.
"""

from __future__ import annotations

import numpy as np


class RankingAreas:
    """Collects truth and scores of k columns."""

    def __init__(self) -> None:
        self._positive: list[np.ndarray] = []
        self._score: list[np.ndarray] = []

    def update(self, positive: np.ndarray, score: np.ndarray) -> None:
        """Hear of a batch: truth ``(n, k)`` bool and scores ``(n, k)``, larger for more likely true."""
        self._positive.append(np.array(positive, dtype=bool))
        self._score.append(np.array(score))

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """Both areas ``(k,)``, see ``ranking_areas``."""
        return ranking_areas(*self.collected())

    def collected(self) -> tuple[np.ndarray, np.ndarray]:
        """All truths and scores so far ``(n, k)``."""
        return np.concatenate(self._positive), np.concatenate(self._score)


def ranking_areas(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Areas under the ROC curve and under the precision-recall curve, of every column at once.

    The first is the share of (positive, negative) pairs in right order, ties half; the second average
    precision: precision at each threshold, weighted by the rise of recall.

    Args:
        positive: bool ``(n, k)``.
        score: larger means more likely positive ``(n, k)``.

    Returns:
        Both areas ``(k,)``, NaN where a column has no positive or no negative.
    """
    # a column lies in one piece here, which saves a third of the time; equal scores in any order
    positive, score = np.ascontiguousarray(positive.T), np.ascontiguousarray(score.T)
    order = np.argsort(score, axis=1)
    hit, ranked = np.take_along_axis(positive, order, axis=1), np.take_along_axis(score, order, axis=1)
    first, last = _tied(ranked)
    positives = positive.sum(axis=1)
    negatives = positive.shape[1] - positives
    defined = (positives > 0) & (negatives > 0)
    above = (hit * ((first + last) / 2 + 1)).sum(axis=1) - positives * (positives + 1) / 2
    # from the top: at the threshold of a row, everything from the first of its ties on is taken
    taken = score.shape[1] - first
    before = np.take_along_axis(np.cumsum(hit, axis=1) - hit, first, axis=1)
    found = positives[:, None] - before
    nowhere = np.full(len(defined), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        roc = np.where(defined, above / (positives * negatives), nowhere)
        precision = np.where(defined, (hit * found / taken).sum(axis=1) / positives, nowhere)
    return roc, precision


def _tied(ranked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each place of sorted rows ``(k, n)``, the first and the last place with the same value."""
    places = np.broadcast_to(np.arange(ranked.shape[1]), ranked.shape)
    rises = np.diff(ranked, axis=1) != 0
    if rises.all():
        return places, places
    edge = np.ones((len(ranked), 1), bool)
    first = np.maximum.accumulate(np.where(np.hstack([edge, rises]), places, 0), axis=1)
    ends = np.where(np.hstack([rises, edge]), places, ranked.shape[1])
    last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    return first, last
