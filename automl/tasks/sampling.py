"""Which token is written next: drawn from what a model thinks of each.

V  size of the vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl.core.errors import ConfigError
from automl.core.tokens import FIRST

MOST_TOKENS = 10**7


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How tokens are drawn.

    Attributes:
        temperature: that scores are divided by: below 1 for likelier tokens, 0 for the likeliest always.
        top_k: how many of the likeliest tokens are drawn from, 0 for all.
        top_p: share of the probability that the tokens drawn from make up, the likeliest first (nucleus
            sampling: Holtzman et al., 2020); 1 for all.

    Raises:
        ConfigError: a value out of its range.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 100:
            raise ConfigError(f"temperature: expected a number from 0 to 100, got {self.temperature:g}.")
        if self.top_k < 0:
            raise ConfigError(f"top_k: expected a number of tokens, or 0 for all, got {self.top_k}.")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p: expected a share above 0 and at most 1, got {self.top_p:g}.")

    def draw(self, scores: np.ndarray, random: np.random.Generator) -> int:
        """Return the id of a token; padding and the unknown one are never drawn.

        Args:
            scores: logits ``(V,)``.
            random: one number is taken of it for each draw, whatever the options.
        """
        point = random.random()
        order = np.argsort(-scores[FIRST:], kind="stable") + FIRST
        if self.temperature == 0:
            return int(order[0])
        ranked = scores[order].astype(np.float64) / self.temperature
        ranked = ranked[: self.top_k] if self.top_k else ranked
        shares = np.exp(ranked - ranked[0])
        sums = np.cumsum(shares / shares.sum())
        kept = int(np.searchsorted(sums, self.top_p - 1e-12)) + 1
        sums = sums[:kept] / sums[min(kept, len(sums)) - 1]
        return int(order[min(int(np.searchsorted(sums, point, side="right")), len(sums) - 1)])
