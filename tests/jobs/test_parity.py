"""Differences are measured in probabilities, in the spread of the target, or by the size of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from automl.jobs.parity import compared
from automl.tasks.catalog import restore_task

AMOUNT = {"kind": "regression", "names": ["y"], "mean": [1e6], "scale": [100.0], "low": [0], "high": [2e6]}
CLASS = {"kind": "binary", "names": ["sold"], "classes": ["no", "yes"], "shares": [0.5, 0.5]}
PRICE, SOLD = restore_task(AMOUNT), restore_task(CLASS)
P = np.array([[0.2, 0.8], [0.6, 0.4]])


def gap(found, expected, *, task=PRICE, name="target"):
    return compared(task, {name: np.asarray(found)}, {name: np.asarray(expected)}, limit=1e-4)


def test_probabilities_are_compared_as_they_are():
    found = gap(P + np.array([[0.001, 0], [0, 0]]), P, task=SOLD)

    assert found.largest_difference == pytest.approx(0.001)
    assert (found.unit, found.rows, found.holds) == ("probability", 2, False)


def test_amounts_are_compared_by_the_spread_of_the_target_however_little_the_model_varies():
    values = np.array([[1e6], [1e6 + 2e-3]])

    found = gap(values + 1e-3, values)

    assert found.largest_difference == pytest.approx(1e-5, rel=1e-3)
    assert (found.unit, found.holds) == ("standard deviations of the target", True)


def test_other_numbers_are_compared_by_the_largest_of_their_column():
    found = gap([[5.0, 90.0], [5.5, 0.0]], [[5.0, 90.0], [5.0, 9.0]], name="corners")

    assert found.largest_difference == pytest.approx(0.1)
    assert found.unit == "share of the largest value"
    assert gap([[0.0], [0.0]], [[0.0], [0.0]], name="corners").holds


def test_items_of_lists_are_compared_with_the_nearest():
    task = restore_task(
        {"kind": "detection", "names": ["boxes"], "labels": ["cell"], "height": 8, "width": 8}
        | {"typical": [0.5, 0.5]}
    )
    boxes = np.tile([[[0, 0, 4, 4, 0.5, 0], [2, 2, 8, 8, 0.5, 0]]], (200, 1, 1)).astype(np.float32)
    moved = boxes[:, ::-1] + np.float32([0.004, 0, 0, 0, 0, 0])
    odd = moved.copy()
    odd[:3] = 0

    assert gap(moved, boxes, task=task).largest_difference == pytest.approx(0.002, rel=1e-2)
    assert gap(odd, boxes, task=task).largest_difference > 0.1


def test_gaps_and_infinities_are_equal_where_both_have_them():
    assert gap([[np.nan], [np.inf]], [[np.nan], [np.inf]]).holds


@pytest.mark.parametrize("found", [[[np.nan], [1.0]], [[0.0, 1.0], [1.0, 2.0]], [[np.inf], [1.0]]])
def test_what_is_missing_infinite_or_of_another_shape_differs_without_end(found):
    assert gap(found, [[0.0], [1.0]]).largest_difference == float("inf")


def test_of_texts_and_whole_numbers_the_share_that_differs_counts():
    words = gap(np.array([b"yes", b"no"], object), np.array(["yes", "yes"], object), name="label")

    assert (words.largest_difference, words.unit) == (0.5, "share of the values")
    assert gap([1, 2, 3, 4], [1, 2, 3, 5]).largest_difference == 0.25


def test_targets_of_a_joint_task_have_each_its_unit_and_the_worst_is_told():
    task = restore_task(
        {
            "kind": "joint",
            "parts": {"sold": CLASS, "price": AMOUNT},
            "references": {"sold": 0.5, "price": 1},
        }
    )
    expected = {"sold": P, "price": np.array([[1e6], [2e6]])}

    found = compared(task, {"sold": P + 0.1, "price": expected["price"] + 50}, expected, limit=0.2)

    assert (found.output, found.unit) == ("price", "standard deviations of the target")
    assert found.largest_difference == pytest.approx(0.5)
