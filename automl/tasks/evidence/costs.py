"""What answers cost: over all thresholds, and at those that one might choose.

Symbols: n rows; ``hit`` whether a row is of the class that is looked for, ``chance`` its probability.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl.core.figures import INK, Axis, Cell, Chart, Line, Table, few, numbers, rounded
from automl.core.mistakes import MistakeCosts
from automl.core.reports import Remark, Section
from automl.metrics.alarms import CostCurve, cost_curve, expected_cost

MOST_POINTS = 160
"""Of the curve."""

LEAST = 1e-4
"""Threshold at which its axis begins at the latest."""


def cost_section(
    hit: np.ndarray,
    chance: np.ndarray,
    costs: MistakeCosts,
    *,
    threshold: float,
    positive: str,
    values: np.ndarray | None = None,
) -> Section:
    """Return the section on costs.

    Args:
        hit: truth ``(n,) bool``.
        chance: probabilities ``(n,)``.
        costs: of mistakes.
        threshold: of the answers.
        positive: name of the class that is looked for.
        values: what missing each row would cost ``(n,)``, where rows differ in it.
    """
    curve = cost_curve(hit, chance, costs)
    text = (
        f"A missed {positive} costs {costs.missed:g}, a false alarm {costs.alarm:g}; right answers nothing."
    )
    return Section(
        key="costs",
        title="What mistakes cost",
        text=text,
        figures=(
            _chart(curve, costs, len(hit), threshold, positive),
            _table(hit, chance, costs, _levels(threshold, costs, curve.best), values),
        ),
    )


def cost_remark(hit: np.ndarray, chance: np.ndarray, costs: MistakeCosts, threshold: float) -> Remark:
    """Return what the threshold saves against no alarms at all."""
    cost, silent = expected_cost(hit, chance, costs, threshold), float(costs.missed * hit.mean())
    if cost >= silent:
        text = f"Answers cost {cost:.4g} a row, no less than raising no alarm at all ({silent:.4g})."
        return Remark(mood="bad", text=text)
    less = f"{1 - cost / silent:.0%} less than without any alarm ({silent:.4g})"
    text = f"Answers cost {cost:.4g} a row, {less}."
    return Remark(mood="good", text=text)


def _chart(curve: CostCurve, costs: MistakeCosts, rows: int, threshold: float, positive: str) -> Chart:
    shown = curve.thresholds >= min(LEAST, threshold)
    levels, spent = curve.thresholds[shown], curve.costs[shown] / rows
    kept = np.array(few(len(levels), MOST_POINTS), dtype=int)
    # what is cheapest must not fall between the points that are kept
    kept = np.unique(np.append(kept, int(spent.argmin())))
    low, high = float(spent.min()), float(spent.max())
    marks = {"chosen": threshold, "by the costs alone": costs.threshold, "one half": 0.5}
    return Chart(
        title="Cost against threshold",
        x=Axis(label=f"answer {positive} from this probability on", log=True),
        y=Axis(label="cost of a row"),
        lines=(
            Line(name="cost", x=numbers(levels[kept]), y=numbers(spent[kept]), tone=0),
            *(
                Line(name=name, x=numbers([at, at]), y=numbers([low, high]), tone=tone, dashed=True)
                for tone, (name, at) in zip((1, 2, INK), marks.items(), strict=True)
            ),
        ),
        note="The least on these rows is slightly too good, as it is chosen on them.",
    )


def _levels(threshold: float, costs: MistakeCosts, best: float) -> dict[str, float]:
    """Thresholds that one might choose."""
    return {
        "chosen": threshold,
        "by the costs alone": costs.threshold,
        "one half": 0.5,
        "least on these rows": best,
        "no alarm": np.inf,
        "all alarms": 0.0,
    }


def _table(
    hit: np.ndarray,
    chance: np.ndarray,
    costs: MistakeCosts,
    levels: Mapping[str, float],
    values: np.ndarray | None,
) -> Table:
    columns = ("threshold", "from", "alarms", "found", "missed", "false alarms", "cost", "of a row")
    money = () if values is None else ("saved",)
    note = "" if values is None else " Saved is what found rows would have cost, less the false alarms."
    return Table(
        title="Thresholds",
        columns=(*columns, *money),
        rows=tuple(_row(name, at, hit, chance, costs, values) for name, at in levels.items()),
        note=f"On the rows shown here.{note}",
    )


def _row(
    name: str,
    at: float,
    hit: np.ndarray,
    chance: np.ndarray,
    costs: MistakeCosts,
    values: np.ndarray | None,
) -> tuple[Cell, ...]:
    alarm = np.asarray(chance, np.float64) >= at
    found, false = int((hit & alarm).sum()), int((alarm & ~hit).sum())
    missed = int(hit.sum()) - found
    cost = costs.missed * missed + costs.alarm * false
    if values is None:
        money: tuple[Cell, ...] = ()
    else:
        money = (rounded(np.nansum(values[hit & alarm]) - costs.alarm * false, 6),)
        cost = float(np.nansum(values[hit & ~alarm]) + costs.alarm * false)
    return (
        name,
        rounded(at, 4),
        int(alarm.sum()),
        found,
        missed,
        false,
        rounded(cost, 6),
        rounded(cost / max(len(hit), 1), 5),
        *money,
    )
