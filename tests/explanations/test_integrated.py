"""Integrated gradients of functions whose integrals are known."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from automl.explanations.integrated import TOLERANCE, integrate

X = np.array([[1.0, 2.0], [0.5, -1.0]], np.float32)
ZERO = np.zeros_like(X)
COUNTER = np.array([[3.0], [4.0]], np.float32)


def run(answer, tensors=(X,), baselines=(ZERO,), varied=(True,), ended=lambda: False):
    return integrate(answer, tensors, baselines, varied, spread=1.0, ended=ended)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda t, rows: t[0][:, 0] * 3 + t[0][:, 1], [[3, 2], [1.5, -1]]),
        (lambda t, rows: t[0][:, 0] * t[0][:, 1], [[1, 1], [-0.25, -0.25]]),
        (lambda t, rows: ops.square(t[0][:, 0]), [[1, 0], [0.25, 0]]),
        (lambda t, rows: ops.relu(t[0][:, 1] - 1.0), [[0, 1], [0, 0]]),
    ],
    ids=["line", "product", "square", "bend"],
)
def test_attributions_are_the_integrals(answer, expected):
    found = run(answer)

    np.testing.assert_allclose(found.parts[0], expected, atol=0.02)
    np.testing.assert_allclose(found.parts[0].sum(axis=1), found.scores - found.starts, atol=0.02)
    assert (found.gaps <= TOLERANCE).all()


@pytest.mark.parametrize(("steep", "most"), [(400.0, 128), (20_000.0, 1024)])
def test_a_steep_place_gets_more_points_until_they_add_up(steep, most):
    found = run(lambda t, rows: ops.sigmoid(steep * (t[0][:, 0] - 0.31)))

    assert 32 < found.points <= most
    assert (found.gaps <= TOLERANCE).all()


def test_what_stays_as_it_is_gets_nothing_and_may_be_missing():
    values = np.array([[1.0, np.nan], [2.0, 3.0]], np.float32)

    found = run(
        lambda t, rows: ops.where(ops.isnan(t[0]), 0.0, t[0])[:, 0] * t[1][:, 0],
        (values, COUNTER),
        (ZERO, COUNTER),
        (True, False),
    )

    np.testing.assert_allclose(found.parts[0], [[3, 0], [8, 0]], atol=1e-4)
    assert not found.parts[1].any()


def test_each_row_is_told_which_example_it_belongs_to():
    factors = np.array([1.0, 10.0], np.float32)

    found = run(lambda t, rows: t[0][:, 0] * ops.take(factors, rows, axis=0))

    np.testing.assert_allclose(found.parts[0][:, 0], [1.0, 5.0], atol=1e-5)


def test_when_the_time_is_over_the_gap_is_told():
    found = run(lambda t, rows: ops.sigmoid(4000.0 * (t[0][:, 0] - 0.31)), ended=lambda: True)

    assert found.points == 32
    assert found.gaps.max() > TOLERANCE
