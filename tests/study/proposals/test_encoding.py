"""Parameters as points: there and back, and what is drawn exists."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from automl.study.proposals.encoding import Encoding

SPACE = {
    "rate": FloatDistribution(1e-5, 1e-1, log=True),
    "dropout": FloatDistribution(0.0, 0.5, step=0.1),
    "momentum": FloatDistribution(-1.0, 1.0),
    "width": IntDistribution(16, 256, log=True),
    "depth": IntDistribution(1, 4),
    "heads": IntDistribution(2, 16, step=2),
    "batch": CategoricalDistribution((16, 32, 128)),
    "optimizer": CategoricalDistribution(("adamw", None, "sgd", True)),
}
ENCODING = Encoding(SPACE)
CONFIGURATIONS = st.fixed_dictionaries(
    {
        "rate": st.floats(1e-5, 1e-1),
        "dropout": st.integers(0, 5).map(lambda step: step * 0.1),
        "momentum": st.floats(-1.0, 1.0),
        "width": st.integers(16, 256),
        "depth": st.integers(1, 4),
        "heads": st.integers(1, 8).map(lambda half: 2 * half),
        "batch": st.sampled_from((16, 32, 128)),
        "optimizer": st.sampled_from(("adamw", None, "sgd", True)),
    }
)


def same(one, other):
    return all(
        math.isclose(value, other[name], rel_tol=1e-9, abs_tol=1e-9)
        if isinstance(value, float)
        else value is other[name] or value == other[name]
        for name, value in one.items()
    )


@given(configuration=CONFIGURATIONS)
def test_a_configuration_comes_back_from_its_point(configuration):
    (point,) = ENCODING.encode([configuration])

    decoded = ENCODING.decode(point)

    assert same(configuration, decoded)
    assert {name: type(value) for name, value in decoded.items()} == {
        name: type(value) for name, value in configuration.items()
    }


@given(seed=st.integers(0, 1000))
def test_drawn_points_are_configurations_of_the_distributions(seed):
    points = ENCODING.sample(np.random.default_rng(seed), 5)

    for point in points:
        for name, value in ENCODING.decode(point).items():
            assert SPACE[name]._contains(SPACE[name].to_internal_repr(value))


@given(seed=st.integers(0, 1000))
def test_snapped_points_lie_where_their_configurations_do(seed):
    rng = np.random.default_rng(seed)
    exact = Encoding({name: SPACE[name] for name in ("dropout", "depth", "heads", "batch", "optimizer")})

    points = exact.snapped(exact.fresh(rng, (5, 5)))

    assert exact.encode([exact.decode(point) for point in points]) == pytest.approx(points)


def test_choices_among_numbers_in_order_are_an_axis_and_others_are_names():
    assert list(ENCODING.nominal) == [False] * 7 + [True]
    assert Encoding({"size": CategoricalDistribution((3, 1, 2))}).nominal.all()


def test_numbers_lie_between_0_and_1_in_the_logarithm_if_they_are_log():
    encoding = Encoding({"rate": SPACE["rate"], "depth": SPACE["depth"]})

    points = encoding.encode([{"rate": 1e-5, "depth": 1}, {"rate": 1e-3, "depth": 4}])

    assert points == pytest.approx(np.array([[0.0, 0.0], [0.5, 1.0]]))


@pytest.mark.parametrize("configuration", [{}, {"batch": 64, "optimizer": "lion"}])
def test_what_is_absent_is_in_the_middle_or_a_name_of_its_own(configuration):
    (point,) = ENCODING.encode([configuration])

    assert list(point) == [0.5] * 7 + [-1.0]


def test_values_beyond_a_narrowed_range_count_as_its_end():
    points = Encoding({"depth": SPACE["depth"]}).encode([{"depth": 9}, {"depth": 0}])

    assert points.ravel() == pytest.approx([1.0, 0.0])


def test_draws_cover_every_value_evenly():
    points = ENCODING.sample(np.random.default_rng(0), 4000)
    drawn = [ENCODING.decode(point)["optimizer"] for point in points]

    assert [drawn.count(value) / 4000 for value in ("adamw", None, "sgd", True)] == pytest.approx(
        [0.25] * 4, abs=0.03
    )
