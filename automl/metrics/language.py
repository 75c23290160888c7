"""Scores of a language model.

n  windows of a batch, L  tokens that each predicts
"""

from __future__ import annotations

import math

import numpy as np

from automl.metrics.metric import BITS_PER_CHARACTER, NATS_PER_TOKEN, PERPLEXITY

_MOST_NATS = 700.0


class LanguageScorer:
    """Scores the surprise at each token ``(n, L)`` in nats, minus the logarithm of its probability.

    Bits per character are those of the whole text divided by its characters, so that they compare models
    with different tokens. Perplexity is the exponential of the nats per token.
    """

    def __init__(self) -> None:
        self._nats, self._tokens, self._characters = 0.0, 0.0, 0.0

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch.

        Args:
            y: of each window how many tokens at its beginning do not count, how many do after them, NaN
                for all that are no padding, and the characters that these stand for ``(n, 3)``.
            p: nats ``(n, L)``, 0 at padding.
            groups: unused.
        """
        first, count = y[:, :1], y[:, 1:2]
        places = np.arange(p.shape[1])[None]
        counted = (places >= first) & np.where(np.isnan(count), p != 0, places < first + count)
        self._nats += float(np.asarray(p, np.float64)[counted].sum())
        self._tokens += float(counted.sum())
        self._characters += float(np.asarray(y[:, 2], np.float64).sum())

    def result(self) -> dict[str, float]:
        """Every metric."""
        nats = self._nats / self._tokens if self._tokens else math.nan
        bits = self._nats / math.log(2) / self._characters if self._characters else math.nan
        return {
            BITS_PER_CHARACTER.name: bits,
            NATS_PER_TOKEN.name: nats,
            PERPLEXITY.name: math.exp(min(nats, _MOST_NATS)) if nats == nats else math.nan,
        }
