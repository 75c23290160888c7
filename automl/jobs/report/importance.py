"""Which parameters made a difference, and in which direction, told from trials that can be compared.

Symbols: n trials, g groups of them that share a value, or a quarter of the values.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.specs import Objective, TrialRecord
from automl.jobs.report.facts import parameters_of, value_words

ENOUGH = 10
"""Trials of one family from which a difference is told: of fewer it is chance."""

GROUPS, EACH = 4, 8
"""Groups into which the values of a parameter with more different ones are divided at most, and trials that
each has at least: of smaller ones chance explains a lot."""

CHANCE = 0.05
"""Probability of as large a difference by chance from which it is told that it may be one."""

CLEAR = 0.2
"""Rank correlation from which a direction is told."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Trials of one family at the same epoch.

    Attributes:
        when: where their scores were taken, in words.
        trials: the trials.
        scores: of the first objective, one per trial.
    """

    when: str
    trials: tuple[TrialRecord, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Importance:
    """What a parameter is worth.

    Attributes:
        name: of the parameter.
        share: of the differences of rank between trials that it explains alone, corrected for chance.
        correlation: rank correlation of value and score, above 0 where larger is better; None for names.
        best: the value, or the group of values, with the best mean rank.
        clear: whether chance would hardly give as much (Kruskal and Wallis, 1952).
    """

    name: str
    share: float
    correlation: float | None
    best: str
    clear: bool = True

    @property
    def direction(self) -> str:
        """Which way it goes: an arrow with the rank correlation, or the best value."""
        if self.correlation is None or abs(self.correlation) < CLEAR:
            return self.best
        return f"{'↑' if self.correlation > 0 else '↓'} {self.correlation:+.2f}"


def compared(trials: Sequence[TrialRecord]) -> Compared:
    """Return the trials of a family that were scored at one epoch: the last that enough of them reached.

    Trials that were stopped early are no worse than others for that, so scores of different lengths are
    never mixed.
    """
    full = [(item, item.scores[0]) for item in trials if item.state == "complete" and _known(item.scores)]
    if len(full) >= ENOUGH:
        return _compared("when fully trained", full)
    levels = Counter(rung.epochs for item in trials for rung in item.rungs if _known(rung.scores))
    reached = [level for level, count in levels.items() if count >= ENOUGH]
    if not reached:
        return _compared("when fully trained", full)
    level = max(reached)
    found = [
        (item, rung.scores[0])
        for item in trials
        for rung in item.rungs
        if rung.epochs == level and _known(rung.scores)
    ]
    return _compared(f"after {level} epochs", found)


def importances(found: Compared, objective: Objective) -> list[Importance]:
    """Return the parameters in which trials differ, the most important first; none of too few trials.

    Args:
        found: the trials.
        objective: says which scores are better.
    """
    if len(found.trials) < ENOUGH:
        return []
    sign = 1.0 if objective.direction == "maximize" else -1.0
    ranks = _ranks(sign * np.array(found.scores))
    known = [parameters_of(item) for item in found.trials]
    names = dict.fromkeys(name for item in known for name in item)
    made = [_importance(name, [item.get(name) for item in known], ranks) for name in names]
    return sorted((item for item in made if item is not None), key=lambda item: -item.share)


def differing(trials: Sequence[TrialRecord]) -> list[str]:
    """Return the parameters in which trials differ."""
    known = [parameters_of(item) for item in trials]
    names = dict.fromkeys(name for item in known for name in item)
    return [name for name in names if len({repr(item.get(name)) for item in known}) > 1]


def is_amount(value: Any) -> bool:
    """Whether a value is a number that is no yes or no."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compared(when: str, found: Sequence[tuple[TrialRecord, float]]) -> Compared:
    return Compared(
        when=when, trials=tuple(item for item, _ in found), scores=tuple(score for _, score in found)
    )


def _known(scores: Sequence[float]) -> bool:
    return bool(scores) and math.isfinite(scores[0])


def _importance(name: str, values: Sequence[Any], ranks: np.ndarray) -> Importance | None:
    present = np.array([value is not None for value in values])
    if present.sum() < ENOUGH:
        return None
    given, ranks = [value for value in values if value is not None], ranks[present]
    codes, words = _groups(given)
    if len(words) < 2:
        return None
    means = [float(ranks[codes == code].mean()) for code in range(len(words))]
    correlation = None
    if all(map(is_amount, given)):
        correlation = float(np.corrcoef(_ranks(np.array(given, np.float64)), ranks)[0, 1])
    share, chance = _explained(codes, ranks, len(words))
    return Importance(
        name=name,
        share=share,
        clear=chance < CHANCE,
        correlation=correlation if correlation is None or math.isfinite(correlation) else None,
        best=words[int(np.argmax(means))],
    )


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal values their mean."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def _groups(values: Sequence[Any]) -> tuple[np.ndarray, list[str]]:
    """The group of each value, and what groups are called."""
    amounts_only = all(map(is_amount, values))
    different = sorted(set(values)) if amounts_only else list(dict.fromkeys(values))
    count = min(max(len(values) // EACH, 2), GROUPS)
    if len(different) <= count or not amounts_only:
        place = {value: at for at, value in enumerate(different)}
        return np.array([place[value] for value in values]), [value_words(value) for value in different]
    amounts = np.array(values, dtype=np.float64)
    cuts = np.unique(np.quantile(amounts, np.linspace(0, 1, count + 1)[1:-1]))
    codes = np.searchsorted(cuts, amounts, side="left")
    kept, codes = np.unique(codes, return_inverse=True)
    words = []
    for code in range(len(kept)):
        inside = amounts[codes == code]
        words.append(f"{inside.min():.3g} to {inside.max():.3g}")
    return codes, words


def _explained(codes: np.ndarray, ranks: np.ndarray, groups: int) -> tuple[float, float]:
    """Share of the variance of ranks between groups, less what chance would give (epsilon squared).

    Also the probability of as much by chance.
    """
    from scipy.special import chdtrc

    rows = len(ranks)
    total = float(((ranks - ranks.mean()) ** 2).sum())
    if not total or rows <= groups:
        return 0.0, 1.0
    within = sum(float(((ranks[codes == c] - ranks[codes == c].mean()) ** 2).sum()) for c in range(groups))
    between, noise = total - within, within / (rows - groups)
    share = min(max((between - (groups - 1) * noise) / total, 0.0), 1.0)
    return float(share), float(chdtrc(groups - 1, (rows - 1) * between / total))
