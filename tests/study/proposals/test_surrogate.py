"""The Gaussian process: it learns an order, its fit follows its gradient, and it believes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.stats import spearmanr

from automl.study.proposals.surrogate import _differences, _loss, expected_improvement, fit

NUMBERS = np.zeros(3, bool)


def smooth(points):
    """A bowl whose third axis does not matter."""
    return (points[:, 0] - 0.3) ** 2 + 2 * (points[:, 1] - 0.7) ** 2


def standard(values):
    return (values - values.mean()) / values.std()


def learned(count=30, seed=0):
    points = np.random.default_rng(seed).random((count, 3))
    return fit(points, NUMBERS, standard(smooth(points)))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_a_smooth_function_is_learned(seed):
    others = np.random.default_rng(seed + 100).random((200, 3))

    mean, _ = learned(seed=seed).predict(others)

    assert spearmanr(mean, smooth(others)).statistic > 0.95


def test_where_nothing_was_seen_it_is_less_sure():
    points = np.random.default_rng(0).random((30, 3)) * 0.4
    process = fit(points, NUMBERS, standard(smooth(points)))

    _, (near, far) = process.predict(np.array([[0.2, 0.2, 0.2], [1.0, 1.0, 1.0]]))

    assert far > 2 * near


def test_of_names_only_equality_counts():
    names = np.arange(24.0).reshape(-1, 1) % 3
    values = standard(np.where(names[:, 0] == 1, -1.0, np.where(names[:, 0] == 0, 1.0, 0.9)))

    mean, _ = fit(names, np.ones(1, bool), values).predict(np.array([[0.0], [1.0], [2.0]]))

    assert mean[1] < mean[2]
    assert abs(mean[2] - mean[0]) < 0.5 * (mean[0] - mean[1])


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_loss(seed):
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.random((12, 2)), rng.integers(0, 3, 12)])
    apart = _differences(points, np.array([False, False, True]))
    values, theta, noise = rng.normal(size=12), rng.normal(size=5) * 0.5, rng.uniform(1, 9, size=12)

    def loss(part):
        return lambda at: _loss(at, apart, values, noise)[part]

    wrong = check_grad(loss(0), loss(1), theta)

    assert wrong < 1e-4


def test_believing_lowers_the_improvement_beside_points_in_training():
    process = learned(12)
    point = np.array([[0.9, 0.1, 0.5]])

    before = expected_improvement(*process.predict(point), best=-1.0)
    after = expected_improvement(*process.believing(point).predict(point), best=-1.0)

    assert after < 0.5 * before


def test_believing_changes_no_mean():
    process = learned(12)
    point = np.array([[0.9, 0.1, 0.5]])

    assert process.believing(point).predict(point)[0] == pytest.approx(process.predict(point)[0], abs=0.2)


def test_improvement_is_expected_where_it_is_low_or_unsure():
    means, deviations = np.array([0.0, -1.0, 0.0]), np.array([0.1, 0.1, 1.0])

    sure, low, unsure = expected_improvement(means, deviations, best=0.0)

    assert low == pytest.approx(1.0, abs=1e-3)
    assert sure < unsure < low
    assert expected_improvement(np.array([9.0]), np.array([0.1]), best=0.0) == pytest.approx(0.0, abs=1e-9)


def test_equal_points_of_equal_values_are_fitted():
    mean, deviation = fit(np.zeros((5, 3)), NUMBERS, np.zeros(5)).predict(np.zeros((1, 3)))

    assert mean == pytest.approx([0.0])
    assert np.isfinite(deviation).all()
