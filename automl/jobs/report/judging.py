"""How good predictions are: metrics with intervals, what the task shows of them, the worst mistakes.

Symbols: n examples, m of them that are drawn at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from automl.core.figures import Table, rounded
from automl.core.reports import Scores
from automl.core.seeds import derive
from automl.core.targets import count_rows, take_rows
from automl.data.modality import Examples
from automl.jobs.report.mistakes import mistakes_table
from automl.metrics.metric import SHARE
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import metric_named
from automl.tasks.prefixes import unprefixed
from automl.tasks.shown import Evidence, Shown, evidence_of

if TYPE_CHECKING:
    from automl.tasks.task import Task

DRAWS_LEAST, DRAWS_MOST = 60, 200
"""Resamples for an interval, by how costly one is."""

CELLS = 6_000_000
"""Predicted values that all resamples of an interval go through: about a third of a second."""

MOST_ROWS = 5000
"""Rows of a resample; of more examples fewer are drawn and the interval is narrowed accordingly."""

LEAST_ROWS, LARGE = 200, 10_000
"""Rows of a resample at least, but for predictions of so many values that they would take minutes."""

BLOCK = 2
"""Horizons of windows that are drawn as one: windows up to a horizon apart share steps of their targets."""

LEAST_CLUSTERS = 10
"""Rows, groups or blocks of windows below which no interval is told."""

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
    """

    part: str
    rows: int
    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    evidence: Evidence
    mistakes: Table | None


def judge(
    part: str,
    task: Task,
    examples: Examples,
    encoded: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    *,
    seed: int,
) -> Judged:
    """Return what predictions of some examples are worth.

    Args:
        part: what the examples are called.
        task: the fitted task.
        examples: with their targets.
        encoded: the encoded targets.
        predictions: for the same examples, by name.
        seed: of the resampling.
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
        intervals=intervals(task, encoded, predictions, examples.groups, metrics, seed=seed),
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
    )


def intervals(
    task: Task,
    encoded: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    groups: np.ndarray | None,
    metrics: Mapping[str, float],
    *,
    seed: int,
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
    """
    if task.declaration.compares:
        return {}  # an example that is drawn twice would be a pair of the same, told with certainty
    total = count_rows(predictions)
    clusters = _clusters(task, groups, total)
    count = int(clusters.max()) + 1 if total else 0
    if count < LEAST_CLUSTERS:
        return {}
    width = max(sum(math.prod(values.shape[1:]) for values in predictions.values()), 1)
    draws = int(np.clip(CELLS / (width * min(total, MOST_ROWS)), DRAWS_LEAST, DRAWS_MOST))
    if task.declaration.lists:  # items are matched with true ones, which takes many times as long
        draws = DRAWS_LEAST
    least = LEAST_ROWS if width < LARGE else LEAST_CLUSTERS
    rows = min(total, MOST_ROWS, max(int(CELLS / (width * draws)), least))
    drawn = max(LEAST_CLUSTERS, round(count * rows / total))
    members = [] if count == total else _members(clusters)
    random = np.random.default_rng(derive(seed, "report"))
    found: dict[str, list[float]] = {}
    for _ in range(draws):
        some = random.integers(0, count, drawn)
        at = some if count == total else np.concatenate([members[place] for place in some])
        scores = score_at_once(
            task.scorer(),
            take_rows(encoded, at),
            take_rows(predictions, at),
            None if groups is None else groups[at],
        )
        for name, value in scores.items():
            found.setdefault(name, []).append(value)
    narrowing = math.sqrt(min(drawn / count, 1.0))
    made = {
        name: _interval(name, metrics, np.array(values), narrowing, count) for name, values in found.items()
    }
    return {name: ends for name, ends in made.items() if ends is not None}


def _clusters(task: Task, groups: np.ndarray | None, total: int) -> np.ndarray:
    """What is drawn as one: the cluster of each example ``(n,) int``, from 0 without gaps."""
    codes = np.arange(total)
    if groups is not None:
        codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    if not task.declaration.forecasts:
        return codes
    # windows that follow each other share steps of their targets
    blocks = np.arange(total) // (BLOCK * max(int(task.describe().get("horizon", 1)), 1))
    pairs = blocks if groups is None else codes * (int(blocks.max(initial=0)) + 1) + blocks
    return np.asarray(np.unique(pairs, return_inverse=True)[1])


def _members(clusters: np.ndarray) -> list[np.ndarray]:
    """The rows of each cluster."""
    ends = np.cumsum(np.bincount(clusters))[:-1]
    return list(np.split(np.argsort(clusters, kind="stable"), ends))


def _interval(
    name: str, metrics: Mapping[str, float], values: np.ndarray, narrowing: float, count: int
) -> tuple[float, float] | None:
    value, known = metrics[name], values[np.isfinite(values)]
    if not math.isfinite(value) or len(known) < DRAWS_LEAST // 2:
        return None
    low, high = np.quantile(known - known.mean(), [0.025, 0.975]) * narrowing
    metric = metric_named(unprefixed(name))
    if metric is None or metric.unit != SHARE or not 0 <= value <= 1:
        return float(value + low), float(value + high)
    least = NONE_IN / count  # an interval without width claims too much
    ends = value + low, value + high
    if value == 1.0:
        ends = min(ends[0], 1 - least), 1.0
    if value == 0.0:
        ends = 0.0, max(ends[1], least)
    return float(max(ends[0], -1.0)), float(min(ends[1], 1.0))
