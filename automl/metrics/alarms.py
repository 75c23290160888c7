"""What alarms are worth where one of two classes is looked for: at so many alerts, at so many false alarms,
at a price of each mistake.

Symbols: n rows; ``hit`` whether a row is of the class ``(n,) bool``, ``chance`` its probability ``(n,)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl.core.mistakes import MistakeCosts
from automl.metrics.metric import EXPECTED_COST, PRECISION_AT, RECALL_AT


@dataclass(frozen=True, kw_only=True)
class AlarmMetrics:
    """Which of them are measured.

    Attributes:
        alerts: numbers of alerts of which the precision is.
        one_in: numbers of negatives of which one is a false alarm, at which the recall is.
        costs: of mistakes, None where they are not known.
        threshold: probability from which on there is an alarm, for the cost.
    """

    alerts: tuple[int, ...] = ()
    one_in: tuple[int, ...] = ()
    costs: MistakeCosts | None = None
    threshold: float = 0.5

    def of(self, hit: np.ndarray, chance: np.ndarray) -> dict[str, float]:
        """Return the metrics by name; NaN where the rows lack one of the classes."""
        found = {PRECISION_AT.at(count): precision_at(hit, chance, count) for count in self.alerts}
        found |= {RECALL_AT.at(one_in): recall_at(hit, chance, one_in) for one_in in self.one_in}
        if self.costs is not None:
            found[EXPECTED_COST.name] = expected_cost(hit, chance, self.costs, self.threshold)
        return found

    def names(self) -> list[str]:
        """Return the names of what is measured."""
        cost = [] if self.costs is None else [EXPECTED_COST.name]
        return [*map(PRECISION_AT.at, self.alerts), *map(RECALL_AT.at, self.one_in), *cost]


def numbers_in(names: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the numbers of alerts, and of negatives of a false alarm, that names of metrics ask for."""
    alerts = (PRECISION_AT.number(name) for name in names)
    one_in = (RECALL_AT.number(name) for name in names)
    first, second = ({item for item in numbers if item is not None} for numbers in (alerts, one_in))
    return tuple(sorted(first)), tuple(sorted(second))


def precision_at(hit: np.ndarray, chance: np.ndarray, count: int) -> float:
    """Share of hits among the ``count`` highest chances; of fewer rows all are taken.

    Rows of one chance at the edge count with the share of them that has room.
    """
    count = min(count, len(chance))
    if not count or not hit.any():
        return float("nan")
    edge = np.partition(chance, len(chance) - count)[len(chance) - count]
    above, tied = chance > edge, chance == edge
    room = (count - above.sum()) / tied.sum()
    return float((hit[above].sum() + room * hit[tied].sum()) / count)


def recall_at(hit: np.ndarray, chance: np.ndarray, one_in: int) -> float:
    """Share of hits above a threshold at which at most one of ``one_in`` others is above it, too."""
    others = np.sort(chance[~hit])[::-1]
    if not len(others) or not hit.any():
        return float("nan")
    allowed = len(others) // one_in
    if allowed >= len(others):
        return 1.0
    return float((chance[hit] > others[allowed]).mean())


def expected_cost(hit: np.ndarray, chance: np.ndarray, costs: MistakeCosts, threshold: float) -> float:
    """Mean cost of a row where there is an alarm from a threshold on."""
    if not len(chance):
        return float("nan")
    alarm = np.asarray(chance, np.float64) >= threshold
    return float((costs.missed * (hit & ~alarm).sum() + costs.alarm * (alarm & ~hit).sum()) / len(chance))


@dataclass(frozen=True, kw_only=True)
class CostCurve:
    """What all rows cost at each threshold, from none above it to all.

    Attributes:
        thresholds: probabilities from which on there is an alarm ``(m,)``, falling.
        costs: of all rows at each ``(m,)``.
    """

    thresholds: np.ndarray
    costs: np.ndarray

    @property
    def best(self) -> float:
        """The threshold with the least cost, in the middle between the rows that it parts."""
        return float(self.thresholds[int(self.costs.argmin())])


def cost_curve(hit: np.ndarray, chance: np.ndarray, costs: MistakeCosts) -> CostCurve:
    """Return the cost of all rows at every threshold that parts them in another way."""
    chance = np.asarray(chance, np.float64)
    order = np.argsort(-chance, kind="stable")
    ranked = chance[order]
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    found, taken = np.cumsum(hit[order])[ends], ends + 1
    spent = costs.missed * (hit.sum() - found) + costs.alarm * (taken - found)
    levels = ranked[ends]
    above = np.nextafter(levels[0], 2.0) if levels[0] >= 1 else (levels[0] + 1) / 2
    between = np.append((levels[:-1] + levels[1:]) / 2, levels[-1] / 2)
    return CostCurve(
        thresholds=np.append(above, between), costs=np.append(costs.missed * float(hit.sum()), spent)
    )
