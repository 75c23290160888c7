"""Limits on results: read as users write them, measured as a share of their bound."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError
from automl.tasks.limits import Limit, excesses, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("parameters<=1e6", Limit(name="parameters", at_most=True, bound=1e6)),
        (" latency_ms <= 5 ", Limit(name="latency_ms", at_most=True, bound=5.0)),
        ("val_accuracy>=0.9", Limit(name="accuracy", at_most=False, bound=0.9)),
        ("r2>=-.5", Limit(name="r2", at_most=False, bound=-0.5)),
    ],
)
def test_limits_are_read(text, limit):
    assert parse_limit(text) == limit


@pytest.mark.parametrize("text", ["parameters<=1e6", "latency_ms<=5", "accuracy>=0.9"])
def test_a_limit_is_written_as_it_was_read(text):
    assert parse_limit(str(parse_limit(text))) == parse_limit(text)


@pytest.mark.parametrize("text", ["parameters", "parameters<5", "parameters==5", "<=5", "a<=b"])
def test_another_form_is_refused_with_an_example(text):
    with pytest.raises(ConfigError, match=r"expected NAME<=NUMBER .* 'parameters<=1e6'"):
        parse_limit(text)


@pytest.mark.parametrize("text", ["parameters<=1e", "parameters<=1-2", "parameters<=.", "parameters<=+-1"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ConfigError, match="expected NAME<=NUMBER"):
        parse_limit(text)


def test_an_unknown_metric_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"unknown metric 'parametres'.*Did you mean 'parameters'"):
        parse_limit("parametres<=1e6")


@pytest.mark.parametrize(
    ("text", "value", "excess"),
    [
        ("parameters<=100", 150.0, 0.5),
        ("parameters<=100", 100.0, 0.0),
        ("parameters<=100", 50.0, -0.5),
        ("accuracy>=0.8", 0.6, 0.25),
        ("accuracy>=0.8", 0.9, -0.125),
        ("r2>=-0.5", -1.0, 1.0),
    ],
)
def test_the_excess_is_a_share_of_the_bound(text, value, excess):
    assert parse_limit(text).excess(value) == pytest.approx(excess)


def test_what_was_not_measured_violates_its_limit():
    limits = (parse_limit("parameters<=100"), parse_limit("latency_ms<=5"))

    assert excesses(limits, {"parameters": 50.0}) == (-0.5, 1.0)
    assert excesses((), {"parameters": 50.0}) == ()
