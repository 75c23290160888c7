"""Targets of which one class is rare: what is measured by default, and which class it is about."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from automl.core.mistakes import MistakeCosts
from automl.core.targets import named
from automl.metrics.scorer import score_at_once
from automl.spaces.loading import load_space
from automl.tasks.catalog import fit_task, restore_task
from automl.tasks.imbalance import (
    MANY,
    MANY_COMMON,
    MINORITY,
    RARE,
    RARE_CLASS,
    positive_class,
    told_costs,
    traits_of,
    usual_metric,
)
from automl.tasks.objectives import usual_objective


def labels(rare: int, total: int = 100, names: tuple[str, str] = ("well", "sick")) -> dict[str, np.ndarray]:
    return named(np.array([names[1]] * rare + [names[0]] * (total - rare), dtype=object))


def test_average_precision_is_measured_where_a_class_is_rare_and_the_user_is_told() -> None:
    (objective,), (note,) = usual_objective("binary", labels(5))

    assert (objective.name, objective.direction) == ("pr_auc", "maximize")
    assert "5.0% of the rows are 'sick'" in note
    assert "--metric" in note


@pytest.mark.parametrize("rare", [10, 50, 95 - 45])
def test_accuracy_stays_where_both_are_frequent(rare: int) -> None:
    assert usual_metric(labels(rare)) is None
    assert usual_objective("binary", labels(rare))[0][0].name == "accuracy"


def test_a_rare_class_among_many_changes_nothing() -> None:
    several = named(np.array(["a"] * 60 + ["b"] * 38 + ["c"] * 2, dtype=object))

    assert usual_objective("multiclass", several)[0][0].name == "accuracy"


def test_without_targets_the_first_metric_is_taken() -> None:
    assert usual_objective("binary", None)[0][0].name == "accuracy"


@pytest.mark.parametrize(
    ("shares", "positive"), [((0.05, 0.95), 0), ((0.95, 0.05), 1), ((0.5, 0.5), 1), ((0.3, 0.7), 1)]
)
def test_the_rare_class_is_the_positive_one(shares: tuple[float, float], positive: int) -> None:
    assert positive_class(shares) == positive
    assert RARE < MINORITY


@pytest.mark.parametrize("names", [("good", "bad"), ("alive", "dead")], ids=["first", "second"])
def test_average_precision_is_that_of_the_rare_class(names: tuple[str, str]) -> None:
    raw, random = labels(8, names=names), np.random.default_rng(0)
    task = restore_task(fit_task("binary", raw, names=("y",), facts={}).describe())
    rare = raw["target"] == names[1]
    chance = random.random(100) * 0.5 + 0.3 * rare
    columns = [chance if name == names[1] else 1 - chance for name in sorted(names)]

    scores = score_at_once(task.scorer(), task.encode(raw), named(np.stack(columns, axis=1)))

    assert scores["pr_auc"] == pytest.approx(average_precision_score(rare, chance))


@pytest.mark.parametrize(("rare", "traits"), [(5, (RARE_CLASS,)), (30, ())])
def test_losses_for_a_rare_class_are_searched_where_there_is_one(
    rare: int, traits: tuple[str, ...]
) -> None:
    assert traits_of(labels(rare)) == traits
    space = load_space("tabular/linear", task="binary").for_kinds({"numeric", *traits})
    assert ("rare_loss" in {item.name for item in space.parameters}) is bool(traits)


@pytest.mark.parametrize(("total", "fits"), [(MANY, True), (MANY - 1, False)])
def test_rows_of_a_common_class_are_left_out_where_there_are_many(total: int, fits: bool) -> None:
    assert (MANY_COMMON in traits_of(labels(100, total))) is fits


@pytest.mark.parametrize(("names", "looked_for"), [(("9", "10"), "10"), (("a", "b"), "b")])
def test_costs_name_the_class_that_is_looked_for(names: tuple[str, str], looked_for: str) -> None:
    told = told_costs(labels(50, names=names), MistakeCosts(missed=3.0, alarm=1.0))

    assert f"row of {looked_for!r} that is missed costs 3" in told
    assert "from 0.25 on" in told
