"""Metrics of vectors that stand for who or what an example shows: pairs of the same, and of others.

The score of a pair is the cosine of its two vectors. Legend: n examples, d length of a vector, m pairs.

* ``roc_auc``: the share of (same, other) couples of pairs in right order.
* ``tar_at_10pct_far``, ``tar_at_1pct_far``: true acceptance rate, the share of same pairs above the score
  that a tenth, or a hundredth, of the other pairs exceeds (false acceptance rate).
* ``equal_error_rate``: the share of wrong answers where as many others are accepted as same ones refused.
* ``overlap``: the same where both kinds of scores are normal with the means and deviations that they have,
  so that it still tells models apart which make no errors on few pairs: ``Phi(-d'/2)`` with the measure
  of decidability d' (Daugman, 2000).
* ``rank1``: one example of each identity is known, and every other one is told by the nearest of these. The
  first, second, ... example of each is the known one in turn, and the mean of these rounds is taken.

All pairs are looked at up to ``MOST_PAIRS``; of more, so many of each kind are drawn, always the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.metrics.areas import ranking_areas
from automl.metrics.metric import EER, OVERLAP, RANK1, ROC_AUC, TAR1, TAR10
from automl.metrics.scorer import usable

MOST_PAIRS = 500_000
"""Pairs of each kind that are scored: an area of .99 is then told to .0001."""

ROUNDS, CELLS = 10, 20_000_000
"""Rounds of ``rank1``, fewer where so many cosines would be exceeded."""

RATES = (0.1, 0.01, 0.001)
"""False acceptance rates that thresholds are chosen for."""

PORTION = 65_536
"""Pairs whose vectors are side by side in memory."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Pairs of examples.

    Attributes:
        first: position of one example of each pair ``(m,)``.
        second: position of the other one.
        same: whether both show the same ``(m,) bool``.
        score: cosine of the two vectors ``(m,)``.
    """

    first: np.ndarray
    second: np.ndarray
    same: np.ndarray
    score: np.ndarray


class PairScorer:
    """Hears of identities and of vectors."""

    def __init__(self) -> None:
        self._identities: list[np.ndarray] = []
        self._vectors: list[np.ndarray] = []
        self._groups: list[np.ndarray] = []

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch.

        Args:
            y: ``(n, 3) int32``: the class in training, and the identity in the last two columns.
            p: vectors of length 1 ``(n, d)``.
            groups: of which examples within one are compared, such as those that one network answers
                for; None where all are.
        """
        self._groups.append(np.zeros(len(y), np.int64) if groups is None else np.asarray(groups))
        self._identities.append(np.asarray(y)[:, 1:])
        self._vectors.append(np.asarray(p, np.float32))

    def result(self) -> dict[str, float]:
        """Every metric; NaN where there are no pairs of one kind, or a vector is not finite."""
        names = [metric.name for metric in (ROC_AUC, TAR10, TAR1, EER, RANK1, OVERLAP)]
        if not self._vectors or not all(map(usable, self._vectors)):
            return dict.fromkeys(names, float("nan"))
        codes, vectors = codes_of(np.concatenate(self._identities)), np.concatenate(self._vectors)
        groups = np.concatenate(self._groups)
        pairs = pairs_of(codes, vectors, groups)
        known = scores_of_pairs(pairs.same, pairs.score)
        known[RANK1.name] = rank_one(codes, vectors, groups)
        return {name: known[name] for name in names}


def codes_of(identities: np.ndarray) -> np.ndarray:
    """Return a number from 0 for each identity ``(n, 2)``, as ``(n,) int64``."""
    return np.asarray(np.unique(identities, axis=0, return_inverse=True)[1]).reshape(-1)


def pairs_of(codes: np.ndarray, vectors: np.ndarray, groups: np.ndarray | None = None) -> Pairs:
    """Return all pairs of examples, or as many of each kind as are looked at.

    Args:
        codes: who or what each example shows ``(n,)``.
        vectors: ``(n, d)``, of length 1.
        groups: of each example ``(n,)``; pairs are within one. None for one of all.
    """
    parts = rows_of_groups(groups, len(codes))
    most = max(1, MOST_PAIRS // max(1, len(parts)))
    made = [_pairs_within(_dense(codes[rows]), vectors[rows], most) for rows in parts]
    return Pairs(
        first=np.concatenate([rows[pairs.first] for rows, pairs in zip(parts, made, strict=True)]),
        second=np.concatenate([rows[pairs.second] for rows, pairs in zip(parts, made, strict=True)]),
        same=np.concatenate([pairs.same for pairs in made]),
        score=np.concatenate([pairs.score for pairs in made]),
    )


def rows_of_groups(groups: np.ndarray | None, count: int) -> list[np.ndarray]:
    """Return the positions of the examples of each group, ascending; of none all in one."""
    if groups is None or not count:
        return [np.arange(count)]
    return [np.flatnonzero(groups == group) for group in np.unique(groups)]


def _dense(codes: np.ndarray) -> np.ndarray:
    """Numbers from 0 without gaps."""
    return np.asarray(np.unique(codes, return_inverse=True)[1]).reshape(-1)


def _pairs_within(codes: np.ndarray, vectors: np.ndarray, most: int) -> Pairs:
    count = len(codes)
    if count * (count - 1) // 2 <= most:
        first, second = np.triu_indices(count, 1)
        score = (vectors @ vectors.T)[first, second]
        return Pairs(first=first, second=second, same=codes[first] == codes[second], score=score)
    random = np.random.default_rng(0)
    drawn = (_same(codes, most, random), _others(codes, most, random))
    first, second = (np.concatenate([part[side] for part in drawn]) for side in (0, 1))
    score = np.concatenate(
        [
            np.einsum("ij,ij->i", vectors[first[at : at + PORTION]], vectors[second[at : at + PORTION]])
            for at in range(0, len(first), PORTION)
        ]
    )
    return Pairs(first=first, second=second, same=codes[first] == codes[second], score=score)


def scores_of_pairs(same: np.ndarray, score: np.ndarray) -> dict[str, float]:
    """Return the metrics of pairs: all but ``rank1``.

    Args:
        same: which pairs are of the same ``(m,) bool``.
        score: larger for more alike ``(m,)``.
    """
    true, false = score[same], score[~same]
    if not (len(true) and len(false)):
        return dict.fromkeys([metric.name for metric in (ROC_AUC, TAR10, TAR1, EER, OVERLAP)], float("nan"))
    area = float(ranking_areas(same[:, None], score[:, None])[0][0])
    rates = {metric: float((true > threshold_at(false, rate)).mean()) for metric, rate in _AT.items()}
    error = _equal_error(true, false)[0]
    return {ROC_AUC.name: area, **rates, EER.name: error, OVERLAP.name: _overlap(true, false)}


_AT: Mapping[str, float] = {TAR10.name: 0.1, TAR1.name: 0.01}


def threshold_at(false: np.ndarray, rate: float) -> float:
    """Return the score that at most a share ``rate`` of pairs of others exceeds.

    Args:
        false: their scores ``(m,)``.
        rate: the share.
    """
    exceeding = min(int(rate * len(false) + 1e-9), len(false) - 1)
    return float(np.partition(false, len(false) - 1 - exceeding)[len(false) - 1 - exceeding])


def rank_one(codes: np.ndarray, vectors: np.ndarray, groups: np.ndarray | None = None) -> float:
    """Return the share of examples whose nearest known one shows the same; NaN where nothing can be told.

    Args:
        codes: who or what each example shows ``(n,)``.
        vectors: ``(n, d)``, of length 1.
        groups: of each example ``(n,)``; it is asked for among those of its own. None for one of all.
    """
    parts = rows_of_groups(groups, len(codes))
    shares = np.array([_rank_within(_dense(codes[rows]), vectors[rows]) for rows in parts])
    sizes = np.array([len(rows) for rows in parts], float) * ~np.isnan(shares)
    return float(np.nansum(shares * sizes) / sizes.sum()) if sizes.sum() else float("nan")


def _rank_within(codes: np.ndarray, vectors: np.ndarray) -> float:
    counts = np.bincount(codes)
    if counts.max(initial=0) < 2 or len(counts) < 2:
        return float("nan")
    order = np.argsort(codes, kind="stable")
    starts = np.cumsum(counts) - counts
    most = min(ROUNDS, int(counts.max()), max(1, CELLS // (len(counts) * len(codes))))
    shares = []
    for place in range(most):
        known = order[starts + place % counts]
        asked = np.setdiff1d(np.flatnonzero(counts[codes] > 1), known)
        nearest = (vectors[asked] @ vectors[known].T).argmax(axis=1)
        shares.append(float((codes[known][nearest] == codes[asked]).mean()))
    return float(np.mean(shares))


def operating_points(
    targets: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    groups: np.ndarray | None = None,
) -> dict[str, Any]:
    """Choose thresholds on examples that were not trained on.

    Args:
        targets: encoded ones, by name.
        predictions: vectors, by name.
        groups: see ``pairs_of``.

    Returns:
        ``pairs`` of the same and of ``others`` that were looked at; ``points``: for each false acceptance
        rate the ``threshold``, above which a score is taken for the same, and the ``tar`` there; and
        ``equal_error`` with both. Without pairs of both kinds there are no points.
    """
    (identities,), (vectors,) = targets.values(), predictions.values()
    codes = codes_of(np.asarray(identities)[:, 1:])
    pairs = pairs_of(codes, np.asarray(vectors, np.float32), groups)
    true, false = pairs.score[pairs.same], pairs.score[~pairs.same]
    known = {"pairs": len(true), "others": len(false)}
    if not (len(true) and len(false)):
        return {**known, "points": []}
    points = []
    for rate in RATES:
        threshold = threshold_at(false, rate)
        points.append({"far": rate, "threshold": threshold, "tar": float((true > threshold).mean())})
    error, threshold = _equal_error(true, false)
    return {**known, "points": points, "equal_error": {"rate": error, "threshold": threshold}}


def _equal_error(true: np.ndarray, false: np.ndarray) -> tuple[float, float]:
    """The rate at which both kinds of errors are as frequent, and the score above which that is so."""
    true, false = np.sort(true), np.sort(false)
    every = np.concatenate([true, false])
    refused = np.searchsorted(true, every, side="right") / len(true)
    accepted = 1 - np.searchsorted(false, every, side="right") / len(false)
    at = int(np.abs(refused - accepted).argmin())
    return float(refused[at] + accepted[at]) / 2, float(every[at])


def _overlap(true: np.ndarray, false: np.ndarray) -> float:
    """See the top; half of the decidability is how many deviations each mean is from the middle."""
    spread = math.sqrt((float(true.var()) + float(false.var())) / 2)
    apart = float(true.mean() - false.mean()) / max(spread, 1e-9)
    return 0.5 * math.erfc(apart / (2 * math.sqrt(2)))


def _same(codes: np.ndarray, most: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of the same: all of them, or so many that are drawn."""
    order, counts = np.argsort(codes, kind="stable"), np.bincount(codes)
    starts = np.cumsum(counts) - counts
    if int((counts * (counts - 1) // 2).sum()) <= most:
        made = [np.triu_indices(count, 1) for count in counts.tolist()]
        return tuple(
            np.concatenate([order[start + part[side]] for start, part in zip(starts, made, strict=True)])
            for side in (0, 1)
        )  # type: ignore[return-value]
    chances = (counts * (counts - 1) / 2)[codes] / counts[codes]
    first = random.choice(len(codes), most, p=chances / chances.sum())
    # another place among the examples of the same identity
    place = np.empty(len(codes), np.int64)
    place[order] = np.arange(len(codes)) - starts[codes[order]]
    size = counts[codes[first]]
    step = random.integers(1, size)
    return first, order[starts[codes[first]] + (place[first] + step) % size]


def _others(codes: np.ndarray, most: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of others, drawn."""
    first, second = random.integers(0, len(codes), (2, 2 * most))
    kept = np.flatnonzero(codes[first] != codes[second])[:most]
    return first[kept], second[kept]
