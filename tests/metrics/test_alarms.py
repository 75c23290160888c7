"""What alarms are worth: by hand, against plain loops, and where rows are tied or of one class."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.mistakes import MistakeCosts
from automl.metrics.alarms import (
    AlarmMetrics,
    cost_curve,
    expected_cost,
    numbers_in,
    precision_at,
    recall_at,
)

HIT = np.array([True, False, True, False, False])
CHANCE = np.array([0.9, 0.8, 0.7, 0.2, 0.1])
COSTS = MistakeCosts(missed=10.0, alarm=1.0)


@pytest.mark.parametrize(("count", "share"), [(1, 1.0), (2, 0.5), (3, 2 / 3), (100, 0.4)])
def test_precision_is_that_of_the_highest_chances(count: int, share: float) -> None:
    assert precision_at(HIT, CHANCE, count) == pytest.approx(share)


def test_tied_rows_share_the_room_that_is_left() -> None:
    assert precision_at(HIT, np.full(5, 0.5), 2) == pytest.approx(0.4)
    assert precision_at(HIT, np.array([0.9, 0.5, 0.5, 0.5, 0.1]), 2) == pytest.approx((1 + 1 / 3) / 2)


@pytest.mark.parametrize(("one_in", "share"), [(1, 1.0), (2, 1.0), (3, 1.0), (4, 0.5)])
def test_recall_is_that_at_so_many_false_alarms(one_in: int, share: float) -> None:
    assert recall_at(HIT, CHANCE, one_in) == share


def test_rows_of_one_class_have_neither() -> None:
    for hit in (np.zeros(5, bool), np.ones(5, bool)):
        assert np.isnan(recall_at(hit, CHANCE, 2))
    assert np.isnan(precision_at(np.zeros(5, bool), CHANCE, 2))


@pytest.mark.parametrize(("threshold", "cost"), [(0.95, 20), (0.75, 11), (0.5, 1), (0.0, 3)])
def test_the_cost_counts_missed_rows_and_false_alarms(threshold: float, cost: float) -> None:
    assert expected_cost(HIT, CHANCE, COSTS, threshold) == pytest.approx(cost / 5)


def test_the_curve_has_the_cost_of_every_threshold_and_the_best_one() -> None:
    random = np.random.default_rng(0)
    hit = random.random(200) < 0.1
    chance = np.round(np.clip(0.3 * hit + random.random(200) * 0.6, 0, 1), 2)

    curve = cost_curve(hit, chance, COSTS)

    each = [expected_cost(hit, chance, COSTS, at) * 200 for at in curve.thresholds]
    np.testing.assert_allclose(curve.costs, each)
    grid = [expected_cost(hit, chance, COSTS, at) * 200 for at in np.linspace(0, 1.01, 1000)]
    assert curve.costs.min() == pytest.approx(min(grid))
    assert expected_cost(hit, chance, COSTS, curve.best) * 200 == pytest.approx(min(grid))


def test_certain_rows_can_stay_without_an_alarm() -> None:
    curve = cost_curve(np.array([False, False]), np.array([1.0, 1.0]), COSTS)

    assert curve.best > 1.0


def test_names_ask_for_numbers() -> None:
    names = ["precision_at_10", "accuracy", "recall_at_1_in_1000", "precision_at_5", "precision_at_0"]

    alerts, one_in = numbers_in(names)

    assert (alerts, one_in) == ((5, 10), (1000,))
    measured = AlarmMetrics(alerts=alerts, one_in=one_in, costs=COSTS)
    assert list(measured.of(HIT, CHANCE)) == measured.names()
    assert measured.names() == ["precision_at_5", "precision_at_10", "recall_at_1_in_1000", "expected_cost"]
