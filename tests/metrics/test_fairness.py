"""Rates and differences of groups: by hand, and where they are undefined."""

from __future__ import annotations

import numpy as np
import pytest

from automl.metrics.fairness import count_groups, differences_between, differences_of, rates_of

GROUPS = np.array(["f"] * 4 + ["m"] * 6)
TRUTH = np.array([1, 1, 0, 0, 1, 1, 1, 0, 0, 0], bool)
ANSWER = np.array([1, 0, 0, 0, 1, 1, 0, 1, 0, 0], bool)


def test_rates_are_those_counted_by_hand():
    counts = count_groups(GROUPS, TRUTH, ANSWER)

    rates = rates_of(np.stack([counts["f"], counts["m"]]))

    assert rates["selection_rate"] == pytest.approx([1 / 4, 3 / 6])
    assert rates["true_positive_rate"] == pytest.approx([1 / 2, 2 / 3])
    assert rates["false_positive_rate"] == pytest.approx([0, 1 / 3])
    assert rates["accuracy"] == pytest.approx([3 / 4, 4 / 6])


def test_the_difference_of_equalized_odds_is_the_larger_of_two():
    found = differences_between(count_groups(GROUPS, TRUTH, ANSWER))

    assert found["demographic_parity_difference"] == pytest.approx(1 / 4)
    assert found["equalized_odds_difference"] == pytest.approx(1 / 3)


def test_a_group_without_positives_is_undefined_and_not_0():
    truth = TRUTH & (GROUPS == "m")
    counts = count_groups(GROUPS, truth, ANSWER)

    rates = rates_of(np.stack([counts["f"], counts["m"]]))

    assert np.isnan(rates["true_positive_rate"][0])
    assert np.isnan(differences_between(counts)["equalized_odds_difference"])
    assert np.isfinite(differences_between(counts)["demographic_parity_difference"])


def test_groups_where_a_rate_is_defined_are_compared_all_the_same():
    groups = np.append(GROUPS, ["x", "x"])
    counts = count_groups(groups, np.append(TRUTH, [False] * 2), np.append(ANSWER, [False] * 2))

    assert differences_between(counts)["equalized_odds_difference"] == pytest.approx(1 / 3)


def test_many_draws_are_counted_at_once():
    counts = np.stack(list(count_groups(GROUPS, TRUTH, ANSWER).values()))

    many = differences_of(np.stack([counts, counts]))

    assert many["equalized_odds_difference"] == pytest.approx([1 / 3, 1 / 3])


def test_fairlearn_says_the_same():
    fairlearn = pytest.importorskip("fairlearn.metrics")

    found = differences_between(count_groups(GROUPS, TRUTH, ANSWER))

    for name, value in found.items():
        assert value == pytest.approx(getattr(fairlearn, name)(TRUTH, ANSWER, sensitive_features=GROUPS))
