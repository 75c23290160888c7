"""Score against time: one line per trial through its rungs, and the best score so far as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from automl.core.specs import Objective, TrialRecord

if TYPE_CHECKING:
    from optuna import Study

_STYLES = {
    "portfolio": ("#0072b2", "square"),
    "warm start": ("#e69f00", "pentagon"),
    "model": ("#d55e00", "circle"),
    "neighbour": ("#009e73", "diamond"),
    "random": ("#8c8c8c", "x"),
    "repeat": ("#cc79a7", "star"),
}
"""Colour and symbol by origin, told apart by the colour-blind too (Okabe and Ito, 2008)."""

_OTHER = ("#56b4e9", "triangle-up")
_SMALL, _LARGE = 6, 10
_FRAME, _MARGIN = 0.9, 0.5
"""Share of the points that the frame shows for certain, and how much of their width is added for others."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What a trial was worth at one moment.

    Attributes:
        minutes: since the first trial began.
        score: of the first objective.
        text: shown beside it when it is pointed at.
        last: whether the trial was trained to its end there.
    """

    minutes: float
    score: float
    text: str
    last: bool


def draw_timeline(study: Study, records: Sequence[TrialRecord], objective: Objective) -> go.Figure:
    """Return the figure, without traces when no trial has a score with its time.

    Trials without rungs are one mark each, where they ended. Trials that violate a limit are drawn too,
    but never count as the best so far.

    Args:
        study: knows when its trials began and ended.
        records: its trials; one number is one place in the study.
        objective: the first one, which scores are those of.
    """
    trials = study.get_trials(deepcopy=False)
    starts = [trial.datetime_start.timestamp() for trial in trials if trial.datetime_start]
    ends = {trial.number: trial.datetime_complete for trial in trials if trial.datetime_complete}
    lines = []
    for record in records:
        end = ends.get(record.number)
        marks = _marks(record, min(starts, default=0.0), end.timestamp() if end else 0.0)
        lines += [(record, marks)] if marks else []
    figure = go.Figure()
    for origin in dict.fromkeys(record.origin for record, _ in lines):
        figure.add_trace(_trace(origin, [marks for record, marks in lines if record.origin == origin]))
    feasible = [mark for record, marks in lines if record.feasible for mark in marks]
    if feasible:
        figure.add_trace(_incumbent(feasible, objective))
    return _laid_out(figure, [mark.score for _, marks in lines for mark in marks], objective)


def _marks(record: TrialRecord, began: float, ended: float) -> list[Mark]:
    """The marks of one trial; those whose time is not known are left out."""
    known = [(rung.epochs, rung.scores, rung.time) for rung in record.rungs if rung.time]
    if not record.rungs and record.scores and ended:
        known = [(record.epochs, record.scores, ended)]
    return [
        Mark(
            minutes=(time - began) / 60,
            score=scores[0],
            text=f"trial {record.number}, epoch {epochs}, {record.origin or 'added'}",
            last=record.state == "complete" and place == len(known) - 1,
        )
        for place, (epochs, scores, time) in enumerate(known)
        if np.isfinite(scores[0])
    ]


def _trace(origin: str, lines: Sequence[Sequence[Mark]]) -> go.Scatter:
    """The lines of all trials of an origin in one trace, with gaps between them."""
    colour, symbol = _STYLES.get(origin, _OTHER)
    marks = [mark for line in lines for mark in (*line, None)]
    return go.Scatter(
        x=[mark and mark.minutes for mark in marks],
        y=[mark and mark.score for mark in marks],
        text=[mark and mark.text for mark in marks],
        hovertemplate="%{text}<br>%{y:.5g} after %{x:.2f} min<extra></extra>",
        mode="lines+markers",
        name=origin or "added",
        line={"color": colour, "width": 1},
        marker={"symbol": symbol, "size": [_LARGE if mark and mark.last else _SMALL for mark in marks]},
    )


def _incumbent(marks: Sequence[Mark], objective: Objective) -> go.Scatter:
    """The best score so far, as steps up to the last mark."""
    ordered = sorted(marks, key=lambda mark: mark.minutes)
    x, y = [], []
    best: float | None = None
    for mark in ordered:
        if objective.better(mark.score, best):
            best = mark.score
            x.append(mark.minutes)
            y.append(best)
    line = {"color": "#000000", "width": 2, "shape": "hv"}
    return go.Scatter(
        x=[*x, ordered[-1].minutes], y=[*y, best], mode="lines", name="best so far", line=line
    )


def _laid_out(figure: go.Figure, scores: Sequence[float], objective: Objective) -> go.Figure:
    axes: Mapping[str, Any] = {"title": objective.label}
    if scores:
        axes = {**axes, "range": _frame(scores, objective)}
    return figure.update_layout(
        title="Small marks are rungs, large marks are fully trained trials",
        xaxis={"title": "minutes since the first trial started"},
        yaxis=axes,
        legend={"title": {"text": "origin"}, "itemsizing": "constant"},
    )


def _frame(scores: Sequence[float], objective: Objective) -> list[float]:
    """The range of scores that is shown: a few hopeless trials must not flatten all others."""
    sign = -1.0 if objective.direction == "maximize" else 1.0
    costs = np.array(scores) * sign
    low, worst = float(costs.min()), float(costs.max())
    common = float(np.quantile(costs, _FRAME))
    high = min(worst, common + _MARGIN * (common - low)) if common > low else worst
    pad = 0.05 * (high - low) or 0.05 * max(abs(low), 1e-9)
    return sorted([sign * (low - pad), sign * (high + pad)])
