from __future__ import annotations

from itertools import islice

import pytest

from automl.spaces.parameters import Boolean, Choice, Float, Integer
from automl.study.proposals.grid import grid_points, grid_values
from tests.spaces.samples import sample_space


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        (Boolean(name="x", default=True), [False, True]),
        (Choice(name="x", values=("a", None), default="a"), ["a", None]),
        (Integer(name="x", low=1, high=4, default=1), [1, 2, 3, 4]),
        (Integer(name="x", low=0, high=70, step=10, default=0), [0, 10, 20, 30, 40, 50, 60, 70]),
        (Integer(name="x", low=1, high=10_000, log=True, default=1), [1, 10, 100, 1000, 10_000]),
        (Float(name="x", low=0.0, high=1.0, default=0.5), [0, 0.25, 0.5, 0.75, 1]),
        (Float(name="x", low=0.0, high=0.3, step=0.1, default=0.1), [0, 0.1, 0.2, 0.3]),
        (Float(name="x", low=1e-4, high=1.0, log=True, default=0.1), [1e-4, 1e-3, 1e-2, 1e-1, 1]),
    ],
)
def test_the_points_of_a_parameter(parameter, values):
    assert grid_values(parameter) == pytest.approx(values)


def test_a_large_grid_is_drawn_from_without_repetition():
    points = list(islice(grid_points(sample_space(), seed=0), 300))
    assert len({tuple(point.items()) for point in points}) == 300


def test_the_order_depends_on_the_seed_alone():
    one, same, other = (list(islice(grid_points(sample_space(), seed), 5)) for seed in (0, 0, 1))
    assert one == same
    assert one != other
