"""Limits on results: read as users write them, measured as a share of their bound."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError
from automl.tasks.limits import Limit, check_limit, excesses, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("parameters<=1e6", Limit(name="parameters", at_most=True, bound=1e6)),
        (" latency_ms <= 5 ", Limit(name="latency_ms", at_most=True, bound=5.0)),
        ("val_accuracy>=0.9", Limit(name="accuracy", at_most=False, bound=0.9)),
        ("r2>=-.5", Limit(name="r2", at_most=False, bound=-0.5)),
        ("price in $/m2.rmse <= 5", Limit(name="price in $/m2.rmse", at_most=True, bound=5.0)),
    ],
)
def test_limits_are_read(text, limit):
    assert parse_limit(text) == limit


def test_a_target_may_be_called_like_a_metric_of_validation():
    parts = {"val_x": "binary", "y": "regression"}

    assert parse_limit("val_x.accuracy>=0.5", parts).name == "val_x.accuracy"
    assert parse_limit("val_y.rmse<=2", parts).name == "y.rmse"


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
    ("text", "said"),
    [("sold.acuracy>=0.5", "Did you mean 'accuracy'"), ("sold.parameters<=5", "unknown metric")],
)
def test_a_wrong_metric_of_a_target_is_refused(text, said):
    with pytest.raises(ConfigError, match=said):
        parse_limit(text)


@pytest.mark.parametrize("text", ["accuracy>=0.5", "solt.accuracy>=0.5", "price.accuracy>=0.5"])
def test_a_limit_on_what_the_task_never_measures_is_refused(text):
    parts = {"sold": "binary", "price": "regression"}

    with pytest.raises(ConfigError, match=r"does not fit a joint task; it has: skill, sold\.accuracy"):
        check_limit(parse_limit(text), "joint", parts)


@pytest.mark.parametrize("text", ["skill>=0", "sold.accuracy>=0.5", "price.rmse<=5", "parameters<=1e6"])
def test_a_limit_on_a_cost_or_a_metric_of_a_target_fits(text):
    check_limit(parse_limit(text), "joint", {"sold": "binary", "price": "regression"})


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
