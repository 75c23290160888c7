"""From which probability on a row counts as the class that is looked for, where mistakes have costs.

True probabilities ask for one threshold, whatever the data (Elkan, 2001). Probabilities of a network are
never quite true, so the threshold with the least cost on held-out rows takes its place where it costs less
in cross-validation: chosen and judged on the same few cases it always would.

Symbols: n rows; ``hit`` whether a row is of the class ``(n,) bool``, ``chance`` its probability ``(n,)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl.core.mistakes import MistakeCosts
from automl.metrics.alarms import cost_curve, expected_cost

PARTS = 5
"""Of the cross-validation."""

LEAST_GAIN = 0.01
"""Share of the cost that a threshold from rows has to save in cross-validation."""

USUAL = 0.5
"""The threshold where mistakes cost alike."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A threshold and what it is worth on rows that were not trained on.

    Attributes:
        threshold: probability from which on there is an alarm.
        fitted: whether it comes from rows, and not from the costs alone.
        cost: mean cost of a row; of a fitted one by cross-validation.
        usual: mean cost of a row at one half.
        silent: mean cost of a row without any alarm.
    """

    threshold: float
    fitted: bool
    cost: float
    usual: float
    silent: float

    def told(self) -> str:
        """Return what a user should know."""
        origin = "held-out rows" if self.fitted else "the costs alone"
        return (
            f"Answers follow from a threshold of {self.threshold:.4g}, by {origin}: a row costs "
            f"{self.cost:.4g}, at one half {self.usual:.4g}, without any alarm {self.silent:.4g}."
        )


def decide(hit: np.ndarray, chance: np.ndarray, costs: MistakeCosts, *, seed: int) -> Decision:
    """Choose a threshold on rows that networks were not trained on.

    Args:
        hit: truth.
        chance: probabilities, calibrated.
        costs: of mistakes.
        seed: of the parts of the cross-validation.
    """
    plain = expected_cost(hit, chance, costs, costs.threshold)
    fitted = _validated(hit, chance, costs, seed)
    better = fitted < (1 - LEAST_GAIN) * plain
    return Decision(
        threshold=cost_curve(hit, chance, costs).best if better else costs.threshold,
        fitted=bool(better),
        cost=fitted if better else plain,
        usual=expected_cost(hit, chance, costs, USUAL),
        silent=float(costs.missed * hit.mean()),
    )


def _validated(hit: np.ndarray, chance: np.ndarray, costs: MistakeCosts, seed: int) -> float:
    """Mean cost of a row where each part has the threshold that is best on the others."""
    random = np.random.default_rng(seed)
    part_of = np.zeros(len(hit), dtype=int)
    for rows in (np.flatnonzero(hit), np.flatnonzero(~hit)):
        part_of[rows] = random.permutation(len(rows)) % PARTS
    total = 0.0
    for part in range(PARTS):
        own = part_of == part
        if not own.any():
            continue
        if own.all() or not hit[~own].any():
            return float("inf")
        best = cost_curve(hit[~own], chance[~own], costs).best
        total += own.mean() * expected_cost(hit[own], chance[own], costs, best)
    return total
