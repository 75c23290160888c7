"""Differences are measured in probabilities, or in the spread of what is predicted."""

from __future__ import annotations

import numpy as np
import pytest

from automl.jobs.exporting.parity import compared, latency

P = np.array([[0.2, 0.8], [0.6, 0.4]])


def gap(found, expected, *, share=False):
    shares = frozenset({"y"} if share else ())
    return compared({"y": np.asarray(found)}, {"y": np.asarray(expected)}, shares, limit=1e-4)


def test_probabilities_are_compared_as_they_are():
    found = gap(P + np.array([[0.001, 0], [0, 0]]), P, share=True)

    assert found.largest_difference == pytest.approx(0.001)
    assert (found.unit, found.rows, found.holds) == ("probability", 2, False)


def test_amounts_are_compared_by_their_spread():
    values = np.array([[1e6], [1e6 + 200]])

    found = gap(values + 1, values)

    assert found.largest_difference == pytest.approx(0.01)
    assert found.unit.startswith("standard deviations")


def test_a_constant_is_measured_by_its_size_and_gaps_are_equal():
    assert gap([[5.0], [5.5]], [[5.0], [5.0]]).largest_difference == pytest.approx(0.1)
    assert gap([[0.0], [0.0]], [[0.0], [0.0]]).holds
    assert gap([[np.nan], [np.inf]], [[np.nan], [np.inf]]).holds


@pytest.mark.parametrize("found", [[[np.nan], [1.0]], [[0.0, 1.0], [1.0, 2.0]], [[np.inf], [1.0]]])
def test_what_is_missing_infinite_or_of_another_shape_differs_without_end(found):
    assert gap(found, [[0.0], [1.0]]).largest_difference == float("inf")


def test_of_texts_and_whole_numbers_the_share_that_differs_counts():
    words = gap(np.array([b"yes", b"no"], object), np.array(["yes", "yes"], object))

    assert (words.largest_difference, words.unit) == (0.5, "share of the values")
    assert gap([1, 2, 3, 4], [1, 2, 3, 5]).largest_difference == 0.25


def test_the_worst_output_is_told():
    found = compared({"a": P, "b": P + 1}, {"a": P, "b": P}, frozenset("ab"), limit=0.1)

    assert (found.output, found.largest_difference) == ("b", pytest.approx(1.0))


def test_the_latency_is_that_of_one_row():
    rows = []

    pace = latency(lambda inputs: rows.append(len(inputs["x"])) or {}, {"x": np.zeros(9)})

    assert pace >= 0
    assert set(rows) == {1}
