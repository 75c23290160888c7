"""How long configurations, and families of them, take to their first rung, by those that were trained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from automl.study.proposals.encoding import Encoding
from automl.study.proposals.evidence import Evidence

_LEAST = 4
_MOST = 256
"""Of the latest trials: more tell no more, and each proposal fits them."""
_SHRINKAGE = 1.0


@dataclass(frozen=True)
class FirstLooks:
    """What families take to their first rung.

    Args:
        seconds: the median of each that has been timed.
    """

    seconds: Mapping[str, float]

    def fits(self, family: str, left: float | None) -> bool:
        """Whether a trial would see its first rung in the seconds left, None for as many as it wants.

        One of a family that was never timed may take as long as the slowest.
        """
        slowest = max(self.seconds.values(), default=0.0)
        return left is None or self.seconds.get(family, slowest) <= left


def first_looks(trials: Iterable[tuple[str, float]]) -> FirstLooks:
    """Return what families take.

    Args:
        trials: the family of each and its seconds, 0 where they are not known.
    """
    known: defaultdict[str, list[float]] = defaultdict(list)
    for family, seconds in trials:
        if seconds > 0:
            known[family].append(seconds)
    return FirstLooks({family: float(np.median(own)) for family, own in known.items()})


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
