"""A grid over a conditional search space, visited in a random order without repetition.

A choice, a boolean and a number with a step contribute all their values; an integer range all of them
if they are few; any other range a few evenly spaced values, evenly in the logarithm if it is ``log``.
Parameters that are not active take no part, so no two points of the grid are the same model.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import islice

from automl.core.specs import Scalar
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, Parameter
from automl.spaces.space import SearchSpace

POINTS = 5
# above this the grid is not listed but drawn from, and repeated draws are skipped
LISTED = 10_000


def grid_values(parameter: Parameter) -> list[Scalar]:
    """Return a parameter's values on the grid, in order."""
    if isinstance(parameter, Boolean):
        return [False, True]
    if isinstance(parameter, Choice):
        return list(parameter.values)
    if isinstance(parameter, Constant):
        return [parameter.value]
    return list(_numbers(parameter))


def grid_points(space: SearchSpace, seed: int) -> Iterator[dict[str, Scalar]]:
    """Yield the configurations of the grid, each once, in an order that the seed decides."""
    rng = random.Random(seed)
    listed = list(islice(_listed(space, {}), LISTED + 1))
    if len(listed) <= LISTED:
        rng.shuffle(listed)
        yield from listed
    else:
        yield from _drawn(space, rng)


def _numbers(parameter: Integer | Float) -> Iterator[Scalar]:
    low, high, step = parameter.low, parameter.high, parameter.step
    if isinstance(parameter, Integer) and (high - low) // parameter.step < POINTS:
        step = parameter.step
    elif step == 1 and isinstance(parameter, Integer):
        step = None
    if step is not None:
        values = [min(high, low + step * index) for index in range(round((high - low) / step) + 1)]
    else:
        values = [_spaced(low, high, index / (POINTS - 1), parameter.log) for index in range(POINTS)]
    yield from dict.fromkeys(round(value) if isinstance(parameter, Integer) else value for value in values)


def _spaced(low: float, high: float, part: float, log: bool) -> float:
    value = (
        math.exp(math.log(low) * (1 - part) + math.log(high) * part) if log else low + (high - low) * part
    )
    return min(high, max(low, value))


def _listed(space: SearchSpace, start: dict[str, Scalar], depth: int = 0) -> Iterator[dict[str, Scalar]]:
    if depth == len(space.ordered):
        yield start
        return
    parameter = space.ordered[depth]
    if not all(condition.holds(start) for condition in parameter.when):
        yield from _listed(space, start, depth + 1)
        return
    for value in grid_values(parameter):
        yield from _listed(space, {**start, parameter.name: value}, depth + 1)


def _drawn(space: SearchSpace, rng: random.Random) -> Iterator[dict[str, Scalar]]:
    seen: set[tuple[tuple[str, Scalar], ...]] = set()
    while True:
        point = space.walk(lambda parameter: rng.choice(grid_values(parameter)))
        key = tuple(point.items())
        if key not in seen:
            seen.add(key)
            yield point
