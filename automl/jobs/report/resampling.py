"""Rows drawn again and again from those that were predicted, for intervals of what they score.

Symbols: n examples, m of them that are drawn at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from automl.core.seeds import derive
from automl.core.targets import count_rows, take_rows
from automl.metrics.scorer import score_at_once

if TYPE_CHECKING:
    from automl.tasks.task import Task

DRAWS_LEAST, DRAWS_MOST = 60, 200
"""Resamples for an interval, by how costly one is."""

DRAWS_FEWEST = 30
"""Resamples for an interval where time runs short: with fewer its ends are the two extreme ones."""

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


@dataclass(frozen=True, kw_only=True)
class Resampling:
    """What is drawn: rows, or clusters of them as a whole.

    Attributes:
        count: clusters.
        drawn: of which so many are drawn at once.
        draws: how often.
        members: rows of each cluster; empty where each row is one.
        seed: of the drawing.
    """

    count: int
    drawn: int
    draws: int
    members: tuple[np.ndarray, ...]
    seed: int

    @property
    def narrowing(self) -> float:
        """By what an interval from so many clusters is too wide for all of them."""
        return math.sqrt(min(self.drawn / self.count, 1.0))

    def around(self, values: np.ndarray) -> tuple[float, float]:
        """Return how far the ends of the 95% interval are from what all rows give.

        Args:
            values: one of each draw, all known.
        """
        low, high = np.quantile(values - values.mean(), [0.025, 0.975]) * self.narrowing
        return float(low), float(high)

    def rows(self) -> Iterator[np.ndarray]:
        """Give the rows of each draw ``(m,) int64``."""
        for inside, _ in self.parts():
            yield inside

    def parts(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give the rows of each draw, and of the clusters that are not in it, at most as many as drawn."""
        random = np.random.default_rng(self.seed)
        for _ in range(self.draws):
            some = random.integers(0, self.count, self.drawn)
            outside = np.ones(self.count, bool)
            outside[some] = False
            rest = np.flatnonzero(outside)
            step = max(1, len(rest) // self.drawn)
            yield self._rows(some), self._rows(rest[::step])

    def _rows(self, clusters: np.ndarray) -> np.ndarray:
        if not self.members or not len(clusters):
            return clusters
        return np.concatenate([self.members[place] for place in clusters])


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long rows are drawn for an interval.

    Attributes:
        seconds: after which no more is drawn than an interval needs at least.
        told: hears when there were fewer draws for that.
    """

    seconds: float = math.inf
    told: Callable[[str], None] = lambda text: None


ENDLESS = Patience()


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Scores predictions on some of the rows.

    Attributes:
        task: the fitted task.
        encoded: encoded targets of all rows.
        groups: group of each row ``(n,)``, or None.
    """

    task: Task
    encoded: Mapping[str, np.ndarray]
    groups: np.ndarray | None

    def scores(self, predictions: Mapping[str, np.ndarray], rows: np.ndarray) -> Mapping[str, float]:
        """Return every metric of the predictions for rows ``(m,)``; given are those for all."""
        groups = None if self.groups is None else self.groups[rows]
        truth = take_rows(self.encoded, rows)
        return score_at_once(self.task.scorer(), truth, take_rows(predictions, rows), groups)


def resampling(
    task: Task,
    groups: np.ndarray | None,
    predictions: Mapping[str, np.ndarray],
    *,
    seed: int,
    rivals: int = 1,
    most_rows: int = MOST_ROWS,
    most_draws: int = DRAWS_MOST,
) -> Resampling | None:
    """Return how rows are drawn; None where there are too few, or where that makes no sense.

    Groups are drawn whole, and so are blocks of windows of a series that overlap, as their errors go
    together. Of many examples fewer are drawn (Bickel, Götze and van Zwet, 1997), for the time it takes.

    Args:
        task: the fitted task.
        groups: group of each example ``(n,)``, or None.
        predictions: by name.
        seed: of the drawing.
        rivals: how many predictions of the same examples are scored on each draw.
        most_rows: of a draw.
        most_draws: how often at most.
    """
    if task.declaration.compares:
        return None  # an example that is drawn twice would be a pair of the same, told with certainty
    total = count_rows(predictions)
    clusters = _clusters(task, groups, total)
    count = int(clusters.max()) + 1 if total else 0
    if count < LEAST_CLUSTERS:
        return None
    width = rivals * max(sum(math.prod(values.shape[1:]) for values in predictions.values()), 1)
    draws = int(np.clip(CELLS / (width * min(total, most_rows)), DRAWS_LEAST, most_draws))
    if task.declaration.lists:  # items are matched with true ones, which takes many times as long
        draws = DRAWS_LEAST
    least = LEAST_ROWS if width < LARGE else LEAST_CLUSTERS
    rows = min(total, most_rows, max(int(CELLS / (width * draws)), least))
    return Resampling(
        count=count,
        drawn=max(LEAST_CLUSTERS, round(count * rows / total)),
        draws=draws,
        members=() if count == total else _members(clusters),
        seed=derive(seed, "report"),
    )


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


def _members(clusters: np.ndarray) -> tuple[np.ndarray, ...]:
    """The rows of each cluster."""
    ends = np.cumsum(np.bincount(clusters))[:-1]
    return tuple(np.split(np.argsort(clusters, kind="stable"), ends))
