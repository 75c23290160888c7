"""What a training takes of memory, told before it is trained and before its weights are there."""

from __future__ import annotations

import resource

import keras
import pytest

from automl.private_keras import in_abstract
from automl.testing.samples import FamilySample, discovered
from automl.testing.trained import candidate_of
from automl.training.accelerator import Accelerator
from automl.training.engine import TrainingOptions
from automl.training.footprint import SLOTS, Footprint, activation_bytes, footprint, variable_bytes
from automl.training.optimizers import OPTIMIZERS, build_optimizer

ADAM = TrainingOptions(optimizer="adam")


def dense(units: int = 5) -> keras.Model:
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(units, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(hidden)))


def test_the_parts_are_those_of_the_legend() -> None:
    weights = 4 * (3 * 5 + 5 + 5 * 2 + 2)

    needs = footprint(dense(), ADAM)

    assert needs == Footprint(weights=weights, fixed=4 * weights, activations=4 * (3 + 5 + 2))
    assert needs.total(10) == 4 * weights + 10 * 40
    assert needs.total(10, parts=2) == 5 * weights + 10 * 40


def test_what_is_not_trained_counts_once() -> None:
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.BatchNormalization()(inputs))

    assert footprint(model, ADAM).fixed == 4 * (4 * 6 + 6)


def test_half_precision_halves_activations_and_not_weights() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = footprint(dense(), ADAM)
    keras.config.set_dtype_policy(before)

    assert half.weights == footprint(dense(), ADAM).weights
    assert half.activations == 20


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_slots_are_about_those_that_the_optimizer_makes(name: str) -> None:
    options = TrainingOptions(optimizer=name)
    model = keras.Sequential(
        [keras.Input((64,)), keras.layers.Dense(64), keras.layers.Dense(2, name="logits")]
    )
    optimizer = build_optimizer(options, 1, model.trainable_variables)
    optimizer.build(model.trainable_variables)

    ratio = variable_bytes(optimizer.variables) / variable_bytes(model.trainable_variables)
    assert SLOTS[name] <= ratio + 0.01
    assert ratio <= SLOTS[name] + 0.1


def test_attention_counts_the_scores_of_every_pair() -> None:
    inputs = keras.Input((10, 4))
    model = keras.Model(inputs, keras.layers.MultiHeadAttention(2, 3)(inputs, inputs))

    # input and output, queries, keys, values and what they gather, scores and weights
    assert activation_bytes(model) == 4 * (2 * 40 + 4 * 10 * 6 + 2 * 2 * 10 * 10)


def test_a_recurrent_layer_counts_the_gates_of_every_step() -> None:
    inputs = keras.Input((10, 4))
    model = keras.Model(inputs, keras.layers.LSTM(3)(inputs))

    assert activation_bytes(model) == 4 * (10 * 4 + 3 + 10 * 4 * 3)


@pytest.mark.parametrize("sample", discovered("tests.contracts.samples.families"), ids=str)
def test_a_model_without_values_tells_the_same(sample: FamilySample) -> None:
    def estimate() -> Footprint:
        subject = candidate_of(sample)
        return footprint(subject.model, subject.options)

    needs = estimate()

    assert in_abstract(estimate) == needs
    assert min(needs.weights, needs.activations) > 0


def test_a_model_of_terabytes_takes_no_memory_in_abstract() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    needs = in_abstract(lambda: footprint(dense(units=10**11), ADAM))

    assert needs.fixed > 1e12
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    # and what is built next is as always
    assert dense().count_params() == 32
    assert dense()(keras.ops.ones((1, 3))).shape == (1, 2)


@pytest.mark.parametrize(("memory", "impossible"), [(None, False), (999, False), (400, True)])
def test_only_what_is_certain_is_refused(memory: int | None, impossible: bool) -> None:
    needs = Footprint(weights=100, fixed=400, activations=10)

    reason = needs.impossible(60, memory)

    assert reason == ("needs about 1.0 kB, 400 B available" if impossible else "")


def test_on_the_host_half_the_memory_is_the_end() -> None:
    needs, certain = Footprint(weights=100, fixed=400, activations=10), Accelerator(kind="cpu").certain

    assert needs.impossible(60, 2000, certain=certain) == ""
    assert needs.impossible(60, 1999, certain=certain) == "needs about 1.0 kB, 2.0 kB available"
