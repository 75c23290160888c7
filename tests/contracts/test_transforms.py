"""What every batch transform promises; a new one adds a sample to ``transforms.SAMPLES``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.specs import Objective
from automl.tasks.losses import JoinedLoss
from automl.training.batches.transforms.catalog import TRANSFORMS
from automl.training.batches.transforms.transform import (
    Batch,
    BatchTransform,
    structure,
    transformed,
)
from automl.training.compiled import CompiledEngine
from automl.training.engine import Candidate, Engine, Split, TrainingOptions
from automl.training.scoring import Collected
from automl.training.streaming import FitEngine
from tests.contracts.transforms import SAMPLES, Mirror, Sample, boxes_and_masks

ORDER = np.random.default_rng(1).permutation(40).astype(np.int32).reshape(5, 8)


@pytest.fixture(params=list(SAMPLES))
def sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param]


def drawn(sample: Sample, seed: int = 0) -> Mapping[str, np.ndarray]:
    return sample.transform.draw(np.random.default_rng(seed), ORDER)


def changed(sample: Sample, draws: Mapping[str, np.ndarray], rows: slice = slice(None)) -> Batch:
    """The second step of an epoch, or some of its examples."""

    def fetch(positions: Any) -> Batch:
        return sample.data.map(lambda array: keras.ops.convert_to_tensor(array[np.asarray(positions)]))

    own = {name: values[1][rows] for name, values in draws.items()}
    return transformed(ORDER[1][rows], [sample.transform], [own], fetch).map(keras.ops.convert_to_numpy)


def tensors(batch: Batch) -> Iterator[np.ndarray]:
    yield from (*batch.inputs.values(), *batch.targets.values())


def test_all_of_the_catalog_have_a_sample() -> None:
    assert {TRANSFORMS[name] for name in TRANSFORMS} <= {type(item.transform) for item in SAMPLES.values()}


def test_left_at_its_defaults_it_does_nothing(sample: Sample) -> None:
    assert not type(sample.transform)().active
    assert sample.transform.active


def test_its_options_are_nobody_elses(sample: Sample) -> None:
    others = {TrainingOptions, *(type(item.transform) for item in SAMPLES.values())}
    others -= {type(sample.transform)}
    taken = {item.name for owner in others for item in fields(owner)}  # type: ignore[arg-type]

    own = {item.name for item in fields(sample.transform)}  # type: ignore[arg-type]

    assert own.isdisjoint(taken)
    assert set(sample.transform.dials) <= own


def test_its_data_pass_its_check(sample: Sample) -> None:
    sample.transform.check(sample.data)


def test_draws_follow_from_their_seed_and_have_one_row_for_each_example(sample: Sample) -> None:
    first, again, other = drawn(sample), drawn(sample), drawn(sample, seed=1)

    assert all(values.shape[:2] == ORDER.shape for values in first.values())
    assert all(values.dtype.itemsize <= 4 for values in first.values())  # JAX has no wider ones
    assert all((first[name] == again[name]).all() for name in first)
    assert not first or any((first[name] != other[name]).any() for name in first)  # some draw nothing


def test_it_changes_examples_and_keeps_shapes_and_types(sample: Sample) -> None:
    before = sample.data.map(lambda array: array[ORDER[1]])

    after = changed(sample, drawn(sample))

    pairs = list(zip(tensors(before), tensors(after), strict=True))
    assert all((one.shape, one.dtype) == (other.shape, other.dtype) for one, other in pairs)
    assert any((one != other).any() for one, other in pairs)


def test_on_the_host_it_gives_what_it_gives_inside_a_step(sample: Sample) -> None:
    draws = {name: values[1] for name, values in drawn(sample).items()}

    host = transformed(
        ORDER[1], [sample.transform], [draws], lambda rows: sample.data.map(lambda array: array[rows])
    )

    for one, other in zip(tensors(host), tensors(changed(sample, drawn(sample))), strict=True):
        assert isinstance(one, np.ndarray)
        assert one.dtype == other.dtype
        # a compiled step rounds places between pixels in an order of its own
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_parts_of_a_batch_make_up_the_batch(sample: Sample) -> None:
    draws = drawn(sample)

    parts = [changed(sample, draws, slice(start, start + 2)) for start in range(0, 8, 2)]

    together = [np.concatenate(part) for part in zip(*map(tensors, parts), strict=True)]
    for whole, joined in zip(tensors(changed(sample, draws)), together, strict=True):
        np.testing.assert_array_equal(whole, joined)


def test_a_dial_is_felt_in_the_draws_alone(sample: Sample) -> None:
    twin = Sample(transform=sample.other, other=sample.transform, data=sample.data)
    draws = drawn(sample)

    for one, other in zip(tensors(changed(sample, draws)), tensors(changed(twin, draws)), strict=True):
        np.testing.assert_array_equal(one, other)
    kinds = sample.data.kinds
    assert structure([sample.transform], kinds) == structure([sample.other], kinds)
    assert structure([sample.transform], kinds) != structure([], kinds)


@pytest.mark.parametrize("accumulation", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_engines_train_on_the_same_batches(sample: Sample, accumulation: int) -> None:
    compiled, streaming = (
        losses(engine(), sample.data, accumulation, sample.transform)
        for engine in (CompiledEngine, FitEngine)
    )

    assert compiled == pytest.approx(streaming, rel=1e-5)
    assert compiled != losses(CompiledEngine(), sample.data, accumulation)


def losses(engine: Engine, data: Batch, accumulation: int, *transforms: BatchTransform) -> list[float]:
    """Of three epochs in which every target is fitted by a layer of its own."""
    keras.utils.set_random_seed(0)
    ((name, examples),) = data.inputs.items()
    entry = keras.Input(examples.shape[1:], name=name)
    features = keras.layers.Flatten()(entry)
    outputs = {
        output: keras.layers.Reshape(target.shape[1:])(keras.layers.Dense(target[0].size)(features))
        for output, target in data.targets.items()
    }
    subject = Candidate(
        model=keras.Model({name: entry}, outputs),
        loss=JoinedLoss({output: keras.losses.MeanSquaredError() for output in outputs}),
        options=TrainingOptions(batch_size=16, accumulation=accumulation, learning_rate=0.01),
        epochs=3,
        seed=0,
        transforms=transforms,
        kinds=data.kinds,
    )
    split = Split(
        train=data.inputs,
        train_targets=data.targets,
        validation=data.inputs,
        scorer=lambda: Collected(40, lambda outputs: {"accuracy": 0.0}),
    )
    objective = Objective(name="accuracy", direction="maximize")
    (outcome,) = engine.train([subject], split, objective=objective, observers=[lambda epoch: ""])
    return [epoch.metrics["loss"] for epoch in outcome.epochs]


def test_boxes_and_masks_stay_on_what_they_show() -> None:
    """A box drawn around a bright spot is still around it, and its mask covers it."""
    data = boxes_and_masks()
    spots = np.zeros((40, 6, 8, 3), np.float32)
    spots[:, 2, 6] = 1
    where = np.tile(np.float32([2 / 6, 6 / 8, 3 / 6, 7 / 8]), (40, 1, 1))
    targets = {**data.targets, "where": where, "parts": (spots[..., :1] > 0).astype(np.int32)}
    shown = Batch(inputs={"image": spots}, targets=targets, kinds=data.kinds)
    sample = Sample(transform=Mirror(mirror=0.5), other=Mirror(), data=shown)

    after = changed(sample, drawn(sample))

    columns = after.inputs["image"][..., 0].sum(axis=1).argmax(axis=1)
    assert set(columns) == {1, 6}
    np.testing.assert_allclose(after.targets["where"][:, 0, 1], columns / 8)
    np.testing.assert_array_equal(after.targets["parts"], after.inputs["image"][..., :1])
