"""Results of earlier studies in the sampler's model: uncertain points that fade as own results come in.

An earlier result is a point whose noise is larger by 1 / likeness, and grows with each own result and the
worse the earlier ones predict the order of the own ones. Levels differ between studies, because the own
results may all be good; so earlier values are shifted until they agree on average with the own ones at the
same points.

Symbols: n own results, p earlier ones, d parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.study.proposals.encoding import Encoding
from automl.study.proposals.prior_point import PriorPoint
from automl.study.proposals.surrogate import fit

NOISE = 4.0
"""Noise of a result on the same data, in that of an own one: seed, split and epochs were others."""
HALF_LIFE = 10
"""Own results with which an earlier result counts half."""
GONE = 100
"""Own results from which on earlier ones are left out."""
MOST = 80
"""Earlier results in the model."""
IMAGINED = 10
"""Pairs of own results that are taken for foretold before there are any."""
LEAST_AGREEMENT = 0.02
"""Of results that foretell nothing or the contrary."""
_GOOD = -0.43
"""Standing of the best third: the normal distribution's."""


@dataclass(frozen=True)
class Prior:
    """Earlier results.

    Args:
        points: those of the most alike study first.
    """

    points: tuple[PriorPoint, ...] = ()

    def of(self, params: Mapping[str, Any]) -> Prior:
        """Return those with these parameter values."""
        return Prior(
            tuple(
                item
                for item in self.points
                if all(item.params.get(name) == value for name, value in params.items())
            )
        )

    def left(self, own: int) -> Prior:
        """Return those that still count beside so many own results."""
        return Prior(self.points[:MOST] if own < GONE else ())

    def counts(self, own: int) -> tuple[float, float]:
        """Return how many good results and how many others they are worth beside so many own ones."""
        good = sum(item.weight for item in self.points if item.standing <= _GOOD)
        every = sum(item.weight for item in self.points)
        return good * _fading(own), (every - good) * _fading(own)

    def leaders(self, encoding: Encoding, count: int) -> np.ndarray:
        """Return the best ``(count, d)``, or fewer."""
        best = sorted(self.points, key=lambda item: item.standing)[: max(count, 0)]
        return encoding.encode([item.params for item in best])

    def joined(
        self, encoding: Encoding, points: np.ndarray, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return own and earlier results as data of one process.

        Args:
            encoding: of the parameters.
            points: own ``(n, d)``.
            values: own ``(n,)``, mean 0, smaller is better.

        Returns:
            points ``(n + p, d)``, values ``(n + p,)`` and noise as multiples ``(n + p,)``, own ones first.
        """
        theirs = encoding.encode([item.params for item in self.points])
        standings = np.array([item.standing for item in self.points])
        weights = np.array([item.weight for item in self.points])
        noise = NOISE / (weights * _fading(len(values)))
        if len(values):
            expected = fit(theirs, encoding.nominal, standings, noise).predict(points)[0]
            standings = standings - expected.mean()
            noise = noise / _agreement(expected, values)
        return (
            np.concatenate([points, theirs]),
            np.concatenate([values, standings]),
            np.concatenate([np.ones(len(values)), noise]),
        )


def prior_of(points: Sequence[PriorPoint]) -> Prior:
    """Return earlier results, those of the most alike study first."""
    return Prior(tuple(sorted(points, key=lambda item: -item.weight)))


def _fading(own: int) -> float:
    return HALF_LIFE / (HALF_LIFE + own)


def _agreement(expected: np.ndarray, values: np.ndarray) -> float:
    """How well the order of own results was foretold: Kendall's tau, from 1 before there are any.

    Earlier results count by how they rank the own ones (Feurer et al., 2018).
    """
    order = np.sign(values[:, None] - values)
    foretold = np.sign(expected[:, None] - expected)
    pairs, agreeing = np.abs(order).sum() / 2, (order * foretold).sum() / 2
    return float(max(LEAST_AGREEMENT, (agreeing + IMAGINED) / (pairs + IMAGINED)))
