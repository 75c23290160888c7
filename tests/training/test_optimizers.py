"""Optimizers and schedules: by name, over the full length, with decay where it belongs."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.models.layers.numeric_embeddings import PeriodicEmbedding
from automl.training.engine import TrainingOptions
from automl.training.optimizers import OPTIMIZERS, build_optimizer, learning_rate
from automl.training.schedules import SHAPES, Schedule


def rates(shape: str, warmup: float = 0.0, total: int = 100) -> np.ndarray:
    """The rate of each step of a schedule with peak 1."""
    schedule = Schedule(shape, 1.0, total, warmup)
    return np.array([float(schedule(step)) for step in range(total)])


def small_model() -> keras.Model:
    inputs = keras.Input((3,))
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(4)(inputs))
    return keras.Model(inputs, keras.layers.Dense(1, name="logits")(hidden))


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_optimizer_lowers_a_loss(name: str) -> None:
    keras.utils.set_random_seed(0)
    model = small_model()
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    options = TrainingOptions(optimizer=name, learning_rate=0.01, weight_decay=0.01, gradient_clip=1.0)

    model.compile(optimizer=build_optimizer(options, 30, model.trainable_variables), loss="mse")
    losses = model.fit(x, y, batch_size=32, epochs=15, verbose=0).history["loss"]

    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_decay_takes_from_matrices_and_leaves_biases_and_norms(name: str) -> None:
    model = small_model()
    options = TrainingOptions(
        optimizer=name, learning_rate=0.1, schedule="constant", weight_decay=0.5, momentum=0.0
    )
    optimizer = build_optimizer(options, 1, model.trainable_variables)
    optimizer.build(model.trainable_variables)
    before = [np.array(variable) for variable in model.trainable_variables]

    optimizer.apply([keras.ops.zeros_like(variable) for variable in model.trainable_variables])

    for variable, old in zip(model.trainable_variables, before, strict=True):
        kept = 0.95 if variable.name == "kernel" else 1.0
        np.testing.assert_allclose(np.array(variable), old * kept, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_variables_learn_at_their_share_of_the_rate(name: str, scaled: bool) -> None:
    steps = []
    for share in (1.0, 0.25):
        keras.utils.set_random_seed(0)
        model = small_model()
        kernel = model.trainable_variables[0]
        kernel.rate_share = share
        options = TrainingOptions(optimizer=name, learning_rate=0.01, schedule="constant")
        optimizer = build_optimizer(options, 1, model.trainable_variables, scaled=scaled)
        optimizer.build(model.trainable_variables)
        before = [np.array(variable) for variable in model.trainable_variables]
        optimizer.apply([keras.ops.ones_like(variable) for variable in model.trainable_variables])
        steps.append(
            [
                np.array(variable) - old
                for variable, old in zip(model.trainable_variables, before, strict=True)
            ]
        )

    np.testing.assert_allclose(steps[1][0], 0.25 * steps[0][0], rtol=1e-3, atol=2e-7)
    for whole, same in zip(steps[0][1:], steps[1][1:], strict=True):
        np.testing.assert_allclose(same, whole, rtol=1e-6)


def test_decay_leaves_the_frequencies_of_a_periodic_embedding() -> None:
    inputs = keras.Input((3,))
    features = keras.layers.Flatten()(PeriodicEmbedding(4, 2, 0.5, factor=0.1)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(features))
    options = TrainingOptions(optimizer="adamw", learning_rate=0.1, schedule="constant", weight_decay=0.5)
    optimizer = build_optimizer(options, 1, model.trainable_variables)
    optimizer.build(model.trainable_variables)
    before = [np.array(variable) for variable in model.trainable_variables]

    optimizer.apply([keras.ops.zeros_like(variable) for variable in model.trainable_variables])

    pairs = zip(model.trainable_variables, before, strict=True)
    assert [item.name for item, old in pairs if (np.array(item) != old).any()] == ["kernel"]


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_the_mean_square_decays_at_the_rate_that_was_asked_for(name: str) -> None:
    assert build_optimizer(TrainingOptions(optimizer=name), 1).beta_2 == 0.999
    assert build_optimizer(TrainingOptions(optimizer=name, beta_2=0.95), 1).beta_2 == 0.95


def test_without_decay_weights_stay_under_zero_gradients() -> None:
    model = small_model()
    optimizer = build_optimizer(TrainingOptions(optimizer="adamw"), 1, model.trainable_variables)

    assert optimizer.weight_decay is None


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_stays_between_0_and_its_peak(shape: str) -> None:
    line = rates(shape, warmup=0.1)

    assert line.min() >= 0
    assert line.max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("shape", "step", "rate"),
    [
        ("constant", 99, 1.0),
        ("cosine", 0, 1.0),
        ("cosine", 50, 0.5),
        ("onecycle", 30, 1.0),
        ("warmup_linear", 4, 0.5),
        ("warmup_linear", 55, 0.5),
        ("step", 49, 1.0),
        ("step", 50, 0.1),
        ("step", 75, 0.01),
        ("coslog4", 0, 0.0),
    ],
)
def test_rates_on_the_way(shape: str, step: int, rate: float) -> None:
    assert rates(shape)[step] == pytest.approx(rate, abs=0.01)


@pytest.mark.parametrize("shape", ["cosine", "onecycle", "warmup_linear", "coslog4"])
def test_falling_shapes_end_near_zero(shape: str) -> None:
    assert rates(shape)[-1] < 0.03


def test_warmup_rises_in_a_line_and_its_first_rate_is_not_zero() -> None:
    np.testing.assert_allclose(rates("cosine", warmup=0.1)[:10], np.arange(1, 11) / 10, atol=1e-6)


def test_a_schedule_comes_back_from_its_description() -> None:
    schedule = Schedule("onecycle", 0.1, 50, 0.2)

    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))

    assert again.get_config() == schedule.get_config()


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_rates_that_no_step_changes_stay_numbers(schedule: str) -> None:
    assert learning_rate(TrainingOptions(schedule=schedule, learning_rate=0.1), 10) == 0.1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (TrainingOptions(optimizer="adm"), "Did you mean 'adam'"),
        (TrainingOptions(schedule="cosin"), "Did you mean 'cosine'"),
        (TrainingOptions(learning_rate=0.0), "larger than 0"),
    ],
)
def test_wrong_options_are_refused(options: TrainingOptions, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        build_optimizer(options, 10)
