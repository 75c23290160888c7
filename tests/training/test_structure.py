"""Which candidates share a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import pytest
from keras import layers

from automl.tasks.losses import JoinedLoss
from automl.training.batches.transforms.mixup import Mixup
from automl.training.batches.transforms.transform import Kinds
from automl.training.engine import Candidate, TrainingOptions
from automl.training.structure import structure_of


def joined(smoothing: float = 0.1, **weights: float) -> JoinedLoss:
    """The same loss for each of the names, or for a single target."""
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    return JoinedLoss(dict.fromkeys(weights or ("target",), loss), weights)


def candidate(width: int = 8, rate: float = 0.1, smoothing: float = 0.1, **options: Any) -> Candidate:
    inputs = keras.Input((4,), name="numeric")
    hidden = layers.Dropout(rate)(layers.Dense(width, kernel_initializer="he_normal")(inputs))
    return Candidate(
        model=keras.Model({"numeric": inputs}, {"target": layers.Dense(2)(hidden)}),
        loss=joined(smoothing),
        options=TrainingOptions(**{"weight_decay": 0.1, **options}),
        epochs=2,
        seed=0,
    )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"rate": 0.4},
        {"smoothing": 0.05},
        {"learning_rate": 0.5},
        {"weight_decay": 0.01},
        {"momentum": 0.5},
        {"schedule": "onecycle", "warmup": 0.2},
        {"patience": 3},
    ],
)
def test_what_changes_no_shape_shares_a_program(change: dict[str, Any]) -> None:
    assert structure_of(candidate(**change), {}) == structure_of(candidate(), {})


@pytest.mark.parametrize(
    "change",
    [
        {"width": 9},
        {"rate": 0.0},
        {"smoothing": 0.0},
        {"weight_decay": 0.0},
        {"optimizer": "sgd"},
        {"gradient_clip": 1.0},
        {"accumulation": 2},
        {"beta_2": 0.95},
    ],
)
def test_what_changes_the_program_does_not(change: dict[str, Any]) -> None:
    assert structure_of(candidate(**change), {}) != structure_of(candidate(), {})


def test_of_a_transform_only_whether_it_acts_counts() -> None:
    plain = candidate()
    weak, strong = (replace(plain, transforms=(Mixup(mixup=alpha),)) for alpha in (0.1, 0.4))

    assert structure_of(weak, {}) == structure_of(strong, {})
    assert structure_of(weak, {}) != structure_of(plain, {})


def test_what_inputs_are_counts_where_a_transform_asks() -> None:
    plain = replace(candidate(), kinds=Kinds(inputs={"numeric": "numeric"}))
    mixed = replace(plain, transforms=(Mixup(mixup=0.1),))
    other = Kinds(inputs={"numeric": "image"})

    assert structure_of(replace(mixed, kinds=other), {}) != structure_of(mixed, {})
    assert structure_of(replace(plain, kinds=other), {}) == structure_of(plain, {})


def test_weights_of_losses_share_a_program_unless_one_is_0() -> None:
    def structure(**weights: float) -> str:
        return structure_of(replace(candidate(), loss=joined(**weights)), {})

    assert structure(a=1.0, b=0.5) == structure(a=0.2, b=3.0)
    assert structure(a=1.0, b=0.5) != structure(a=1.0, b=0.0)
    assert structure(a=1.0, b=0.5) != structure(a=1.0, c=0.5)
    assert structure(a=1.0, b=0.5) != structure(a=1.0, b=0.5, smoothing=0.0)


def test_what_the_engine_adds_counts() -> None:
    assert structure_of(candidate(), {"batch_size": 8}) != structure_of(candidate(), {"batch_size": 9})


def test_seed_and_length_do_not_count() -> None:
    one = candidate()

    assert structure_of(replace(one, seed=5, epochs=9), {}) == structure_of(one, {})


def test_names_of_layers_inside_others_do_not_count() -> None:
    def recurrent() -> Candidate:
        inputs = keras.Input((5, 2), name="sequence")
        model = keras.Model({"sequence": inputs}, layers.Bidirectional(layers.LSTM(3))(inputs))
        return replace(candidate(), model=model)

    assert structure_of(recurrent(), {}) == structure_of(recurrent(), {})


def test_a_name_that_a_model_inside_another_has_as_well_does_not_count() -> None:
    def nested(outer: str) -> Candidate:
        image = keras.Input((4,), name="image")
        inner = keras.Model(image, layers.Dense(3, name="dense_1")(image), name="inner")
        inputs = keras.Input((4,), name="numeric")
        hidden = inner(layers.Dense(4, name=outer)(inputs))
        model = keras.Model({"numeric": inputs}, {"target": layers.Dense(2, name="last")(hidden)})
        return replace(candidate(), model=model)

    assert structure_of(nested("dense_1"), {}) == structure_of(nested("dense_2"), {})


def test_where_a_layer_is_connected_counts() -> None:
    def pair(chained: bool) -> Candidate:
        inputs = keras.Input((4,), name="numeric")
        first = layers.Dense(4)(inputs)
        second = layers.Dense(4)(first if chained else inputs)
        return replace(candidate(), model=keras.Model({"numeric": inputs}, layers.Add()([first, second])))

    assert structure_of(pair(chained=True), {}) != structure_of(pair(chained=False), {})


def test_shares_of_the_rate_are_part_of_a_structure() -> None:
    shares = []
    for share in (1.0, 0.5, 0.1):
        one = candidate()
        one.model.trainable_variables[0].rate_share = share
        shares.append(structure_of(one, {}))

    assert shares[0] == structure_of(candidate(), {})
    assert len(set(shares)) == 3
