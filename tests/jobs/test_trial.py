"""One trial: what it does when memory is short, and what its record says."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import keras
import numpy as np
import pytest
from tensorflow.errors import ResourceExhaustedError

from automl.core.specs import InputSpec, Objective
from automl.data.modality import Examples, Preprocessing
from automl.jobs.assembly import Prepared
from automl.jobs.loop import Plan
from automl.jobs.settings import with_setting
from automl.jobs.training import Setting
from automl.jobs.trial import run_trial
from automl.models.catalog import FAMILIES
from automl.spaces.loading import load_space
from automl.spaces.space import join
from automl.tasks.catalog import fit_task
from automl.training.engine import Candidate, Epoch, Observer, Outcome, Split
from automl.training.engine_choice import EngineChoice
from automl.training.strategies.single import single

ROWS = 40
ERRORS = {
    "tensorflow": ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[40,9]"),
    "machine": MemoryError("Unable to allocate 9 GiB"),
    "jax": RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes."),
}


@dataclass
class SmallDevice:
    """Trains only micro-batches of at most ``limit`` examples, after ``epochs`` epochs of any size."""

    limit: int
    error: Exception | None = None
    epochs: int = 0
    name: str = "small"
    tried: list[int] = field(default_factory=list)
    models: list[weakref.ref[keras.Model]] = field(default_factory=list)

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
        states: Sequence[object] = (),
    ) -> Sequence[Outcome]:
        options = candidates[0].options
        self.tried.append(options.accumulation)
        self.models.append(weakref.ref(candidates[0].model))
        short = min(options.batch_size, len(split.train_targets)) / options.accumulation > self.limit
        epochs = [Epoch(number=n, metrics={"val_rmse": 1.0}, seconds=0.0) for n in (1, 2)]
        for epoch in epochs[: self.epochs if short else 2]:
            observers[0](epoch)
        if short:
            raise self.error or MemoryError
        return [Outcome(epochs=tuple(epochs), best=1)]


def fold() -> Prepared:
    values = np.random.default_rng(0).normal(size=(ROWS, 1)).astype("float32")
    task = fit_task("regression", values, names=("y",), facts={})
    spec, entry = InputSpec(name="numeric", shape=(1,)), keras.Input((1,), name="x")
    encoded = task.encode(values)
    data = {"numeric": values}
    return Prepared(
        preprocessing=Preprocessing(inputs=(spec,), model=keras.Model({"x": entry}, {"numeric": entry})),
        task=task,
        split=Split(train=data, train_targets=encoded, validation=data, score=lambda outputs: {}),
        validation=Examples(inputs={"x": values}, targets=values),
        targets=encoded,
    )


def setting(engine: SmallDevice, notes: list[str], folds: int = 1, *settings: str) -> Setting:
    space = join({"linear": load_space("tabular/linear", task="regression")})
    for text in ("batch_size=32", *settings):
        space = with_setting(space, text)
    return Setting(
        folds=tuple(fold() for _ in range(folds)),
        families={"linear": FAMILIES["tabular/linear"]},
        space=space,
        epochs={"linear": 2},
        objectives=(Objective(name="rmse", direction="minimize"),),
        engine=engine,
        choice=EngineChoice(name="small", reason="a double"),
        strategy=single(),
        precision="float32",
        note=notes.append,
        release=lambda: None,
    )


def plan(of: Setting, seen: list[int] | None = None) -> Plan:
    def watch(epoch: Epoch) -> str:
        if seen is not None:
            seen.append(epoch.number)
        return ""

    return Plan(number=3, configuration=of.space.default(), seed=0, run_id="", watch=watch, deadline=None)


@pytest.mark.parametrize("kind", list(ERRORS))
def test_short_of_memory_the_batch_is_halved_until_it_fits(kind: str) -> None:
    notes: list[str] = []
    device = SmallDevice(limit=8, error=ERRORS[kind])
    shared = setting(device, notes)

    record = run_trial(shared, plan(shared)).record

    assert device.tried == [1, 2, 4]
    assert (record.state, record.reason) == ("complete", "out of memory: trained in 4 parts per batch")
    assert notes[-1] == "Out of memory: trial 3 goes on with each batch in 4 parts."


def test_the_failed_model_is_gone_before_the_next_is_built() -> None:
    device, alive = SmallDevice(limit=8), []

    def release() -> None:
        gc.collect()
        alive.append([model() is not None for model in device.models])

    shared = replace(setting(device, []), release=release)

    run_trial(shared, plan(shared))

    assert alive == [[False], [False, False]]


def test_a_trial_whose_single_examples_do_not_fit_fails() -> None:
    device = SmallDevice(limit=0, error=ERRORS["machine"])
    shared = setting(device, [])

    end = run_trial(shared, plan(shared))

    assert device.tried == [1, 2, 4, 8, 16, 32]
    assert end.model is None
    assert (end.record.state, end.record.reason) == ("failed", "out of memory: Unable to allocate 9 GiB")


def test_another_failure_is_not_tried_again() -> None:
    device = SmallDevice(limit=8, error=ValueError("no"))
    shared = setting(device, [])

    assert run_trial(shared, plan(shared)).record.reason == "ValueError: no"
    assert device.tried == [1]


def test_later_folds_begin_with_the_parts_that_fitted() -> None:
    device = SmallDevice(limit=16)
    shared = setting(device, [], 3)

    run_trial(shared, plan(shared))

    assert device.tried == [1, 2, 2, 2]


def test_epochs_of_a_failed_attempt_are_reported_once() -> None:
    seen: list[int] = []
    shared = setting(SmallDevice(limit=16, epochs=1), [])

    run_trial(shared, plan(shared, seen))

    assert seen == [1, 2]


def test_parts_that_the_user_asks_for_are_no_failure() -> None:
    device = SmallDevice(limit=8)
    shared = setting(device, [], 1, "accumulation=4")

    record = run_trial(shared, plan(shared)).record

    assert device.tried == [4]
    assert (record.reason, record.configuration["accumulation"]) == ("", 4)


def test_models_are_built_under_the_precision_of_the_job() -> None:
    before = keras.config.dtype_policy().name
    shared = replace(setting(SmallDevice(limit=32), []), precision="mixed_bfloat16")

    end = run_trial(shared, plan(shared))

    assert end.model is not None
    assert end.model.dtype_policy.name == "mixed_bfloat16"
    assert keras.config.dtype_policy().name == before
