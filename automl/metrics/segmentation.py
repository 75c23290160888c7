"""Scores of pictures whose every pixel has a class.

Symbols: n pictures of a batch, h x w pixels, k classes. Pixels are counted over all pictures, and those
without a class (-1) are left out.
"""

from __future__ import annotations

import numpy as np

from automl.metrics.classification import SMALLEST_PROBABILITY
from automl.metrics.metric import DICE, LOG_LOSS, MEAN_IOU, PIXEL_ACCURACY
from automl.metrics.scorer import usable

_NAMES = (DICE, MEAN_IOU, PIXEL_ACCURACY, LOG_LOSS)


class PixelScorer:
    """Scores probabilities ``(n, h, w, k)`` against classes ``(n, h, w) int``.

    ``dice`` is that of the positive class of two, else the mean over the classes; ``mean_iou`` is a mean
    over the classes, too. Classes that neither occur nor are predicted have no part in a mean.

    Args:
        positive: which of two classes ``dice`` is about; None for the mean over all classes.
    """

    def __init__(self, positive: int | None = None) -> None:
        self._positive, self._usable = positive, True
        self._confusion: np.ndarray = np.zeros((0, 0), np.int64)
        self._loss = 0.0

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch."""
        self._usable = self._usable and usable(p)
        if not self._usable or not len(p):
            return
        counts = confusion(y, p)
        self._confusion = counts + (self._confusion if self._confusion.size else 0)
        known = y >= 0
        hit = np.take_along_axis(p, np.maximum(y, 0)[..., None].astype(np.int64), axis=-1)[..., 0][known]
        bounded = np.clip(hit.astype(np.float64), SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        self._loss -= float(np.log(bounded).sum())

    def result(self) -> dict[str, float]:
        """Every metric."""
        pixels = self._confusion.sum()
        if not self._usable or not pixels:
            return {metric.name: float("nan") for metric in _NAMES}
        dice, iou = overlaps(self._confusion)
        seen = ~np.isnan(iou)
        # what is neither there nor predicted is right
        one = 1.0 if self._positive is None or not seen[self._positive] else dice[self._positive]
        return {
            DICE.name: float(dice[seen].mean() if self._positive is None else one),
            MEAN_IOU.name: float(iou[seen].mean()),
            PIXEL_ACCURACY.name: float(self._confusion.trace() / pixels),
            LOG_LOSS.name: self._loss / float(pixels),
        }


def confusion(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Count pixels by true and predicted class ``(k, k) int64``; see ``PixelScorer`` for the arguments."""
    k = p.shape[-1]
    known = y >= 0
    truth, guess = y[known].astype(np.int64), p.argmax(axis=-1)[known]
    return np.bincount(truth * k + guess, minlength=k**2).reshape(k, k)


def overlaps(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Dice and intersection over union of each class ``(k,) float64`` from counts ``(k, k)``.

    NaN for a class that neither occurs nor is predicted.
    """
    both = counts.diagonal().astype(np.float64)
    either = (counts.sum(axis=0) + counts.sum(axis=1)).astype(np.float64)
    either[either == 0] = np.nan
    return 2 * both / either, both / (either - both)
