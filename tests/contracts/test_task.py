"""What every task promises; a new kind adds its example to ``CASES``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.data.raw_model import predict
from automl.tasks.catalog import TASKS, fit_task, restore_task
from automl.tasks.decoding import finished
from automl.tasks.task import Task

RANDOM = np.random.default_rng(0)
ROWS, PARTS = 40, (slice(30), slice(30, 40))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A kind of task with raw targets of 40 examples."""

    kind: TaskKind
    targets: np.ndarray
    names: tuple[str, ...]
    features: tuple[int, ...] = (5,)
    facts: dict[str, Any] = field(default_factory=dict)
    inputs: Callable[[], dict[str, np.ndarray]] = dict

    def fit(self) -> Task:
        return fit_task(self.kind, self.raw, names=self.names, facts=self.facts)

    @property
    def raw(self) -> dict[str, np.ndarray]:
        return {TARGET: self.targets}


CASES = (
    Case(kind="binary", targets=np.array(["no", "yes"] * 20, dtype=object), names=("y",)),
    Case(kind="multiclass", targets=np.array(["1", "2", "10", "2"] * 10, dtype=object), names=("y",)),
    Case(
        kind="multilabel",
        targets=RANDOM.integers(0, 2, (40, 3)).astype(np.float32),
        names=("a", "b", "c"),
    ),
    Case(kind="regression", targets=RANDOM.normal(50, 9, (40, 1)), names=("y",)),
    Case(kind="regression", targets=RANDOM.normal(0, 3, (40, 2)), names=("y", "z")),
    Case(kind="regression", targets=1e9 + RANDOM.normal(0, 1, (40, 1)), names=("offset",)),
)


@pytest.fixture(params=CASES, ids=lambda case: "-".join((case.kind, *case.names)))
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


def raw_outputs(task: Task, case: Case) -> dict[str, np.ndarray]:
    """Random outputs of the head's shapes."""
    outputs = task.head(keras.Input(case.features), None, task.options())
    random = np.random.default_rng(1)
    return {
        name: (random.normal(size=(ROWS, *tensor.shape[1:])) * 2).astype(np.float32)
        for name, tensor in outputs.items()
    }


def test_targets_are_encoded_as_dense_rows(case: Case) -> None:
    for encoded in case.fit().encode(case.raw).values():
        assert encoded.dtype in (np.float32, np.int32)
        assert len(encoded) == ROWS


def test_the_head_gives_what_the_loss_compares(case: Case) -> None:
    task = case.fit()

    loss = task.loss(task.options())(task.encode(case.raw), raw_outputs(task, case))

    assert np.shape(loss) == ()
    assert float(loss) > 0


def test_the_loss_comes_back_from_its_configuration(case: Case) -> None:
    task = case.fit()
    loss, encoded, outputs = task.loss(task.options()), task.encode(case.raw), raw_outputs(task, case)

    again = type(loss).from_config(loss.get_config())

    assert float(again(encoded, outputs)) == float(loss(encoded, outputs))


def test_connect_leaves_whole_examples_alone(case: Case) -> None:
    inputs = Inputs(bound=())

    connected, _ = case.fit().connect(inputs, None)

    assert connected is inputs


def test_arrays_are_finished_as_the_exported_model_finishes_them(case: Case) -> None:
    task = case.fit()
    outputs = raw_outputs(task, case)
    tensors = {name: keras.Input(values.shape[1:], name=name) for name, values in outputs.items()}

    model = keras.Model(tensors, task.finish(tensors))
    exported = predict(model, outputs, batch_size=16)

    for name, wanted in finished(task, outputs).items():
        np.testing.assert_allclose(exported[name], wanted, rtol=0, atol=1e-5 * max(1.0, np.std(wanted)))


def test_scores_hold_every_metric_of_the_kind(case: Case) -> None:
    task = case.fit()

    scores = task.score(task.encode(case.raw), finished(task, raw_outputs(task, case)))

    assert list(scores) == [metric.name for metric in TASKS[case.kind].metrics]
    assert task.declaration is TASKS[case.kind]
    assert all(np.isfinite(value) for value in scores.values())


def test_predictions_that_are_no_numbers_score_nan(case: Case) -> None:
    task = case.fit()
    made = finished(task, raw_outputs(task, case))
    predictions = {name: np.full_like(values, np.nan) for name, values in made.items()}

    assert all(value != value for value in task.score(task.encode(case.raw), predictions).values())


def test_decoded_columns_have_a_row_for_each_example(case: Case) -> None:
    task = case.fit()

    columns = task.decode(finished(task, raw_outputs(task, case)))

    assert columns
    assert {len(column) for column in columns.values()} == {ROWS}


def test_baselines_can_be_scored(case: Case) -> None:
    task = case.fit()
    encoded = task.encode(case.raw)
    train, rest = ({name: values[part] for name, values in encoded.items()} for part in PARTS)

    rules = task.baselines(train, rest, case.inputs())

    scores = [task.score(rest, guess)[task.declaration.default_metric.name] for guess in rules.values()]
    assert scores
    assert np.isfinite(scores).all()


def test_a_task_comes_back_from_its_description_as_json(case: Case) -> None:
    task = case.fit()
    outputs = raw_outputs(task, case)

    again = restore_task(json.loads(json.dumps(task.describe())))

    assert again == task
    for name, values in finished(again, outputs).items():
        np.testing.assert_array_equal(values, finished(task, outputs)[name])


def test_options_are_a_frozen_dataclass_with_defaults(case: Case) -> None:
    options = case.fit().options

    assert is_dataclass(options)
    assert options() == options()


@pytest.mark.parametrize("name", list(TASKS))
def test_a_declaration_bears_the_name_of_its_place_in_the_catalog(name: str) -> None:
    declaration = TASKS[name]

    assert declaration.name == name
    assert declaration.words
    assert len({metric.name for metric in declaration.metrics}) == len(declaration.metrics)
