"""Which trainings TensorFlow does in the calling thread, and that their numbers are the same there."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from automl.tasks.losses import JoinedLoss
from automl.training.batches.transforms.transform import Kinds
from automl.training.dials import find_dials, prepare
from automl.training.engine import Candidate, TrainingOptions
from automl.training.optimizers import ScaledOptimizer, build_optimizer
from automl.training.program import Blueprint, Placed, Sizes
from automl.training.seeding import seed_models

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow alone")

OPTIONS = TrainingOptions(optimizer="adam", schedule="constant", batch_size=16)
SIZES = Sizes(batch=16, parts=1, validation_batch=32, long=False)
X = np.random.default_rng(0).normal(size=(64, 6)).astype(np.float32)


def blueprint(*layers: keras.layers.Layer, shape: tuple[int, ...] = (6,), batch: int = 16) -> Blueprint:
    """A model of these layers and a head of one number."""
    inputs = values = keras.Input(shape, name="numeric")
    for layer in (*layers, keras.layers.Flatten(), keras.layers.Dense(1)):
        values = layer(values)
    model = keras.Model({"numeric": inputs}, {"target": values})
    loss = JoinedLoss({"target": keras.losses.MeanSquaredError()})
    prepare(model)
    optimizer = build_optimizer(OPTIONS, 1, model.trainable_variables)
    optimizer.build(model.trainable_variables)
    dials = find_dials(model, loss)
    sizes = replace(SIZES, batch=batch)
    return Blueprint(
        model=model, loss=loss, optimizer=optimizer, dials=dials, transforms=(), kinds=Kinds(), sizes=sizes
    )


def losses(*, threads: bool) -> list[float]:
    """Sums of the losses of three epochs, with dropout."""
    import tensorflow as tf

    from automl.training.batches.deal import deal
    from automl.training.programs.on_tensorflow import TensorFlowProgram
    from automl.training.state import values_of

    seed_models(0)
    plan = blueprint(keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.3))
    program = TensorFlowProgram(plan, xla=False, threads=threads)
    program.load(values_of(plan.model.variables), None, [dial.value for dial in plan.dials])
    data = Placed(
        inputs={"numeric": tf.constant(X)},
        targets={"target": tf.constant(X[:, :1])},
        rows=len(X),
        lengths={},
    )
    dealt = Candidate(model=plan.model, loss=plan.loss, options=OPTIONS, epochs=3, seed=0)
    rates = np.full(4, 0.01, np.float32)
    return [program.train(data, deal(dealt, len(X), epoch), rates, 0, 4, 0.0) for epoch in range(3)]


def test_one_thread_gives_the_numbers_of_several() -> None:
    assert losses(threads=False) == losses(threads=True)


def test_small_dense_steps_are_light_and_others_are_not() -> None:
    from automl.training.programs.on_tensorflow import is_light

    dense = keras.layers.Dense

    assert is_light(blueprint(dense(64), keras.layers.Dropout(0.1), dense(64), batch=32))
    assert not is_light(blueprint(dense(128), dense(128), batch=256))
    assert not is_light(blueprint(keras.layers.Conv1D(4, 3), shape=(8, 2)))


def test_steps_with_loss_scaling_are_not_light() -> None:
    from automl.training.programs.on_tensorflow import is_light

    plain = blueprint(keras.layers.Dense(4))

    assert is_light(plain)
    assert not is_light(replace(plain, optimizer=ScaledOptimizer(plain.optimizer)))


@pytest.mark.parametrize("shape", [(5, 7, 3), (4,)])
def test_normalisations_of_maps_in_one_operation_are_those_of_keras(shape: tuple[int, ...]) -> None:
    import tensorflow as tf

    from automl.training.programs.on_tensorflow import fuse_normalisations

    x = tf.constant(np.random.default_rng(1).normal(2.0, 3.0, size=(6, *shape)).astype(np.float32))
    found = []
    for fused in (False, True):
        layer = keras.layers.BatchNormalization(momentum=0.8)
        model = keras.Sequential([keras.Input(shape), layer])
        layer.gamma.assign(np.linspace(0.5, 2.0, shape[-1]))
        if fused:
            fuse_normalisations(model)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.sin(model(x, training=True)))
        gradients = tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])
        found.append([loss, *gradients, *map(np.asarray, layer.variables), model(x, training=False)])

    for usual, quick in zip(*found, strict=True):
        np.testing.assert_allclose(quick, usual, rtol=1e-4, atol=1e-5)


def test_a_frozen_normalisation_keeps_its_statistics() -> None:
    from automl.training.programs.on_tensorflow import fuse_normalisations

    layer = keras.layers.BatchNormalization(trainable=False)
    model = keras.Sequential([keras.Input((2, 2, 1)), layer])
    fuse_normalisations(model)
    x = np.random.default_rng(1).normal(2.0, 3.0, size=(6, 2, 2, 1)).astype(np.float32)

    np.testing.assert_allclose(model(x, training=True), x / np.sqrt(1 + layer.epsilon), rtol=1e-5)
    np.testing.assert_array_equal(layer.moving_mean, [0.0])
