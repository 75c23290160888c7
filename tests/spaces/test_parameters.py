from __future__ import annotations

import random

import pytest

from automl.core.errors import SpaceError
from automl.spaces.conditions import OneOf
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, fitted, limited, ranged

WIDTH = Integer(name="width", low=16, high=64, step=16, default=32)
RATE = Float(name="rate", low=1e-4, high=1e-1, log=True, default=1e-3)
STEPPED = Float(name="dropout", low=0.0, high=0.5, step=0.1, default=0.3)
NORM = Choice(name="norm", values=("batch", None, 2), default=None)


@pytest.mark.parametrize(
    ("parameter", "inside", "outside"),
    [
        (WIDTH, [16, 32, 64], [17, 80, 16.0, "16", True]),
        (RATE, [1e-4, 0.05, 1e-1], [0, 0.2, "0.05", None]),
        (STEPPED, [0, 0.1 + 0.2, 0.5], [0.05, 0.6]),
        (NORM, ["batch", None, 2], ["layer", True, ""]),
        (Boolean(name="bias", default=True), [True, False], [1, 0, "true"]),
        (Constant(name="activation", value=1), [1, 1.0], [True, 2]),
    ],
)
def test_contains_tells_fitting_values_from_others(parameter, inside, outside):
    assert [parameter.contains(value) for value in inside] == [True] * len(inside)
    assert [parameter.contains(value) for value in outside] == [False] * len(outside)


def test_a_logarithmic_range_draws_each_decade_equally_often():
    rng = random.Random(0)
    draws = [RATE.sample(rng) for _ in range(3000)]
    assert 900 < sum(draw < 1e-3 for draw in draws) < 1100


def test_a_logarithmic_integer_range_reaches_both_ends():
    drawn = {
        Integer(name="n", low=1, high=4, log=True, default=1).sample(random.Random(i)) for i in range(60)
    }
    assert drawn == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Integer(name="n", low=9, high=3, default=3), "reversed"),
        (lambda: Float(name="x", low=0.0, high=1.0, log=True, default=0.5), "'low' above 0"),
        (lambda: Float(name="x", low=0.1, high=1.0, log=True, step=0.1, default=0.5), "cannot be combined"),
        (lambda: Float(name="x", low=0.0, high=0.5, step=0.2, default=0.2), "cannot be reached"),
        (lambda: Integer(name="n", low=1, high=3, default=5), "'default' 5 lies outside 1 to 3"),
        (lambda: Float(name="x", low=0.0, high=float("inf"), default=0.5), "finite"),
        (lambda: Choice(name="c", values=(1, True), default=1), "twice"),
        (lambda: Choice(name="c", values=(), default=1), "empty"),
        (lambda: Choice(name="c", values=("a",), default="b"), "not among the values"),
        (lambda: Boolean(name="two words", default=True), "not a valid parameter name"),
        (lambda: Boolean(name="b", default=True, tasks=("multiclas",)), "Did you mean 'multiclass'"),
        (lambda: OneOf(parent="p", values=()), "could never hold"),
    ],
)
def test_a_record_refuses_what_makes_no_sense(make, message):
    with pytest.raises(SpaceError, match=message):
        make()


def test_a_wish_outside_the_range_is_granted_when_its_type_fits():
    assert fitted(WIDTH, 1024) == 1024
    assert fitted(WIDTH, 1e3) == 1000
    assert fitted(NORM, "layer") == "layer"


@pytest.mark.parametrize(("parameter", "wish"), [(WIDTH, 1.5), (WIDTH, "wide"), (RATE, True), (RATE, None)])
def test_a_wish_of_another_type_is_refused(parameter, wish):
    with pytest.raises(SpaceError, match=f"parameter '{parameter.name}' takes"):
        fitted(parameter, wish)


def test_limited_to_a_few_values_keeps_the_default_or_takes_the_nearest():
    assert limited(WIDTH, (16, 32)).default == 32
    assert limited(WIDTH, (48, 512)).default == 48
    assert limited(WIDTH, (48,)) == Constant(name="width", value=48)
    assert limited(NORM, ("batch", None)).default is None


def test_ranged_moves_the_default_into_the_new_range():
    assert ranged(RATE, 1e-2, 1e-1).default == 1e-2
    assert ranged(WIDTH, 48, 96) == Integer(name="width", low=48, high=96, step=16, default=48)
    assert limited(WIDTH, (16, 32)).contains(ranged(limited(WIDTH, (16, 32, 64)), 10, 40).default)
    with pytest.raises(SpaceError, match="'norm' is a choice and has no range"):
        ranged(NORM, 0, 1)
