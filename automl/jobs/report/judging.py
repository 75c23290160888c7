"""How good predictions are: metrics with intervals, what the task shows of them, the worst mistakes.

Symbols: n examples, m of them that are drawn at once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from automl.core.figures import Table, rounded
from automl.core.reports import Scores
from automl.core.targets import count_rows
from automl.data.modality import Examples
from automl.jobs.report.choosing import Choice
from automl.jobs.report.mistakes import mistakes_table
from automl.jobs.report.resampling import DRAWS_FEWEST, ENDLESS, Judge, Patience, Resampling, resampling
from automl.metrics.metric import SHARE
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import metric_named
from automl.tasks.prefixes import unprefixed
from automl.tasks.shown import Evidence, Shown, evidence_of

if TYPE_CHECKING:
    from automl.tasks.task import Task

DRAWING_SHARE = 0.5
"""Share of the time left that the intervals of one part may take."""

NONE_IN = 3.0
"""Where no example of n is wrong, so many of n may be at 95% (Hanley and Lippman-Hand, 1983)."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A model on examples that it was not trained on.

    Attributes:
        part: what the examples are called.
        rows: how many they are.
        metrics: by name.
        intervals: 95% intervals of metrics, by name; those that cannot be told are absent.
        evidence: what the task shows.
        mistakes: the worst ones with their inputs, or None.
        corrected: metrics less what the choice among trials made of them, by name, where that is known;
            their intervals are then about these.
    """

    part: str
    rows: int
    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    evidence: Evidence
    mistakes: Table | None
    corrected: Mapping[str, float] = field(default_factory=dict)


def judge(
    part: str,
    task: Task,
    examples: Examples,
    encoded: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    *,
    seed: int,
    patience: Patience = ENDLESS,
) -> Judged:
    """Return what predictions of some examples are worth.

    Args:
        part: what the examples are called.
        task: the fitted task.
        examples: with their targets.
        encoded: the encoded targets.
        predictions: for the same examples, by name.
        seed: of the resampling.
        patience: with the resampling.
    """
    shown = Shown(
        task=task,
        encoded=encoded,
        truth=examples.targets or {},
        predictions=predictions,
        inputs=examples.inputs,
        groups=examples.groups,
    )
    evidence = evidence_of(shown)
    metrics = score_at_once(task.scorer(), encoded, predictions, examples.groups)
    return Judged(
        part=part,
        rows=count_rows(predictions),
        metrics=metrics,
        intervals=intervals(
            task, encoded, predictions, examples.groups, metrics, seed=seed, patience=patience
        ),
        evidence=evidence,
        mistakes=mistakes_table(evidence, examples),
    )


def scores_of(judged: Judged) -> Scores:
    """Return the scores alone."""
    return Scores(
        part=judged.part,
        rows=judged.rows,
        metrics={name: rounded(value, 9) for name, value in judged.metrics.items()},
        intervals=dict(judged.intervals),
        corrected={name: rounded(value, 9) for name, value in judged.corrected.items()},
    )


def less_choice(judged: Judged, choice: Choice | None) -> Judged:
    """Return what was judged with its intervals less what the choice among trials made of the metrics."""
    if choice is None or not choice.gains:
        return judged
    gains = {name: gain for name, gain in choice.gains.items() if name in judged.metrics}
    moved = {
        name: _within(name, low - gains.get(name, 0.0), high - gains.get(name, 0.0))
        for name, (low, high) in judged.intervals.items()
    }
    corrected = {name: judged.metrics[name] - gain for name, gain in gains.items()}
    return replace(judged, intervals=moved, corrected=corrected)


def _within(name: str, low: float, high: float) -> tuple[float, float]:
    metric = metric_named(unprefixed(name))
    if metric is None or metric.unit != SHARE:
        return low, high
    return max(low, -1.0), min(high, 1.0)


def intervals(
    task: Task,
    encoded: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    groups: np.ndarray | None,
    metrics: Mapping[str, float],
    *,
    seed: int,
    patience: Patience = ENDLESS,
) -> dict[str, tuple[float, float]]:
    """Return 95% intervals of metrics by the bootstrap (Efron, 1979).

    Groups are drawn whole, and so are blocks of windows of a series that overlap, as their errors go
    together. Of many examples fewer are drawn (Bickel, Götze and van Zwet, 1997), for the time it takes.

    Args:
        task: the fitted task.
        encoded: encoded targets.
        predictions: by name.
        groups: group of each example ``(n,)``, or None.
        metrics: what all examples score.
        seed: of the drawing.
        patience: with the drawing.
    """
    until = time.monotonic() + patience.seconds
    drawing = resampling(task, groups, predictions, seed=seed)
    if drawing is None:
        return {}
    judge, found = Judge(task=task, encoded=encoded, groups=groups), dict[str, list[float]]()
    for done, at in enumerate(drawing.rows()):
        if done >= DRAWS_FEWEST and time.monotonic() >= until:
            fewer = f"There was time for {done} of {drawing.draws} resamples"
            patience.told(f"{fewer}: 95% intervals are less certain.")
            break
        for name, value in judge.scores(predictions, at).items():
            found.setdefault(name, []).append(value)
    made = {
        name: _interval(name, metrics[name], np.array(values), drawing) for name, values in found.items()
    }
    return {name: ends for name, ends in made.items() if ends is not None}


def _interval(
    name: str, value: float, values: np.ndarray, drawing: Resampling
) -> tuple[float, float] | None:
    known = values[np.isfinite(values)]
    if not math.isfinite(value) or len(known) < DRAWS_FEWEST:
        return None
    low, high = drawing.around(known)
    metric = metric_named(unprefixed(name))
    if metric is None or metric.unit != SHARE or not 0 <= value <= 1:
        return float(value + low), float(value + high)
    least = NONE_IN / drawing.count  # an interval without width claims too much
    ends = value + low, value + high
    if value == 1.0:
        ends = min(ends[0], 1 - least), 1.0
    if value == 0.0:
        ends = 0.0, max(ends[1], least)
    return float(max(ends[0], -1.0)), float(min(ends[1], 1.0))
