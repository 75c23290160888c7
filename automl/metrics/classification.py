"""Scores of classes and of independent yes/no labels.

Symbols: n rows of a batch, k classes or labels.
"""

from __future__ import annotations

import numpy as np

from automl.metrics.alarms import AlarmMetrics
from automl.metrics.areas import RankingAreas
from automl.metrics.metric import ACCURACY, BALANCED_ACCURACY, F1_MACRO, LOG_LOSS, PR_AUC, ROC_AUC
from automl.metrics.scorer import mean_of_known, usable

SMALLEST_PROBABILITY = 1.2e-7
"""Resolution of float32, at which scikit-learn's log loss is cut, too."""

_NAMES = (ACCURACY, BALANCED_ACCURACY, F1_MACRO, ROC_AUC, PR_AUC, LOG_LOSS)


class ClassScorer:
    """Scores class probabilities ``(n, k)``, whose rows sum to 1, against one-hot truth ``(n, k)``.

    Of two classes ``pr_auc`` is that of the positive one, and ``roc_auc`` the same for both; of more they
    are the mean of one against the rest over the classes that have both sides in the truth.

    Args:
        positive: which of two classes is the positive one.
        threshold: probability of the positive one from which on it is the answer; by default the answer is
            the class with the highest.
        alarms: what else is measured of the positive one.
    """

    def __init__(
        self, positive: int = 1, threshold: float | None = None, alarms: AlarmMetrics | None = None
    ) -> None:
        self._rows, self._loss, self._usable = 0, 0.0, True
        self._positive, self._threshold = positive, threshold
        self._alarms = alarms or AlarmMetrics()
        self._confusion = np.zeros((0, 0), np.int64)
        self._areas = RankingAreas()

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch."""
        self._usable = self._usable and usable(p)
        if self._usable and len(p):
            self.heard(y, p, answers(p, self._positive, self._threshold))

    def heard(self, y: np.ndarray, p: np.ndarray, guess: np.ndarray) -> None:
        """Hear of a batch with the class that is answered for each row ``(n,) int``."""
        self._usable = self._usable and usable(p)
        if not self._usable or not len(p):
            return
        k = p.shape[1]
        truth = y.argmax(axis=1)
        counts = np.bincount(truth * k + guess, minlength=k**2).reshape(k, k)
        self._confusion = counts + (self._confusion if self._rows else 0)
        hit = p[np.arange(len(p)), truth].astype(np.float64)
        bounded = np.clip(hit, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        self._loss -= float(np.log(bounded).sum())
        self._rows += len(p)
        columns = [self._positive] if k == 2 else list(range(k))
        self._areas.update(truth[:, None] == np.array(columns), p[:, columns])

    def result(self) -> dict[str, float]:
        """Every metric."""
        if not self._usable or not self._rows:
            return _nothing() | dict.fromkeys(self._alarms.names(), float("nan"))
        confusion = self._confusion
        seen = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
        roc, precision = self._areas.result()
        return {
            ACCURACY.name: float(confusion.trace() / self._rows),
            BALANCED_ACCURACY.name: _balanced_accuracy(confusion),
            F1_MACRO.name: float(_f1(confusion)[seen].mean()),
            ROC_AUC.name: mean_of_known(roc),
            PR_AUC.name: mean_of_known(precision),
            LOG_LOSS.name: self._loss / self._rows,
            **self._of_alarms(),
        }

    def _of_alarms(self) -> dict[str, float]:
        if not self._alarms.names():
            return {}
        hit, chance = self._areas.collected()
        return self._alarms.of(hit[:, 0], chance[:, 0])


class FlagScorer:
    """Scores independent probabilities ``(n, k)`` against truth ``(n, k)`` of 0 and 1.

    ``accuracy`` counts rows of which every label is right; the others are means over the labels, of
    which those without both sides in the truth are left out of ``roc_auc`` and ``pr_auc``.
    """

    def __init__(self) -> None:
        self._rows, self._right, self._loss, self._usable = 0, 0, 0.0, True
        self._tables = np.zeros((0, 2, 2), np.int64)
        self._areas = RankingAreas()

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch."""
        self._usable = self._usable and usable(p)
        if not self._usable or not len(p):
            return
        truth, wide = y > 0.5, np.asarray(p, dtype=np.float64)
        guess = wide > 0.5
        counts = [np.bincount(pair, minlength=4).reshape(2, 2) for pair in (truth * 2 + guess).T]
        self._tables = np.stack(counts) + (self._tables if self._rows else 0)
        bounded = np.clip(wide, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        self._loss -= float(np.log(np.where(truth, bounded, 1 - bounded)).sum())
        self._right += int((truth == guess).all(axis=1).sum())
        self._rows += len(p)
        self._areas.update(truth, p)

    def result(self) -> dict[str, float]:
        """Every metric."""
        if not self._usable or not self._rows:
            return _nothing()
        roc, precision = self._areas.result()
        return {
            F1_MACRO.name: float(np.mean([_f1(table)[1] for table in self._tables])),
            ACCURACY.name: self._right / self._rows,
            BALANCED_ACCURACY.name: float(np.mean([_balanced_accuracy(table) for table in self._tables])),
            ROC_AUC.name: mean_of_known(roc),
            PR_AUC.name: mean_of_known(precision),
            LOG_LOSS.name: self._loss / (self._rows * len(self._tables)),
        }


def answers(p: np.ndarray, positive: int, threshold: float | np.ndarray | None) -> np.ndarray:
    """Return the class that is answered for each row ``(n,) int``.

    Args:
        p: probabilities ``(n, k)``.
        positive: which of two classes has the threshold.
        threshold: see ``ClassScorer``; or one for each row ``(n,)``.
    """
    if threshold is None:
        return np.asarray(p.argmax(axis=1))
    return np.where(np.asarray(p[:, positive], np.float64) >= threshold, positive, 1 - positive)


def _nothing() -> dict[str, float]:
    return {metric.name: float("nan") for metric in _NAMES}


def _balanced_accuracy(confusion: np.ndarray) -> float:
    """Mean recall over the classes that occur."""
    members = confusion.sum(axis=1)
    return float((confusion.diagonal()[members > 0] / members[members > 0]).mean())


def _f1(confusion: np.ndarray) -> np.ndarray:
    """F1 of each class ``(k,)``."""
    total = confusion.sum(axis=0) + confusion.sum(axis=1)
    return np.asarray(2 * confusion.diagonal() / np.maximum(total, 1))
