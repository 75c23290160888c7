"""How long a configuration takes to its first rung, predicted from those that were trained."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from automl.study.proposals.encoding import Encoding
from automl.study.proposals.evidence import Evidence

_LEAST = 4
_MOST = 256
"""Of the latest trials: more tell no more, and each proposal fits them."""
_SHRINKAGE = 1.0


def time_to_first_rung(encoding: Encoding, evidence: Evidence) -> Callable[[np.ndarray], np.ndarray]:
    """Fit times by ridge regression of their logarithms, as times multiply: width by depth by batch.

    Args:
        encoding: of the parameters.
        evidence: trials with their times.

    Returns:
        a function from candidates ``(m, d)`` float64 to seconds ``(m,)`` float64; 1 everywhere
        while too few times are known.
    """
    timed = [item for item in evidence.seen if item.seconds > 0][-_MOST:]
    if len(timed) < _LEAST:
        return lambda candidates: np.ones(len(candidates))
    points = _features(encoding, encoding.encode([item.params for item in timed]))
    times = np.log([item.seconds for item in timed])
    level, low, high = times.mean(), times.min() - 1.0, times.max() + 1.0
    gram = points.T @ points + _SHRINKAGE * np.eye(points.shape[1])
    weights = np.linalg.solve(gram, points.T @ (times - level))

    def predicted(candidates: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(np.clip(_features(encoding, candidates) @ weights + level, low, high)))

    return predicted


def _features(encoding: Encoding, points: np.ndarray) -> np.ndarray:
    """Centred axes, and for each value of a nominal column whether it is there."""
    numbers = points[:, ~encoding.nominal] - 0.5
    indicators = [
        (points[:, [column]] == np.arange(encoding.sizes[column])).astype(float)
        for column in np.flatnonzero(encoding.nominal)
    ]
    return np.concatenate([numbers, *indicators], axis=1)
