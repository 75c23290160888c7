"""Thresholds by cost: by the costs alone where probabilities are true, from rows where they are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl.core.mistakes import Asked, MistakeCosts
from automl.core.targets import named
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task, restore_task
from automl.tasks.deciding import decide

COSTS = MistakeCosts(missed=20.0, alarm=1.0)


def rows(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose chances are true."""
    random = np.random.default_rng(0)
    chance = random.beta(0.3, 6.0, count)
    return random.random(count) < chance, chance


def task_of(hit: np.ndarray, asked: Asked) -> Any:
    labels = named(np.where(hit, "sick", "well").astype(object))
    return fit_task("binary", labels, names=("y",), facts={"asked": asked})


def test_true_probabilities_keep_the_threshold_of_the_costs() -> None:
    hit, chance = rows()

    decision = decide(hit, chance, COSTS, seed=0)

    assert not decision.fitted
    assert decision.threshold == pytest.approx(1 / 21)
    assert decision.cost < decision.usual
    assert decision.silent == pytest.approx(20 * hit.mean())


def test_wrong_probabilities_get_a_threshold_from_rows() -> None:
    hit, chance = rows()
    wrong = chance**0.25  # four of five rows above a half

    decision = decide(hit, wrong, COSTS, seed=0)

    assert decision.fitted
    assert decision.threshold == pytest.approx((1 / 21) ** 0.25, abs=0.1)
    assert decision.cost == pytest.approx(decide(hit, chance, COSTS, seed=0).cost, rel=0.1)


@pytest.mark.parametrize("hits", [0, 1])
def test_too_few_cases_leave_the_costs_alone(hits: int) -> None:
    hit = np.arange(50) < hits

    decision = decide(hit, np.linspace(0, 1, 50), COSTS, seed=0)

    assert not decision.fitted


def test_a_decided_task_answers_scores_and_keeps_by_its_threshold() -> None:
    hit, chance = rows(400)
    task = task_of(hit, Asked(costs=COSTS))
    encoded = {"target": np.stack([hit, ~hit], axis=1).astype(np.float32)}
    predictions = named(np.stack([chance, 1 - chance], axis=1))

    decided, decision = task.decided(encoded, predictions, 0)
    again = restore_task(decided.describe())

    answers = again.decode(predictions)["prediction"]
    alarm = chance >= decision.threshold
    assert list(answers == "sick") == list(alarm)
    scores = score_at_once(again.scorer(), encoded, predictions)
    assert scores["accuracy"] == pytest.approx((alarm == hit).mean())
    assert scores["expected_cost"] == pytest.approx((20 * (hit & ~alarm) + (alarm & ~hit)).mean())


def test_without_costs_nothing_is_decided_and_nothing_more_is_kept() -> None:
    hit, _ = rows(400)
    task = task_of(hit, Asked())

    assert task.decided({}, {}, 0) is None
    assert set(task.describe()) == {"kind", "names", "classes", "shares"}


@pytest.mark.parametrize(("share", "usual"), [(0.05, True), (0.5, False)])
def test_alarms_are_measured_where_a_class_is_rare_or_they_are_asked_for(share: float, usual: bool) -> None:
    hit = np.arange(400) < 400 * share
    encoded = {"target": np.stack([hit, ~hit], axis=1).astype(np.float32)}
    predictions = named(np.tile(np.float32([0.3, 0.7]), (400, 1)))

    plain = score_at_once(task_of(hit, Asked()).scorer(), encoded, predictions)
    asked = score_at_once(task_of(hit, Asked(metrics=("precision_at_7",))).scorer(), encoded, predictions)

    assert ("precision_at_100" in plain) is usual
    assert asked.keys() - plain.keys() == {"precision_at_7"}
