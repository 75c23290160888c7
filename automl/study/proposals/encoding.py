"""Parameters as points of the unit cube, for models of the scores.

A number, or a choice among numbers in order, is an axis from 0 to 1 (in the logarithm if it is ``log``);
another choice is the index of its value, of which only equality counts. A parameter that a configuration
does not have stands in the middle of its axis, or is an index of its own.

Symbols: n points, d parameters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

_Range: TypeAlias = IntDistribution | FloatDistribution

_ABSENT = object()
_ABSENT_NUMBER = 0.5
_ABSENT_CHOICE = -1.0


@dataclass(frozen=True)
class Encoding:
    """Between configurations over some distributions and points.

    Args:
        distributions: by name; none of a single value.
    """

    distributions: Mapping[str, BaseDistribution]

    @cached_property
    def nominal(self) -> np.ndarray:
        """Which columns only know equality, ``(d,)`` bool."""
        return np.array([not _ordered(item) for item in self.distributions.values()], bool)

    @cached_property
    def sizes(self) -> np.ndarray:
        """How many values each column has, ``(d,)`` float64, infinite for real numbers."""
        return np.array([_size(item) for item in self.distributions.values()], float)

    def encode(self, configurations: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return points ``(n, d)`` float64; values that have left their distribution count as absent."""
        columns = [_encoded(item, name, configurations) for name, item in self.distributions.items()]
        return np.array(columns, float).reshape(len(columns), len(configurations)).T

    def decode(self, point: np.ndarray) -> dict[str, Any]:
        """Return the configuration of a point ``(d,)``."""
        items = zip(self.distributions.items(), point, strict=True)
        return {name: _decoded(item, float(value)) for (name, item), value in items}

    def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Draw points ``(count, d)`` evenly."""
        return self.snapped(self.fresh(rng, (count, len(self.sizes))))

    def fresh(self, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        """Draw values of every column, not yet snapped."""
        drawn = rng.random(shape)
        return np.where(self.nominal, np.floor(drawn * np.where(self.nominal, self.sizes, 1.0)), drawn)

    def snapped(self, points: np.ndarray) -> np.ndarray:
        """Return points moved to the nearest values that exist."""
        steps = np.where(self.nominal | ~np.isfinite(self.sizes), 2.0, self.sizes) - 1.0
        clipped = np.clip(points, 0.0, 1.0)
        stepped = np.where(np.isfinite(self.sizes), np.round(clipped * steps) / steps, clipped)
        return np.where(self.nominal, points, stepped)


def _ordered(distribution: BaseDistribution) -> bool:
    if not isinstance(distribution, CategoricalDistribution):
        return True
    choices = distribution.choices
    numbers = [item for item in choices if isinstance(item, int | float) and not isinstance(item, bool)]
    return len(numbers) == len(choices) and all(one < two for one, two in pairwise(numbers))


def _size(distribution: BaseDistribution) -> float:
    if isinstance(distribution, CategoricalDistribution):
        return len(distribution.choices)
    if isinstance(distribution, IntDistribution | FloatDistribution) and distribution.step is not None:
        if distribution.log:
            return math.inf  # values are not evenly spaced; decoding rounds
        return round((distribution.high - distribution.low) / distribution.step) + 1
    return math.inf


def _encoded(distribution: BaseDistribution, name: str, given: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """The column of a parameter, ``(n,)`` float64."""
    if isinstance(distribution, CategoricalDistribution):
        return _places(distribution, [item.get(name, _ABSENT) for item in given])
    distribution = _range(distribution)
    low, high = _bounds(distribution)
    values = np.array([item.get(name, math.nan) for item in given], float)
    scaled = (np.log(values) if distribution.log else values) - low
    return np.nan_to_num(np.clip(scaled / (high - low), 0.0, 1.0), nan=_ABSENT_NUMBER)


def _places(distribution: CategoricalDistribution, values: Sequence[Any]) -> np.ndarray:
    ordered, last = _ordered(distribution), len(distribution.choices) - 1
    known = {
        choice: place / last if ordered else place for place, choice in enumerate(distribution.choices)
    }
    absent = _ABSENT_NUMBER if ordered else _ABSENT_CHOICE
    return np.array([known.get(value, absent) for value in values], float)


def _decoded(distribution: BaseDistribution, value: float) -> Any:
    if isinstance(distribution, CategoricalDistribution):
        last = len(distribution.choices) - 1
        return distribution.choices[round(value * last) if _ordered(distribution) else round(value)]
    distribution = _range(distribution)
    low, high = _bounds(distribution)
    number = low + value * (high - low)
    if isinstance(distribution, IntDistribution):
        number = math.exp(number) if distribution.log else number
        return int(_stepped(number, distribution))
    return _stepped(math.exp(number) if distribution.log else number, distribution)


def _stepped(number: float, distribution: _Range) -> float:
    """The nearest value of the range."""
    low, high, step = distribution.low, distribution.high, distribution.step
    if step is not None:
        number = low + round((number - low) / step) * step
    return min(max(number, low), high)


def _range(distribution: BaseDistribution) -> _Range:
    if not isinstance(distribution, IntDistribution | FloatDistribution):
        raise TypeError(f"expected a number or a choice, got {distribution}")
    return distribution


def _scaled(distribution: _Range, value: float) -> float:
    return math.log(value) if distribution.log else float(value)


def _bounds(distribution: _Range) -> tuple[float, float]:
    return _scaled(distribution, distribution.low), _scaled(distribution, distribution.high)
