"""A surrogate of a search: a forest that predicts the score of a configuration from the finished trials.

What it says of a parameter is predicted, not measured: the share of the variance that it explains by itself
(functional ANOVA; Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter
importance", 2014), and what is gained step by step on the way from one configuration to another (Biedenkapp
et al., "Efficient parameter importance analysis via ablation with surrogates", 2017).

Symbols: n trials, d parameters, s configurations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.specs import Configuration, Scalar
from automl.jobs.report.facts import parameters_of
from automl.jobs.report.importance import ENOUGH, Compared, differing, is_amount

TREES, LEAF = 100, 2
SAMPLES = 200
"""Configurations that the variance is taken over, each parameter drawn from the trials' values."""

MOST_VALUES = 12
"""Of a parameter, at quantiles, that its effect is taken at."""

FAR_OFF = 0.1
"""Share of the worst trials that count as if they were no worse than the next: some diverge."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a parameter does by itself.

    Attributes:
        name: of the parameter.
        share: of the variance of predicted scores.
        values: that it was set to.
        means: predicted score of each, over all else.
    """

    name: str
    share: float
    values: tuple[Scalar, ...]
    means: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A parameter that is changed on the way from one configuration to another.

    Attributes:
        name: of the parameter.
        before: its value.
        after: its new value.
        score: predicted once it is changed, with all that was changed before.
    """

    name: str
    before: Scalar
    after: Scalar
    score: float


@dataclass(frozen=True, kw_only=True)
class Surrogate:
    """Predicts scores.

    Attributes:
        names: parameters in which trials differ ``(d,)``.
        known: configurations of the trials ``(n,)``.
        skill: share of the variance of scores that trees predict which have not seen them (R squared, out
            of bag); 0 and below where they predict nothing.
        levels: by parameter the words that it was set to, None where it is a number.
        forest: of scikit-learn.
    """

    names: tuple[str, ...]
    known: tuple[Configuration, ...]
    skill: float
    levels: Mapping[str, tuple[str, ...] | None]
    forest: Any

    def predict(self, configurations: Sequence[Configuration]) -> np.ndarray:
        """Return predicted scores ``(s,)``."""
        return np.asarray(self.forest.predict(encoded(configurations, self.names, self.levels)))

    def effects(self) -> list[Effect]:
        """Return what each parameter does by itself, the largest share first."""
        random = np.random.default_rng(0)
        columns = {
            name: [self.known[at].get(name) for at in random.integers(0, len(self.known), SAMPLES)]
            for name in self.names
        }
        drawn = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        whole = float(self.predict(drawn).var())
        made = [self._effect(name, drawn, whole) for name in self.names]
        return sorted(made, key=lambda item: -item.share)

    def _effect(self, name: str, drawn: Sequence[Configuration], whole: float) -> Effect:
        values = [item.get(name) for item in self.known]
        points = points_of(values)
        several = [{**item, name: point} for point in points for item in drawn]
        means = self.predict(several).reshape(len(points), len(drawn)).mean(axis=1)
        weights = np.bincount([_nearest(points, value) for value in values], minlength=len(points))
        mean = np.average(means, weights=weights)
        spread = float(np.average(np.square(means - mean), weights=weights))
        share = min(spread / whole, 1.0) if whole > 0 else 0.0
        return Effect(name=name, share=share, values=tuple(points), means=tuple(means.tolist()))

    def steps(self, start: Configuration, end: Configuration, *, larger: bool) -> list[Step]:
        """Return the way from one configuration to another, at each step what gains most.

        Args:
            start: where it begins; parameters in which no trials differ do not count.
            end: where it ends.
            larger: whether larger scores are better.
        """
        here, made = dict(start), []
        waiting = [name for name in self.names if start.get(name) != end.get(name)]
        while waiting:
            scores = self.predict([{**here, name: end.get(name)} for name in waiting])
            at = int(scores.argmax() if larger else scores.argmin())
            name = waiting.pop(at)
            step = Step(name=name, before=here.get(name), after=end.get(name), score=float(scores[at]))
            here[name] = end.get(name)
            made.append(step)
        return made


def surrogate_of(found: Compared, *, larger: bool) -> Surrogate | None:
    """Return a surrogate of trials that were scored at one epoch; None of too few, or of equal ones.

    Args:
        found: the trials.
        larger: whether larger scores are better.
    """
    from sklearn.ensemble import RandomForestRegressor

    names = tuple(differing(found.trials))
    if len(found.trials) < ENOUGH or not names:
        return None
    known = tuple(parameters_of(item) for item in found.trials)
    levels = {name: _levels([item.get(name) for item in known]) for name in names}
    scores = np.array(found.scores, np.float64)
    worst = float(np.quantile(scores, FAR_OFF if larger else 1 - FAR_OFF))
    scores = np.maximum(scores, worst) if larger else np.minimum(scores, worst)
    forest = RandomForestRegressor(TREES, min_samples_leaf=LEAF, oob_score=True, random_state=0)
    forest.fit(encoded(known, names, levels), scores)
    return Surrogate(names=names, known=known, skill=float(forest.oob_score_), levels=levels, forest=forest)


def encoded(
    configurations: Sequence[Configuration],
    names: Sequence[str],
    levels: Mapping[str, tuple[str, ...] | None],
) -> np.ndarray:
    """Return configurations as numbers ``(s, columns)``: one column of a number, one for each word.

    A parameter that a configuration does not have is far below all others, where a tree can cut it off.
    """
    columns = []
    for name in names:
        values = [item.get(name) for item in configurations]
        words = levels[name]
        if words is None:
            columns.append([-1e9 if value is None else float(value) for value in values])
        else:
            columns += [[float(repr(value) == word) for value in values] for word in words]
    return np.array(columns, np.float64).T


def points_of(values: Sequence[Scalar]) -> list[Scalar]:
    """Return the values that an effect is taken at: all words, some of many numbers, each one once."""
    given = [value for value in values if value is not None]
    absent: list[Scalar] = [None] if len(given) < len(values) else []
    if not all(map(is_amount, given)):
        return [*dict.fromkeys(given), *absent]
    different = sorted(set(given))
    places = np.linspace(0, len(different) - 1, min(MOST_VALUES, len(different)))
    return [*(different[round(place)] for place in places), *absent]


def _nearest(points: Sequence[Scalar], value: Scalar) -> int:
    if value in points:
        return points.index(value)
    apart = [np.inf if point is None else abs(float(point) - float(value or 0)) for point in points]
    return int(np.argmin(apart))


def _levels(values: Sequence[Scalar]) -> tuple[str, ...] | None:
    if all(value is None or is_amount(value) for value in values):
        return None
    return tuple(dict.fromkeys(map(repr, values)))
