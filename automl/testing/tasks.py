"""What every task promises, for the one who writes a task.

class TestMine(TaskContract):
samples = (TaskSample(name="mine", targets={"target": np.array(["a", "b"] * 20, object)}),)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import ClassVar

import keras
import numpy as np
import pytest

from automl.core.specs import Objective, label_of
from automl.data.raw_model import predict
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import TASKS, declared, fit_task, restore_task
from automl.tasks.decoding import finished
from automl.tasks.prefixes import prefixed
from automl.tasks.task import Task
from automl.testing.networks import entry
from automl.testing.samples import TaskSample
from automl.testing.tensors import sample_of
from automl.training.compiled import CompiledEngine
from automl.training.engine import Candidate, Split, TrainingOptions
from automl.training.scoring import Collected
from automl.training.seeding import seed_models
from automl.training.streaming import FitEngine


class TaskContract:
    """Subclass it and give ``samples``."""

    samples: ClassVar[Sequence[TaskSample]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test for each sample."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.samples, ids=str)

    def test_its_declaration_bears_the_name_of_its_place_in_the_catalog(self, sample: TaskSample) -> None:
        declaration = TASKS[sample.name]

        assert declaration.name == sample.name
        assert declaration.words
        assert declaration.needs
        assert len({metric.name for metric in declaration.metrics}) == len(declaration.metrics)

    def test_targets_are_encoded_as_dense_rows(self, sample: TaskSample) -> None:
        for encoded in _fit(sample).encode(sample.targets).values():
            assert str(encoded.dtype) in ("float32", "int32")
            assert len(encoded) == sample.rows

    def test_the_head_gives_what_the_loss_compares(self, sample: TaskSample) -> None:
        task = _fit(sample)

        loss = task.loss(task.options())(task.encode(sample.targets), _outputs(task, sample))

        assert np.shape(loss) == ()
        assert float(loss) > 0

    def test_the_loss_comes_back_from_its_configuration(self, sample: TaskSample) -> None:
        task = _fit(sample)
        loss, encoded, outputs = (
            task.loss(task.options()),
            task.encode(sample.targets),
            _outputs(task, sample),
        )

        again = type(loss).from_config(loss.get_config())

        assert float(again(encoded, outputs)) == float(loss(encoded, outputs))

    def test_connect_leaves_inputs_what_they_are(self, sample: TaskSample) -> None:
        task, inputs = _fit(sample), entry(sample.tensors)

        connected, _ = task.connect(inputs, task.options())

        assert [item.spec for item in connected.bound] == list(sample.tensors)
        assert all(item.tensor.shape[1:] == item.spec.shape for item in connected.bound)
        assert sample.tensors or connected is inputs

    def test_arrays_are_finished_as_the_exported_model_finishes_them(self, sample: TaskSample) -> None:
        task = _fit(sample)
        outputs = _outputs(task, sample)
        tensors = {name: keras.Input(values.shape[1:], name=name) for name, values in outputs.items()}

        model = keras.Model(tensors, task.finish(tensors))
        exported = predict(model, outputs, batch_size=16)

        for name, wanted in finished(task, outputs).items():
            np.testing.assert_allclose(exported[name], wanted, rtol=0, atol=1e-5 * max(1.0, np.std(wanted)))

    def test_scores_hold_every_metric_of_the_kind(self, sample: TaskSample) -> None:
        task = _fit(sample)

        scores = score_at_once(
            task.scorer(), task.encode(sample.targets), finished(task, _outputs(task, sample))
        )

        assert list(scores) == _metrics(sample)
        assert task.declaration == declared(sample.name, sample.facts.get("parts", {}))
        assert all(np.isfinite(value) for value in scores.values())

    def test_predictions_that_are_no_numbers_score_nan(self, sample: TaskSample) -> None:
        task = _fit(sample)
        made = finished(task, _outputs(task, sample))
        # whole numbers, such as code points, are always numbers
        amounts = {name: values for name, values in made.items() if values.dtype.kind == "f"}
        predictions = {**made, **{name: np.full_like(values, np.nan) for name, values in amounts.items()}}

        assert all(
            value != value
            for value in score_at_once(task.scorer(), task.encode(sample.targets), predictions).values()
        )

    def test_decoded_columns_have_rows_for_each_example(self, sample: TaskSample) -> None:
        task = _fit(sample)

        columns = task.decode(finished(task, _outputs(task, sample)))

        (length,) = {len(column) for column in columns.values()}
        assert length % sample.rows == 0
        assert length >= sample.rows

    def test_baselines_can_be_scored(self, sample: TaskSample) -> None:
        task = _fit(sample)
        encoded = task.encode(sample.targets)
        train, rest = ({name: values[part] for name, values in encoded.items()} for part in _parts(sample))

        rules = task.baselines(train, rest, sample.inputs)

        scores = [
            score_at_once(task.scorer(), rest, guess)[task.declaration.default_metric.name]
            for guess in rules.values()
        ]
        assert scores
        assert np.isfinite(scores).all()

    def test_a_task_comes_back_from_its_description_as_json(self, sample: TaskSample) -> None:
        task = _fit(sample)
        outputs = _outputs(task, sample)

        again = restore_task(json.loads(json.dumps(task.describe())))

        assert again == task
        for name, values in finished(again, outputs).items():
            np.testing.assert_array_equal(values, finished(task, outputs)[name])

    def test_options_are_a_frozen_dataclass_with_defaults(self, sample: TaskSample) -> None:
        options = _fit(sample).options

        assert is_dataclass(options)
        assert options() == options()

    def test_every_engine_trains_it_alike(self, sample: TaskSample) -> None:
        task, metric = _fit(sample), TASKS[sample.name].default_metric
        objective = Objective(name=metric.name, direction=metric.direction)
        losses = []
        for engine in (CompiledEngine(), FitEngine()):
            subject, split = _candidate(task, sample), _split(task, sample)

            (outcome,) = engine.train([subject], split, objective=objective, observers=[lambda epoch: ""])

            losses.append([epoch.metrics["loss"] for epoch in outcome.epochs])
            assert {label_of(item.name) for item in TASKS[sample.name].metrics} <= set(
                outcome.epochs[0].metrics
            )

        assert losses[0] == pytest.approx(losses[1], rel=1e-4)
        assert len(losses[0]) == 2


def _scores(
    task: Task, targets: Mapping[str, np.ndarray], predictions: Mapping[str, np.ndarray]
) -> dict[str, float]:
    return score_at_once(task.scorer(), targets, predictions)


def _metrics(sample: TaskSample) -> list[str]:
    own = [metric.name for metric in TASKS[sample.name].metrics]
    parts = sample.facts.get("parts", {})
    for name, task in parts.items():
        own += [prefixed(name, metric.name) for metric in TASKS[task].metrics]
    return own


def _fit(sample: TaskSample) -> Task:
    return fit_task(sample.name, sample.targets, names=sample.names, facts=sample.facts)


def _parts(sample: TaskSample) -> tuple[slice, slice]:
    """Training and validation part."""
    first = 3 * sample.rows // 4
    return slice(first), slice(first, sample.rows)


def _outputs(task: Task, sample: TaskSample) -> dict[str, np.ndarray]:
    """Random outputs of the head's shapes."""
    _, context = task.connect(entry(sample.tensors), task.options())
    outputs = task.head(keras.Input(sample.feature), context, task.options())
    random = np.random.default_rng(1)
    return {
        name: (random.normal(size=(sample.rows, *tensor.shape[1:])) * 2).astype(np.float32)
        for name, tensor in outputs.items()
    }


def _candidate(task: Task, sample: TaskSample) -> Candidate:
    """The head on the feature as it comes, and what it takes of the inputs.

    A head without weights stands on a layer that has some.
    """
    seed_models(1)
    feature, inputs = keras.Input(sample.feature, name="feature"), entry(sample.tensors)
    _, context = task.connect(inputs, task.options())
    given = {"feature": feature, **inputs.by_name()}
    model = keras.Model(given, task.head(feature, context, task.options()))
    if not model.trainable_weights:
        learned = keras.layers.Dense(sample.feature[-1], activation="softplus")(feature)
        model = keras.Model(given, task.head(learned, context, task.options()))
    return Candidate(
        model=model,
        loss=task.loss(task.options()),
        options=TrainingOptions(batch_size=8),
        epochs=2,
        seed=1,
    )


def _split(task: Task, sample: TaskSample) -> Split:
    train, rest = _parts(sample)
    random = np.random.default_rng(2)
    feature = random.normal(size=(sample.rows, *sample.feature)).astype(np.float32)
    given = {spec.name: sample_of(spec, sample.rows, random) for spec in sample.tensors}
    data = {"feature": feature, **given}
    encoded = task.encode(sample.targets)
    held = {name: values[rest] for name, values in encoded.items()}
    return Split(
        train={name: values[train] for name, values in data.items()},
        train_targets={name: values[train] for name, values in encoded.items()},
        validation={name: values[rest] for name, values in data.items()},
        scorer=lambda: Collected(
            len(feature[rest]), lambda outputs: _scores(task, held, finished(task, outputs))
        ),
    )
