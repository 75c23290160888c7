"""Thresholds of groups: differences within the bound, at the least cost, and what cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.mistakes import MistakeCosts
from automl.metrics.fairness import count_groups, differences_between
from automl.tasks.fairness.thresholds import Rows, choose, decide_by_group

ODDS, PARITY = "equalized_odds_difference", "demographic_parity_difference"


def rows(count: int = 6000, seed: int = 0) -> Rows:
    """Two groups with true probabilities, of which one has far fewer rows of the class."""
    random = np.random.default_rng(seed)
    groups = random.choice(["f", "m"], count)
    level = np.where(groups == "f", -2.0, 0.0) + 1.8 * random.normal(size=count)
    chance = 1 / (1 + np.exp(-level))
    return Rows(groups=groups.astype(object), hit=random.random(count) < chance, chance=chance)


def differences(some: Rows, answer: np.ndarray) -> dict[str, float]:
    return differences_between(count_groups(some.groups, some.hit, answer))


@pytest.mark.parametrize("metric", [ODDS, PARITY])
def test_new_rows_keep_the_bound(metric: str) -> None:
    found, new = choose(rows(), metric, 0.05, usual=0.5, costs=None), rows(seed=1)

    assert differences(new, new.chance >= 0.5)[metric] > 0.12
    assert differences(new, new.answered(found, 0.5))[metric] <= 0.06


def test_what_it_is_worth_is_told_by_cross_validation() -> None:
    decision = decide_by_group(rows(), ODDS, 0.05, usual=0.5, costs=None, seed=0)

    assert decision.after is not None
    assert decision.before is not None
    assert decision.after < 0.06 < decision.before
    assert decision.accuracy_after > 0.96 * decision.accuracy_before
    assert "Each group has a threshold of its own (f " in decision.told()


def test_a_wide_bound_costs_nothing() -> None:
    found = choose(rows(), PARITY, 0.9, usual=0.5, costs=None)

    assert list(found.values()) == pytest.approx([0.5, 0.5], abs=0.1)


def test_costs_decide_where_thresholds_lie() -> None:
    dear = choose(rows(), ODDS, 0.1, usual=0.5, costs=MistakeCosts(missed=10, alarm=1))
    plain = choose(rows(), ODDS, 0.1, usual=0.5, costs=None)

    assert max(dear.values()) < min(plain.values())


def test_a_group_without_the_class_keeps_the_usual_threshold() -> None:
    some = rows()
    groups = some.groups.copy()
    groups[np.flatnonzero(~some.hit)[:100]] = "none"
    part = Rows(groups=groups, hit=some.hit, chance=some.chance)

    found = choose(part, ODDS, 0.05, usual=0.4, costs=None)

    assert found.keys() == {"f", "m"}
    own = groups == "none"
    assert part.answered(found, 0.4)[own].tolist() == (some.chance >= 0.4)[own].tolist()


def test_thresholds_that_bring_groups_no_closer_are_not_used() -> None:
    random = np.random.default_rng(0)
    hit = random.random(300) < 0.3
    chance = np.where(hit, 0.99, 0.01)  # nothing is wrong with them
    some = Rows(groups=random.choice(["f", "m"], 300).astype(object), hit=hit, chance=chance)

    decision = decide_by_group(some, ODDS, 0.05, usual=0.5, costs=None, seed=0)

    assert not decision.thresholds
    assert decision.told().startswith("Warning: no thresholds of groups bring")


def test_groups_with_few_rows_of_a_class_are_left_out_and_told() -> None:
    some = rows()
    groups = some.groups.copy()
    groups[np.flatnonzero(some.hit)[:20]] = "few"
    groups[np.flatnonzero(~some.hit)[:200]] = "few"
    part = Rows(groups=groups, hit=some.hit, chance=some.chance)

    decision = decide_by_group(part, ODDS, 0.05, usual=0.5, costs=None, seed=0)

    assert decision.thresholds.keys() == {"f", "m"}
    assert decision.told().endswith("Too few held-out rows for thresholds of their own: few.")


def test_one_group_has_nothing_to_be_compared_with() -> None:
    some = rows()
    alone = Rows(groups=np.full(len(some.hit), "f", object), hit=some.hit, chance=some.chance)

    decision = decide_by_group(alone, ODDS, 0.05, usual=0.5, costs=None, seed=0)

    assert not decision.thresholds
    assert "no group gets a threshold of its own" in decision.told()
