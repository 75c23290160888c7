"""What the programs of JAX promise beside the suite that all engines share."""

from __future__ import annotations

import gc
import os
import weakref
from typing import Any

import keras
import numpy as np
import pytest

from automl.tasks.losses import JoinedLoss
from automl.training.batches.deal import deal
from automl.training.batches.transforms.transform import Kinds
from automl.training.devices import configure, quick_to_build
from automl.training.dials import prepare
from automl.training.engine import Candidate, TrainingOptions
from automl.training.optimizers import build_optimizer
from automl.training.program import Blueprint, Placed, Sizes

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax",
    reason="needs KERAS_BACKEND=jax: contracts/test_backends.py runs it so",
)

ROWS, SIZE, STEPS = 70, 10, 7
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(ROWS, 6, 6, 1)).astype(np.float32)
TARGETS = IMAGES.mean(axis=(1, 2))


def net(*layers: keras.layers.Layer) -> keras.Model:
    inputs = keras.Input((6, 6, 1), name="image")
    outputs = inputs
    for layer in (*layers, keras.layers.Flatten(), keras.layers.Dense(1)):
        outputs = layer(outputs)
    return keras.Model({"image": inputs}, {"target": outputs})


def blueprint(model: keras.Model, parts: int = 1) -> Blueprint:
    prepare(model)
    optimizer = build_optimizer(TrainingOptions(schedule="constant"), 1, model.trainable_variables)
    optimizer.build(model.trainable_variables)
    return Blueprint(
        model=model,
        loss=JoinedLoss({"target": keras.losses.MeanSquaredError()}),
        optimizer=optimizer,
        dials=(),
        transforms=(),
        kinds=Kinds(),
        sizes=Sizes(batch=SIZE, parts=parts, validation_batch=32, long=False),
    )


def program(*layers: keras.layers.Layer, loops: bool = True, parts: int = 1) -> Any:
    from automl.training.programs.on_jax import JaxProgram

    keras.utils.set_random_seed(0)
    made = JaxProgram(blueprint(net(*layers), parts), loops=loops)
    made.load([np.asarray(item.value) for item in made._blueprint.model.variables], None, [])
    return made


def placed() -> Placed:
    from automl.training.programs.on_jax import COMPILER

    inputs = {"image": COMPILER.place(IMAGES)}
    return Placed(inputs=inputs, targets={"target": COMPILER.place(TARGETS)}, rows=ROWS, lengths={})


def epoch(program: Any, *ends: int) -> float:
    """The sum of an epoch's losses, the epoch divided at ``ends``."""
    options = TrainingOptions(batch_size=SIZE)
    candidate = Candidate(model=None, loss=None, options=options, epochs=1, seed=0)  # type: ignore[arg-type]
    batches, rates = deal(candidate, ROWS, 0), np.full(STEPS, 0.01, np.float32)
    total, first = 0.0, 0
    for last in (*ends, STEPS):
        total = program.train(placed(), batches, rates, first, last, total)
        first = last
    return total


def outputs(program: Any) -> np.ndarray:
    """Raw outputs of all rows, which come in order."""
    portions = list(program.outputs(placed()))
    assert np.concatenate([positions for positions, _ in portions]).tolist() == list(range(ROWS))
    return np.concatenate([values["target"] for _, values in portions])


def noisy() -> list[keras.layers.Layer]:
    return [keras.layers.BatchNormalization(), keras.layers.Dropout(0.3, seed=1)]


@pytest.mark.parametrize("loops", [True, False])
def test_where_an_epoch_is_divided_changes_no_bit(loops: bool) -> None:
    whole, divided = program(*noisy(), loops=loops), program(*noisy(), loops=loops)

    assert epoch(whole) == epoch(divided, 1, 5)
    for one, other in zip(whole.variables(), divided.variables(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_loop_and_single_steps_give_the_same() -> None:
    loop, single = program(*noisy()), program(*noisy(), loops=False)

    assert epoch(loop) == pytest.approx(epoch(single), rel=1e-6)
    np.testing.assert_allclose(outputs(loop), outputs(single), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("loops", [True, False])
def test_parts_of_a_batch_give_the_gradients_of_the_whole(loops: bool) -> None:
    whole, parted = program(loops=loops), program(loops=loops, parts=5)

    assert epoch(whole) == pytest.approx(epoch(parted), rel=1e-5)


def test_outputs_are_those_of_the_rows_and_not_of_the_filling() -> None:
    made = program()

    found = outputs(made)

    kernel, bias = made.variables()
    np.testing.assert_allclose(found, IMAGES.reshape(ROWS, -1) @ kernel + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "suffers"),
    [
        (keras.layers.Conv2D(2, 3), True),
        (keras.Sequential([keras.layers.DepthwiseConv2D(3)]), True),
        (keras.layers.Dense(2), False),
    ],
)
def test_convolutions_on_the_cpu_stay_out_of_loops(layer: keras.layers.Layer, suffers: bool) -> None:
    import jax

    from automl.training.programs.on_jax import suffers_in_loops

    assert suffers_in_loops(net(layer)) == (suffers and jax.default_backend() == "cpu")


def test_forgetting_leaves_programs_compiled() -> None:
    from automl.training.programs.on_jax import COMPILER

    made = program()
    epoch(made)
    functions = list(made._train._compiled.values())

    COMPILER.forget(kernels=True)

    assert np.isfinite(epoch(made))
    assert list(made._train._compiled.values()) == functions


def test_a_dropped_program_is_gone() -> None:
    made = program()
    epoch(made)
    watched = weakref.ref(made)

    del made
    gc.collect()

    assert watched() is None


def test_models_are_built_without_optimising_and_trained_with() -> None:
    import jax

    name = "jax_disable_most_optimizations"
    before = jax.config.read(name)

    with quick_to_build():
        assert jax.config.read(name)

    assert jax.config.read(name) == before


def test_deterministic_operations_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=x")

    configure(deterministic=True)
    configure(deterministic=True)

    assert os.environ["XLA_FLAGS"] == "--xla_dump_to=x --xla_gpu_deterministic_ops=true"
