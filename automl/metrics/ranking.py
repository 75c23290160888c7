"""Scores of lists of recommended items, over all items that a user has not dealt with yet.

Every figure is of the first ``K`` items of a list, and a mean over users. Relevant is what was held out of
a user, whatever its rating; what the model cannot know counts as missed.

n  users of a batch, I  items, h  items that were held out of a user, r  place in the list, from 1
"""

from __future__ import annotations

import math

import numpy as np

from automl.metrics.metric import COVERAGE, HIT_RATE, MAP_AT, MRR, NDCG, RECALL

K = 10
"""Items of a list that count."""

MOST_VALUES = 1 << 22
"""Shares that are looked at together at most, as to look takes several times their memory."""


class RankingScorer:
    """Scores shares of items ``(n, I)``, below 0 where a user has dealt with the item: those are left out.

    * nDCG: ``1 / log2(1 + r)`` of each hit, over that of a list that begins with all ``h`` (Järvelin and
      Kekäläinen, 2002), with relevance 0 or 1;
    * hit rate: whether there is a hit;
    * recall: hits over ``min(h, K)``;
    * MRR: one over the place of the first hit, 0 without one;
    * MAP: mean over ``min(h, K)`` of the precision at each hit;
    * coverage: items that are in some list, over all.
    """

    def __init__(self) -> None:
        self._users = 0
        self._sums = dict.fromkeys((NDCG.name, HIT_RATE.name, RECALL.name, MRR.name, MAP_AT.name), 0.0)
        self._listed = np.zeros(0, bool)
        self._usable = True

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch.

        Args:
            y: numbers of items ``(n, any)``: what a user has dealt with above 0, what was held out below, 0
                for none; number 1 is the first item, and one beyond the last stands for an item that the
                model does not know.
            p: shares.
            groups: unused.
        """
        rows = max(1, MOST_VALUES // max(1, p.shape[1]))
        for first in range(0, len(p), rows):
            self._hear(np.asarray(y[first : first + rows]), np.asarray(p[first : first + rows]))

    def _hear(self, y: np.ndarray, p: np.ndarray) -> None:
        self._usable = self._usable and bool(np.isfinite(p).all())
        held = y < 0
        rows = held.any(axis=1)
        if not self._usable or not rows.any():
            return
        y, p, held = y[rows], p[rows], held[rows]
        relevant = np.zeros((len(p), p.shape[1] + 1), bool)
        row, place = np.nonzero(held)
        relevant[row, np.minimum(-y[row, place].astype(np.int64) - 1, p.shape[1])] = True
        best = top_items(p, K)
        listed = np.take_along_axis(p, best, axis=1) >= 0
        hits = np.take_along_axis(relevant, best, axis=1) & listed
        self._add(hits, np.minimum(held.sum(axis=1), K))
        if not len(self._listed):
            self._listed = np.zeros(p.shape[1], bool)
        self._listed[best[listed]] = True

    def result(self) -> dict[str, float]:
        """Every metric."""
        if not self._usable or not self._users:
            return {**dict.fromkeys(self._sums, math.nan), COVERAGE.name: math.nan}
        means = {name: total / self._users for name, total in self._sums.items()}
        return {**means, COVERAGE.name: float(self._listed.mean())}

    def _add(self, hits: np.ndarray, ideal: np.ndarray) -> None:
        """Hear of hits ``(n, k) bool`` and of how many there could be ``(n,)``."""
        places = np.arange(1, hits.shape[1] + 1)
        gains = 1.0 / np.log2(1.0 + np.arange(1, K + 1))
        first = hits.argmax(axis=1) + 1.0
        found = hits.any(axis=1)
        precision = np.cumsum(hits, axis=1) / places
        sums = {
            NDCG.name: (hits * gains[: hits.shape[1]]).sum(axis=1) / np.cumsum(gains)[ideal - 1],
            HIT_RATE.name: found.astype(float),
            RECALL.name: hits.sum(axis=1) / ideal,
            MRR.name: np.where(found, 1.0 / first, 0.0),
            MAP_AT.name: (hits * precision).sum(axis=1) / ideal,
        }
        for name, values in sums.items():
            self._sums[name] += float(values.sum())
        self._users += len(hits)


def top_items(scores: np.ndarray, count: int) -> np.ndarray:
    """Return places of the best of each row ``(n, min(count, I))``, best first, of equal ones the first."""
    most = min(count, scores.shape[1])
    if most == scores.shape[1]:
        return np.argsort(-scores, axis=1, kind="stable")
    # the best, with all that equal the last of them: to sort every item of a large catalogue takes long
    edge = -np.partition(-scores, most - 1, axis=1)[:, most - 1 : most]
    found = np.empty((len(scores), most), np.int64)
    for row, values in enumerate(scores):
        likely = np.flatnonzero(values >= edge[row])
        found[row] = likely[np.argsort(-values[likely], kind="stable")][:most]
    return found
