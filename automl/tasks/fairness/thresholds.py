"""A threshold for each group, by which their rates differ by no more than is allowed (Hardt et al., 2016).

Rates are estimates: with few rows of a group they are off. So thresholds aim at less than the bound, by
0.84 standard errors of a difference (four of five keep it), at half of the bound at least. No chance is
used: two rows of one group with one probability get one answer. Symbols: g groups, m thresholds of one, n
rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl.core.mistakes import MistakeCosts
from automl.core.targets import spread_rows
from automl.metrics.fairness import count_groups, differences_between
from automl.metrics.metric import DEMOGRAPHIC_PARITY

MOST = 200
"""Rows of each class of a group whose probabilities are tried as thresholds."""

EDGE = 1e-9
"""By which a rate may lie outside of its window: rounding."""

ERRORS = 0.84
"""Standard errors that the bound is made narrower by. On adult (eight splits, a fifth held out) test rows
kept .05 in 8 of 8, at .999 of the accuracy; with 1.28 and a quarter in 6 of 8, at .997: chance has more to
choose from where a window is narrow. Four settings were compared on those test rows, so this is
optimistic."""

LEAST_SHARE = 0.5
"""Share of the bound that is left at least."""

PARTS = 5
"""Of the cross-validation."""

LEAST_ROWS = 30
"""Held-out rows of each class that a group needs for a threshold of its own."""

DEAR = 0.02
"""Loss of accuracy from which the user is warned."""


@dataclass(frozen=True, kw_only=True)
class GroupDecision:
    """Thresholds of groups, and what they are worth on rows that were not trained on.

    Attributes:
        thresholds: by group: probability from which on the class that is looked for is answered; empty
            where no thresholds make the difference smaller.
        left_out: groups with too few held-out rows for a threshold of their own.
        metric: the difference that is bounded.
        bound: its largest value.
        before: the difference between the other groups at one threshold for all; None where fewer than two
            are left.
        after: the same with these, by cross-validation.
        accuracy_before: share of right answers at one threshold for all.
        accuracy_after: the same with these, by cross-validation.
    """

    thresholds: Mapping[str, float]
    left_out: tuple[str, ...]
    metric: str
    bound: float
    before: float | None = None
    after: float | None = None
    accuracy_before: float = 0.0
    accuracy_after: float = 0.0

    def told(self) -> str:
        """Return what a user should know."""
        few = ""
        if self.left_out:
            few = f" Too few held-out rows for thresholds of their own: {', '.join(self.left_out)}."
        if self.before is None or self.after is None:
            return f"Warning: no group gets a threshold of its own.{few}"
        before, after = f"{self.before:.3f}", f"{self.after:.3f}"
        if not self.thresholds:
            return (
                f"Warning: no thresholds of groups bring {self.metric} down from {before} on held-out "
                f"rows, so all keep one.{few}"
            )
        dear = self.after > self.bound or self.accuracy_after < self.accuracy_before - DEAR
        levels = ", ".join(f"{name} {value:.3g}" for name, value in self.thresholds.items())
        return (
            f"{'Warning: ' if dear else ''}Each group has a threshold of its own ({levels}): {self.metric} "
            f"is {after} on held-out rows by cross-validation, {before} with one for all; accuracy "
            f"{self.accuracy_after:.4f}, before {self.accuracy_before:.4f}. New rows need their group.{few}"
        )


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Held-out rows.

    Attributes:
        groups: of each ``(n,)`` str.
        hit: whether it is of the class that is looked for ``(n,) bool``.
        chance: its probability ``(n,)``.
    """

    groups: np.ndarray
    hit: np.ndarray
    chance: np.ndarray

    def take(self, some: np.ndarray) -> Rows:
        """Return some of them."""
        return Rows(groups=self.groups[some], hit=self.hit[some], chance=self.chance[some])

    def answered(self, thresholds: Mapping[str, float], usual: float) -> np.ndarray:
        """Return for which rows the class is answered ``(n,) bool``."""
        return np.asarray(self.chance >= thresholds_of(self.groups, thresholds, usual))


def thresholds_of(groups: np.ndarray, thresholds: Mapping[str, float], usual: float) -> np.ndarray:
    """Return the threshold of each row ``(n,)``; of unknown groups the usual one."""
    return np.array([thresholds.get(str(name), usual) for name in groups], np.float64)


def decide_by_group(
    rows: Rows, metric: str, bound: float, *, usual: float, costs: MistakeCosts | None, seed: int
) -> GroupDecision:
    """Choose thresholds on rows that networks were not trained on.

    Args:
        rows: held out.
        metric: the difference that is bounded.
        bound: its largest value.
        usual: the threshold for all without them.
        costs: of mistakes, None where both cost alike.
        seed: of the parts of the cross-validation.
    """
    names = [str(name) for name in np.unique(rows.groups.astype(str))]
    known = [name for name in names if _enough(rows.take(rows.groups.astype(str) == name))]
    if len(known) < 2:
        return GroupDecision(thresholds={}, left_out=tuple(names), metric=metric, bound=bound)
    large = rows.take(np.isin(rows.groups.astype(str), known))
    part_of = np.random.default_rng(seed).permutation(len(large.hit)) % PARTS
    plain = large.chance >= usual
    answer = plain.copy()
    for part in range(PARTS):
        own = part_of == part
        found = choose(large.take(~own), metric, bound, usual=usual, costs=costs)
        answer[own] = large.take(own).answered(found, usual)
    before, after = (_difference(large, some, metric) for some in (plain, answer))
    chosen = choose(large, metric, bound, usual=usual, costs=costs)
    return GroupDecision(
        thresholds=chosen if after < before else {},
        left_out=tuple(name for name in names if name not in known),
        metric=metric,
        bound=bound,
        before=before,
        after=after,
        accuracy_before=float((plain == large.hit).mean()),
        accuracy_after=float((answer == large.hit).mean()),
    )


def choose(
    rows: Rows, metric: str, bound: float, *, usual: float, costs: MistakeCosts | None
) -> dict[str, float]:
    """Return the thresholds with the fewest mistakes whose differences lie within the narrowed bound.

    Groups without rows of both classes keep the usual threshold, as their rates are not known.
    """
    curves = {}
    for name in np.unique(rows.groups.astype(str)):
        own = rows.groups.astype(str) == name
        if rows.hit[own].any() and not rows.hit[own].all():
            curves[str(name)] = _curve(rows.hit[own], rows.chance[own], costs)
    if len(curves) < 2:
        return dict.fromkeys(curves, usual)
    parts = list(curves.values())
    if metric == DEMOGRAPHIC_PARITY.name:
        width = _width(bound, [curve.rows for curve in parts])
        best = _window([curve.cost for curve in parts], [curve.selected for curve in parts], width)[1]
    else:
        best = _odds(parts, bound)
    return {name: float(curves[name].thresholds[at]) for name, at in zip(curves, best, strict=True)}


def _enough(rows: Rows) -> bool:
    hits = int(rows.hit.sum())
    return min(hits, len(rows.hit) - hits) >= LEAST_ROWS


@dataclass(frozen=True, kw_only=True)
class _Curve:
    """One group at each threshold ``(m,)``: rates, and what mistakes cost."""

    thresholds: np.ndarray
    found: np.ndarray
    false: np.ndarray
    selected: np.ndarray
    cost: np.ndarray
    rows: int
    hits: int


def _curve(hit: np.ndarray, chance: np.ndarray, costs: MistakeCosts | None) -> _Curve:
    hits, others = np.sort(chance[hit]), np.sort(chance[~hit])
    # the fewest of a group decide how fine its true positive rates are
    tried = [values[spread_rows(len(values), MOST)] for values in (hits, others)]
    levels = np.unique(np.concatenate([[0.0], *tried, [np.nextafter(1.0, 2.0)]]))
    found = len(hits) - np.searchsorted(hits, levels)
    false = len(others) - np.searchsorted(others, levels)
    missed, alarm = (1.0, 1.0) if costs is None else (costs.missed, costs.alarm)
    return _Curve(
        thresholds=levels,
        found=found / len(hits),
        false=false / len(others),
        selected=(found + false) / len(hit),
        cost=missed * (len(hits) - found) + alarm * false,
        rows=len(hit),
        hits=len(hits),
    )


def _odds(parts: Sequence[_Curve], bound: float) -> list[int]:
    """The thresholds within a window of true and of false positive rates.

    All rates of 0 and all of 1 lie in one, so there are always some.
    """
    tall = _width(bound, [curve.hits for curve in parts])
    wide = _width(bound, [curve.rows - curve.hits for curve in parts])
    best: tuple[float, list[int]] = (np.inf, [])
    for low in _places(wide):
        inside = [(curve.false >= low - EDGE) & (curve.false <= low + wide + EDGE) for curve in parts]
        if all(some.any() for some in inside):
            costs = [np.where(some, curve.cost, np.inf) for some, curve in zip(inside, parts, strict=True)]
            best = min(best, _window(costs, [curve.found for curve in parts], tall), key=_cost)
    return best[1]


def _cost(found: tuple[float, list[int]]) -> float:
    return found[0]


def _window(
    costs: Sequence[np.ndarray], rates: Sequence[np.ndarray], width: float
) -> tuple[float, list[int]]:
    """The least cost where the rates of all groups lie in one window, and the place of each threshold."""
    lows = _places(width)[:, None]
    masked = [
        np.where((rate >= lows - EDGE) & (rate <= lows + width + EDGE), cost, np.inf)
        for cost, rate in zip(costs, rates, strict=True)
    ]
    total = np.sum([item.min(axis=1) for item in masked], axis=0)
    at = int(total.argmin())
    return float(total[at]), [int(item[at].argmin()) for item in masked]


def _places(width: float) -> np.ndarray:
    """Where windows begin: half a width apart, from 0 on, the last one ends at 1."""
    return np.linspace(0.0, max(1.0 - width, 0.0), int(np.ceil(2 / width)) + 1)


def _width(bound: float, rows: Sequence[int]) -> float:
    """The bound, made narrower by what the difference of two rates of a half is off by."""
    error = float(np.sqrt(sum(0.25 / max(count, 1) for count in sorted(rows)[:2])))
    return max(LEAST_SHARE * bound, bound - ERRORS * error)


def _difference(rows: Rows, answer: np.ndarray, metric: str) -> float:
    return differences_between(count_groups(rows.groups, rows.hit, answer))[metric]
