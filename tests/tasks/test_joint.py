"""Joint tasks: a head per target, prefixed metrics, a mean skill."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl.core.errors import ConfigError
from automl.core.targets import TARGET
from automl.metrics.metric import ACCURACY, RMSE
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import TASKS, fit_task, known_classes, restore_task
from automl.tasks.kinds.joint import Joint, skill
from automl.tasks.losses import JoinedLoss
from automl.tasks.objectives import check_objective, parse_objective
from automl.tasks.part_files import write_parts
from automl.testing.networks import entry
from tests.contracts.samples.tasks.joint_of_scenes import SAMPLE as SCENES

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


@pytest.fixture(scope="module")
def of_scenes() -> Joint:
    fitted = fit_task("joint", SCENES.targets, names=SCENES.names, facts=SCENES.facts)
    assert isinstance(fitted, Joint)
    return fitted


def test_what_is_known_of_it_follows_from_its_targets(task: Joint, of_scenes: Joint):
    assert task.declaration is TASKS["joint"]

    own = of_scenes.declaration

    assert own.each_need == (("grid",), ("pixels",))
    assert (own.blend, own.lists) == ("", TASKS["detection"].lists)
    assert own.writes


def test_heads_of_other_needs_stand_on_other_features(of_scenes: Joint):
    features = {("grid",): keras.Input((3, 4, 5)), ("pixels",): keras.Input((6, 8, 7))}
    inputs = entry(SCENES.tensors)
    connected, context = of_scenes.connect(inputs, of_scenes.options())

    heads = of_scenes.head(features, context, of_scenes.options())

    assert connected is inputs
    assert {name: tuple(head.shape[1:]) for name, head in heads.items()} == {
        "boxes.heat": (3, 4, 2),
        "boxes.sides": (3, 4, 4),
        "boxes.frame": (2,),
        "mask": (6, 8, 3),
    }


def test_the_balance_weighs_boxes_against_masks(of_scenes: Joint):
    loss = of_scenes.loss(of_scenes.options(balance=0.2, giou_weight=3.0, dice_share=0.3))

    assert isinstance(loss, JoinedLoss)
    assert loss.weights == pytest.approx((0.4, 1.6))
    assert (loss.losses["boxes"].giou_weight, loss.losses["mask"].dice_share) == (3.0, 0.3)


def test_answers_come_in_the_size_of_the_files(of_scenes: Joint):
    chances = np.zeros((1, 6, 8, 3), np.float32)
    chances[..., 1] = 1.0
    found = np.array([[[4, 4, 32, 24, 0.9, 1]]], np.float32)
    keys = {"height": np.array([96]), "width": np.array([128])}

    placed = of_scenes.placed({"boxes": found, "mask": chances}, keys)
    columns = of_scenes.decode_for(placed, keys)

    (box,) = json.loads(columns["boxes"][0])
    assert [box[side] for side in ("label", "x1", "y1", "x2", "y2")] == ["dog", 8, 8, 64, 48]
    assert columns["mask"][0].shape == (96, 128)
    assert (columns["mask"][0] == 7).all()
    assert columns["mask_share_7"].tolist() == [1.0]


def test_masks_beside_boxes_become_files(of_scenes: Joint, tmp_path: Path):
    masks = np.empty(1, object)
    masks[0] = np.full((4, 6), 7, np.uint8)
    table = pd.DataFrame({"file": ["a.jpg"], "boxes": ["[]"], "mask": masks})

    written = write_parts(table, tmp_path, of_scenes.describe())

    assert written.iloc[0].tolist() == ["a.jpg", "[]", "a.png"]
    assert (np.asarray(Image.open(tmp_path / "a.png")) == 7).all()
