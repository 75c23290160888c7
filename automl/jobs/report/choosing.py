"""What a score owes to the choice of the best of several trials on the rows that it is told for.

Where no trial knows anything, the best of many still looks better than chance on the rows that chose it.
Rows are drawn with replacement again and again; each time the trial that is best on the rows drawn is
scored on those that were not, which had no part in the choice (BBC-CV: Tsamardinos, Greasidou and
Borboudakis, 2018).
The best score of all rows less the mean of these is what the choice made of it. Predictions are compared on
the same rows each time, and so are trivial rules and the second best trial (paired bootstrap: Efron and
Tibshirani, 1993).

Symbols: n rows, m of them that are drawn at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from automl.core.specs import Objective
from automl.core.targets import count_rows
from automl.jobs.report.resampling import Judge, Resampling, resampling
from automl.tasks.catalog import metric_named
from automl.tasks.prefixes import unprefixed

if TYPE_CHECKING:
    from automl.tasks.task import Task

MOST_ROWS = 2000
"""Rows of a draw: each of them is scored for each trial."""

MOST_DRAWS = 80

MOST_VALUES = 50_000_000
"""Predicted values of all trials and rules together; of more nothing is compared."""

LEAST_KNOWN = 20
"""Draws in which a metric must be known."""


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """What was predicted for the rows that trials were scored on, each row by weights not trained on it.

    Attributes:
        winner: by the exported model.
        trials: by each trial of which predictions are kept, by its number, the best first.
        rules: by each trivial rule, by its name.
        alone: the trial whose model is exported by itself; None for a model of several.
    """

    winner: Mapping[str, np.ndarray]
    trials: Mapping[int, Mapping[str, np.ndarray]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    alone: int | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """By how much the model is better than another one on the same rows, by the metric searched for.

    Attributes:
        rival: rule or trial.
        value: of the rows at hand; above 0 the model is better.
        low: end of the 95% interval, less what the choice among trials made of the difference.
        high: end of it.
        is_rule: whether the other one is a trivial rule.
    """

    rival: str
    value: float
    low: float
    high: float
    is_rule: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the choice among trials made of scores.

    Attributes:
        trials: that were compared.
        gains: by metric, what to take off the score of these rows to be left with what new rows give;
            those that are none are absent.
        differences: against others.
    """

    trials: int
    gains: Mapping[str, float]
    differences: tuple[Difference, ...]


def choice_of(
    task: Task,
    encoded: Mapping[str, np.ndarray],
    groups: np.ndarray | None,
    rivals: Rivals,
    objective: Objective,
    *,
    seed: int,
) -> Choice | None:
    """Return what the choice among trials made of the scores; None where it cannot be told.

    Args:
        task: the fitted task.
        encoded: encoded targets of the rows.
        groups: of each row ``(n,)``, or None.
        rivals: predictions for them.
        objective: by which the best trial is chosen.
        seed: of the drawing.
    """
    every = [rivals.winner, *rivals.trials.values(), *rivals.rules.values()]
    values = sum(array.size for predictions in every for array in predictions.values())
    if values > MOST_VALUES or task.declaration.lists:
        return None
    drawing = resampling(
        task,
        groups,
        rivals.winner,
        seed=seed,
        rivals=2 * len(every),
        most_rows=MOST_ROWS,
        most_draws=MOST_DRAWS,
    )
    if drawing is None:
        return None
    judge = Judge(task=task, encoded=encoded, groups=groups)
    rows = np.arange(count_rows(rivals.winner))
    whole = judge.scores(rivals.winner, rows)
    if not math.isfinite(whole.get(objective.name, math.nan)):
        return None
    compared = _Compared(
        judge=judge,
        rivals=rivals,
        objective=objective,
        drawing=drawing,
        drawn=[_drawn(judge, rivals, objective, *parts) for parts in drawing.parts()],
        rows=rows,
        score=whole[objective.name],
    )
    gains = compared.gains()
    less = abs(gains.get(objective.name, 0.0))
    return Choice(trials=len(rivals.trials), gains=gains, differences=tuple(compared.differences(less)))


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """Scores on one draw.

    Attributes:
        winner: of the model on what is drawn.
        rivals: of the others, by trial and by rule.
        outside: every metric of the trial that is best on what is drawn, on the rest.
    """

    winner: float
    rivals: Mapping[str, float]
    outside: Mapping[str, float]


def _drawn(
    judge: Judge, rivals: Rivals, objective: Objective, inside: np.ndarray, outside: np.ndarray
) -> _Drawn:
    name = objective.name
    known = {number: judge.scores(item, inside)[name] for number, item in rivals.trials.items()}
    best = _best(known, objective)
    scores = {f"trial {number}": value for number, value in known.items()}
    scores |= {rule: judge.scores(item, inside)[name] for rule, item in rivals.rules.items()}
    left = {} if best is None or not len(outside) else judge.scores(rivals.trials[best], outside)
    return _Drawn(winner=judge.scores(rivals.winner, inside)[name], rivals=scores, outside=left)


def _best(scores: Mapping[int, float], objective: Objective) -> int | None:
    best: int | None = None
    for number, value in scores.items():
        if math.isfinite(value) and objective.better(value, None if best is None else scores[best]):
            best = number
    return best


def _is_gain(direction: str, value: float) -> bool:
    return value > 0 if direction == "maximize" else value < 0


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """All draws, and all rows.

    Attributes:
        judge: scores predictions.
        rivals: what was predicted.
        objective: by which the best trial is chosen.
        drawing: what was drawn.
        drawn: scores on each draw.
        rows: all of them ``(n,)``.
        score: of the model on all rows.
    """

    judge: Judge
    rivals: Rivals
    objective: Objective
    drawing: Resampling
    drawn: list[_Drawn]
    rows: np.ndarray
    score: float

    def gains(self) -> dict[str, float]:
        """By metric; signed as the metric is, so that it is taken off whichever way is better."""
        trials, objective = self.rivals.trials, self.objective
        if len(trials) < 2:
            return {}
        known = {number: self.judge.scores(item, self.rows) for number, item in trials.items()}
        best = _best({number: scores[objective.name] for number, scores in known.items()}, objective)
        if best is None:
            return {}
        gains = {}
        for name, value in known[best].items():
            outside = np.array([item.outside.get(name, math.nan) for item in self.drawn])
            outside = outside[np.isfinite(outside)]
            if math.isfinite(value) and len(outside) >= LEAST_KNOWN:
                # of fewer rows than there are the choice owes more to chance
                gains[name] = float(value - outside.mean()) * self.drawing.narrowing
        if not _is_gain(objective.direction, gains.get(objective.name, 0.0)):
            return {}
        metrics = {name: metric_named(unprefixed(name)) for name in gains}
        return {
            name: gain
            for name, gain in gains.items()
            if name == objective.name or ((metric := metrics[name]) and _is_gain(metric.direction, gain))
        }

    def differences(self, gain: float) -> Iterator[Difference]:
        """Against each rule, and against the best trial that is another one than the model.

        Args:
            gain: what the choice made of the score, to be taken off where the other was not chosen.
        """
        others = {name: (item, gain) for name, item in self.rivals.rules.items()}
        others |= {
            f"trial {number}": (item, 0.0)  # it was chosen on these rows, too: nothing is taken off
            for number, item in [
                pair for pair in self.rivals.trials.items() if pair[0] != self.rivals.alone
            ][:1]
        }
        sign = 1.0 if self.objective.direction == "maximize" else -1.0
        for name, (predictions, less) in others.items():
            value = sign * (self.score - self.judge.scores(predictions, self.rows)[self.objective.name])
            spread = np.array([sign * (item.winner - item.rivals[name]) for item in self.drawn])
            spread = spread[np.isfinite(spread)]
            if not math.isfinite(value) or len(spread) < LEAST_KNOWN:
                continue
            low, high = self.drawing.around(spread)
            yield Difference(
                rival=name,
                value=float(value),
                low=float(value - less + low),
                high=float(value - less + high),
                is_rule=name in self.rivals.rules,
            )
