"""How far probabilities are from what comes true, over bins of equally many examples.

The expected calibration error of Naeini et al. (2015), with bins of equal width there.

Symbols: n examples, b bins.
"""

from __future__ import annotations

import numpy as np

BINS, EACH = 10, 10
"""Bins, each with as many examples as the others, and with so many at least."""


def bins_of(chances: np.ndarray) -> list[np.ndarray]:
    """Return the positions in each bin, from the smallest probabilities on.

    Args:
        chances: probabilities ``(n,)``.
    """
    order = np.argsort(chances, kind="stable")
    return [part for part in np.array_split(order, min(BINS, max(len(order) // EACH, 1))) if len(part)]


def calibration_error(hits: np.ndarray, chances: np.ndarray) -> float:
    """Return the mean distance of probabilities from the share that came true.

    Args:
        hits: whether it came true ``(n,) bool``.
        chances: probability of it ``(n,)``.
    """
    gaps = [abs(float((chances[part] - hits[part]).sum())) for part in bins_of(chances)]
    return sum(gaps) / max(len(chances), 1)
