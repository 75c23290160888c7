"""Joint tasks: a head per target, prefixed metrics, a mean skill."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import TARGET
from automl.metrics.metric import ACCURACY, RMSE
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task, known_classes, restore_task
from automl.tasks.kinds.joint import Joint, skill
from automl.tasks.losses import JoinedLoss
from automl.tasks.objectives import check_objective, parse_objective

PARTS = {"sold": "binary", "price": "regression", "mark": "multiclass"}
TARGETS = {
    "sold": np.array(["no", "yes", "no", "no"] * 5, object),
    "price": np.arange(20.0)[:, None],
    "mark": np.array(["a", "b", "c", "a"] * 5, object),
}


@pytest.fixture(scope="module")
def task() -> Joint:
    fitted = fit_task("joint", TARGETS, names=tuple(PARTS), facts={"parts": PARTS})
    assert isinstance(fitted, Joint)
    return fitted


def test_each_target_has_its_own_head_though_their_layers_share_names(task: Joint):
    features = keras.Input((3,))

    heads = task.head(features, None, task.options())

    assert {name: tuple(head.shape) for name, head in heads.items()} == {
        "sold": (None, 2),
        "price": (None, 1),
        "mark": (None, 3),
    }
    keras.Model(features, task.finish(heads))


def test_metrics_stand_behind_their_target(task: Joint):
    encoded = task.encode(TARGETS)
    (guess,) = task.baselines(encoded, encoded, {}).values()

    scores = score_at_once(task.scorer(), encoded, guess)

    assert scores["sold.accuracy"] == 0.75
    assert scores["price.rmse"] == pytest.approx(TARGETS["price"].std())
    assert scores["skill"] == pytest.approx(0)


def test_a_perfect_model_has_a_skill_of_1(task: Joint):
    encoded = task.encode(TARGETS)
    perfect = {**encoded, "price": TARGETS["price"]}

    assert score_at_once(task.scorer(), encoded, perfect)["skill"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("metric", "value", "reference", "expected"),
    [(ACCURACY, 0.9, 0.8, 0.5), (RMSE, 3.0, 4.0, 0.25), (RMSE, 8.0, 4.0, -1.0), (ACCURACY, 1.0, 1.0, 1.0)],
)
def test_skill_is_the_share_of_the_way_to_perfection(metric, value, reference, expected):
    assert skill(metric, value, reference) == pytest.approx(expected)


def test_the_balance_weighs_the_first_target_against_the_others(task: Joint):
    loss = task.loss(task.options(balance=0.5))

    assert isinstance(loss, JoinedLoss)
    assert loss.weights == (1.5, 0.75, 0.75)
    with pytest.raises(ConfigError, match="between 0 and 1"):
        task.options(balance=1.0)


def test_answers_are_columns_of_the_targets(task: Joint):
    predictions = {
        "sold": np.array([[0.3, 0.7]]),
        "price": np.array([[4.5]]),
        "mark": np.array([[0.1, 0.2, 0.7]]),
    }

    columns = task.decode(predictions)

    assert list(columns) == [
        *("sold", "sold_probability_no", "sold_probability_yes", "price"),
        *("mark", "mark_probability_a", "mark_probability_b", "mark_probability_c"),
    ]
    assert [columns[name][0] for name in PARTS] == ["yes", 4.5, "c"]


def test_it_comes_back_from_its_description(task: Joint):
    again = restore_task(task.describe())

    assert again.describe() == task.describe()
    assert known_classes(again.describe()) == {"sold": ["no", "yes"], "mark": ["a", "b", "c"]}
    assert known_classes({"kind": "binary", "classes": ["n", "y"]}) == {TARGET: ["n", "y"]}


@pytest.mark.parametrize("name", ["skill", "sold.accuracy", "price.rmse", "parameters"])
def test_its_metrics_can_be_asked_for(name: str):
    check_objective(parse_objective(name), "joint", PARTS)


@pytest.mark.parametrize("name", ["accuracy", "price.accuracy", "cost.rmse"])
def test_a_metric_of_no_target_names_the_choices(name: str):
    with pytest.raises(ConfigError, match=r"it has: skill, sold\.accuracy"):
        check_objective(parse_objective(name), "joint", PARTS)
