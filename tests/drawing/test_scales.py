"""Axes hold their values, and their ticks are numbers that people would have chosen."""

from __future__ import annotations

import pytest

from automl.core.figures import Axis
from automl.drawing.scales import aligned_texts, number_text, scale_of, span_text


def texts(axis: Axis, values, most=6):
    return [words for _, words in scale_of(axis, values, 0.0, 100.0).ticks(most)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1], ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        ([2, 3], ["2", "3"]),
        ([1, 4], ["1", "2", "3", "4"]),
        ([0.851, 0.872], ["0.855", "0.860", "0.865", "0.870"]),
        ([0, 2500], ["0", "1,000", "2,000"]),
        ([-3e7, 3e7], ["-2e+07", "0", "2e+07"]),
    ],
)
def test_ticks_are_round(values, expected):
    assert texts(Axis(label="a"), values) == expected


def test_ticks_of_a_logarithmic_axis_are_powers():
    assert texts(Axis(label="a", log=True), [1e-4, 1e-1]) == ["0.0001", "0.001", "0.01", "0.1"]
    assert texts(Axis(label="a", log=True), [1, 10]) == ["1", "2", "5", "10"]


def test_a_logarithmic_axis_with_a_zero_is_a_plain_one():
    assert not scale_of(Axis(label="a", log=True), [0, 1000], 0.0, 1.0).log


@pytest.mark.parametrize("values", [[], [None], [5], [0, 0], [1e-300], [3, 3, None]])
@pytest.mark.parametrize("log", [False, True])
def test_any_values_give_an_axis_with_two_ends(values, log):
    scale = scale_of(Axis(label="a", log=log), values, 0.0, 100.0)

    assert scale.low < scale.high
    assert scale.ticks()
    assert all(scale.holds(value) for value in values if value is not None)


def test_an_axis_may_go_up_and_keep_fixed_ends():
    scale = scale_of(Axis(label="a", low=0.0, high=2.0), [0.5], 100.0, 0.0)

    assert (scale.at(0), scale.at(1), scale.at(2)) == (100, 50, 0)
    assert not scale.holds(2.5)
    assert not scale.holds(None)


def test_categories_stand_at_whole_positions():
    scale = scale_of(Axis(label="a", categories=("x", "y")), [], 0.0, 100.0)

    assert scale.ticks() == [(0.0, "x"), (1.0, "y")]
    assert (scale.at(0), scale.at(1)) == (25, 75)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.873215, "0.8732"),
        (1234, "1,234"),
        (32561, "32,561"),
        (1234.5, "1,234"),
        (12345.6, "12,346"),
        (1.5e9, "1.5e+09"),
        (0.00001234, "1.23e-05"),
        (-2, "-2"),
    ],
)
def test_numbers_are_written_to_be_read(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.9719, 0.927, None], ["0.9719", "0.9270", "–"]),
        ([1, 0.5], ["1.0", "0.5"]),
        ([12345678, 3], ["12,345,678", "3"]),
        ([25285.2, 0.9303], ["25,285", "0.9303"]),
        ([0.003961, 0.25], ["0.003961", "0.2500"]),
        ([1.5e9, 0.25], ["1.5e+09", "0.25"]),
        ([], []),
        ([1.2e-7], ["1.2e-07"]),
        ([1.2e-7, None, 0.0], ["1.2e-07", "–", "0"]),
    ],
)
def test_numbers_of_a_column_have_equally_many_decimals(values, expected):
    assert aligned_texts(values) == expected


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.94812, 0.9929, "0.948 to 0.993"),
        (1, 1, "1 to 1"),
        (1234.5, 1301.2, "1,234 to 1,301"),
        (0.00012, 0.00019, "0.000120 to 0.000190"),
        (2e7, 3e7, "2e+07 to 3e+07"),
    ],
)
def test_an_interval_has_the_decimals_that_its_width_is_worth(low, high, text):
    assert span_text(low, high) == text


def test_no_end_of_an_interval_is_a_negative_zero():
    assert span_text(-0.00001, 0.001) == "0.0000 to 0.0010"
