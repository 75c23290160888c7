"""Permutation importance: how much worse a model scores when a column is shuffled among the rows.

Breiman, "Random forests", 2001; of any model: Fisher, Rudin and Dominici, 2019. scikit-learn's function
permutes single columns of a table and asks an estimator; here inputs may be texts and pictures, columns
that go together are permuted as one, and the metric is the job's.

Symbols: n rows, g groups of columns.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

from automl.core.seeds import derive
from automl.core.targets import held_rows, spread_rows, take_rows
from automl.explanations.features import Feature, feature_groups, features_of, permuted
from automl.explanations.method import NotExplainedError, Predict, Subject
from automl.metrics.scorer import score_at_once
from automl.tasks.task import Task

REPEATS = 10
MOST_ROWS, LEAST_ROWS = 2000, 100
AT_ONCE = 20_000
"""Rows that are predicted in one call, at most."""

MOST_BYTES = 200 << 20
"""Of the inputs of one call."""

PASSES = 3
"""Repeats that are wanted at least: of fewer, rows are left out instead."""


@dataclass(frozen=True, kw_only=True)
class Importance:
    """What a group of columns is worth.

    Attributes:
        columns: what users call them.
        drops: how much worse the score got, in each repeat.
    """

    columns: tuple[str, ...]
    drops: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the repeats."""
        return float(np.mean(self.drops))

    @property
    def interval(self) -> tuple[float, float] | None:
        """95% interval of the mean; None of fewer than three repeats, which tell nothing of it."""
        count = len(self.drops)
        if count < PASSES:
            return None
        half = student.ppf(0.975, count - 1) * np.std(self.drops, ddof=1) / np.sqrt(count)
        return float(self.mean - half), float(self.mean + half)


@dataclass(frozen=True, kw_only=True)
class Importances:
    """Of all groups, the largest first.

    Attributes:
        metric: that was scored.
        score: without anything permuted.
        rows: scored.
        known: rows that could have been scored.
        found: by group.
        left_out: groups for which there was no time.
    """

    metric: str
    score: float
    rows: int
    known: int
    found: tuple[Importance, ...]
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """How predictions are scored.

    Attributes:
        task: the fitted task.
        metric: one of its metrics.
        larger: whether larger scores are better.
    """

    task: Task
    metric: str
    larger: bool


def importances_of(subject: Subject, scoring: Scoring, encoded: Mapping[str, np.ndarray]) -> Importances:
    """Return what columns are worth, found within the time of the subject.

    Args:
        subject: what is explained; all its examples may be scored, ``rows`` do not count.
        scoring: how.
        encoded: encoded targets of the examples.

    Raises:
        NotExplainedError: there is one input only.
    """
    features = features_of(subject.examples.inputs, subject.labels, subject.channels)
    if len(features) < 2:
        raise NotExplainedError(
            "Permutation compares inputs with each other, and this model has one only, "
            f"{features[0].label!r}: choose another method."
        )
    some = spread_rows(len(subject.examples), _most_rows(subject.examples.inputs))
    inputs = held_rows(subject.examples.inputs, some)
    begun = time.monotonic()
    count = _affordable(subject, inputs, some, len(features))
    kept = spread_rows(len(some), count)
    some, inputs = some[kept], held_rows(inputs, kept)
    groups = feature_groups(features, inputs)
    run = _Run(
        predict=subject.predict,
        scoring=scoring,
        inputs=inputs,
        some=some,
        targets=take_rows(encoded, some),
        clusters=None if subject.examples.groups is None else subject.examples.groups[some],
        ends=begun + subject.seconds,
        seed=subject.seed,
    )
    score, drops = run.drops(groups)
    found = [
        Importance(columns=tuple(item.label for item in group), drops=tuple(drops[at]))
        for at, group in enumerate(groups)
        if drops[at]
    ]
    return Importances(
        metric=scoring.metric,
        score=score,
        rows=len(some),
        known=len(subject.examples),
        found=tuple(sorted(found, key=lambda item: -item.mean)),
        left_out=len(groups) - len(found),
    )


def _most_rows(inputs: Mapping[str, Any]) -> int:
    """How many rows fit into memory."""
    width = sum(int(math.prod(values.shape[1:]) * values.dtype.itemsize) for values in inputs.values())
    return max(1, min(MOST_ROWS, MOST_BYTES // max(width, 1)))


def _affordable(subject: Subject, inputs: Mapping[str, np.ndarray], some: np.ndarray, features: int) -> int:
    """How many rows there is time for."""
    rows = len(next(iter(inputs.values())))
    subject.predict(inputs, some)  # what is compiled on the way is not counted
    begun = time.monotonic()
    subject.predict(inputs, some)
    each = (time.monotonic() - begun) / rows
    affordable = int(subject.seconds / max(each * features * PASSES, 1e-9))
    return min(rows, max(affordable, LEAST_ROWS))


@dataclass(frozen=True, kw_only=True)
class _Run:
    predict: Predict
    scoring: Scoring
    inputs: Mapping[str, np.ndarray]
    some: np.ndarray
    targets: Mapping[str, np.ndarray]
    clusters: np.ndarray | None
    ends: float
    seed: int

    @property
    def rows(self) -> int:
        return len(next(iter(self.inputs.values())))

    def drops(self, groups: Sequence[tuple[Feature, ...]]) -> tuple[float, list[list[float]]]:
        """The score, and how much worse each group makes it, repeat by repeat while there is time."""
        score = self._score(self.predict(self.inputs, self.some))
        sign = 1.0 if self.scoring.larger else -1.0
        drops: list[list[float]] = [[] for _ in groups]
        random = np.random.default_rng(derive(self.seed, "permutation"))
        for places in self._portions(len(groups)):
            if time.monotonic() > self.ends and drops[0]:
                break
            changed = [
                permuted(self.inputs, groups[place], random.permutation(self.rows)) for place in places
            ]
            whole = {name: np.concatenate([each[name] for each in changed]) for name in self.inputs}
            predictions = self.predict(whole, np.tile(self.some, len(places)))
            for at, place in enumerate(places):
                part = slice(at * self.rows, (at + 1) * self.rows)
                drops[place].append(sign * (score - self._score(take_rows(predictions, part))))
        return score, drops

    def _portions(self, count: int) -> Iterator[list[int]]:
        """Which groups are permuted in one call, over all repeats."""
        width = sum(values.nbytes for values in self.inputs.values())
        size = max(1, min(count, AT_ONCE // self.rows, MOST_BYTES // max(width, 1)))
        for _ in range(REPEATS):
            for first in range(0, count, size):
                yield list(range(first, min(first + size, count)))

    def _score(self, predictions: Mapping[str, np.ndarray]) -> float:
        scores = score_at_once(self.scoring.task.scorer(), self.targets, predictions, self.clusters)
        return float(scores[self.scoring.metric])
