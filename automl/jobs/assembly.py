"""Where modality, family and task meet: prepared data, models of configurations, the exported model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from automl.core.catalog import at_place
from automl.core.errors import ConfigError, SpaceError, suggest
from automl.core.seeds import derive
from automl.core.shaping import shaping_names
from automl.core.specs import Configuration, Scalar
from automl.core.targets import WEIGHT, bare
from automl.core.tensors import Bound, Inputs
from automl.data.modality import Dataset, Examples, Modality, Preprocessing
from automl.jobs.matching import taken
from automl.models.ends import End, deal_ends, lead, necks_of, part_of
from automl.models.family import Family
from automl.tasks.catalog import fit_task
from automl.tasks.declaration import AMOUNT, TaskDeclaration
from automl.tasks.scoring import OutputScorer
from automl.tasks.task import ComparesGroups, Joins, TakesForm, Task
from automl.training.batches.transforms.catalog import TRANSFORMS
from automl.training.batches.transforms.transform import BatchTransform, Kinds
from automl.training.engine import Candidate, Split, TrainingOptions

if TYPE_CHECKING:
    import keras
    import numpy as np
    from keras import KerasTensor

    from automl.core.phases import Phases
    from automl.data.cache import ArrayCache
    from automl.data.preprocessing.kept import Preprocessed
    from automl.models.layers.stacked import StackedModel
    from automl.tasks.calibration import Calibration


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The data, ready for every trial: preprocessing and task are fitted on the training part.

    Attributes:
        preprocessing: raw inputs to tensors.
        task: the fitted task.
        split: tensors and encoded targets.
        validation: raw examples of the validation part.
        targets: encoded targets of the validation part, by name.
    """

    preprocessing: Preprocessing
    task: Task
    split: Split
    validation: Examples
    targets: Mapping[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Dealt:
    """A configuration dealt out to those who understand its parts.

    Attributes:
        family: builds features.
        family_options: its part.
        ends: the necks that may end the family, each with its part.
        task_options: the part of the task's head and loss.
        training: the part of the training.
    """

    family: Family
    family_options: Any
    ends: tuple[End, ...]
    task_options: Any
    training: TrainingOptions
    transforms: tuple[BatchTransform, ...] = ()


def prepare(
    modality: Modality,
    dataset: Dataset,
    rows: np.ndarray,
    validation: Examples,
    *,
    seed: int,
    cache: ArrayCache | None = None,
    phases: Phases | None = None,
) -> Prepared:
    """Fit preprocessing and task on the examples at ``rows`` and transform both parts once.

    With a cache, tensors that are slow to make are kept there, mapped from files and read-only. The
    phases are told how far this is, and end it at their deadline.
    """
    import automl.layers  # noqa: F401  registers the layers that a kept preprocessing names
    from automl.data.preprocessing.kept import preprocess

    done = preprocess(modality, dataset, rows, validation, derive(seed, "preprocessing"), cache, phases)
    return _prepared(modality, dataset, rows, validation, done, seed)


def prepare_folds(
    modality: Modality,
    dataset: Dataset,
    validated: np.ndarray,
    *,
    seed: int,
    cache: ArrayCache | None = None,
    phases: Phases | None = None,
) -> Prepared:
    """Fit preprocessing and task on all examples, of which those at ``validated`` validate, too.

    What is fitted is common to the networks of all folds, so that these can be joined into one model. Of
    the targets it has seen classes, or mean and range.
    """
    import numpy as np

    import automl.layers  # noqa: F401  registers the layers that a kept preprocessing names
    from automl.data.preprocessing.kept import preprocess

    rows = np.arange(len(dataset.examples))
    done = preprocess(modality, dataset, rows, None, derive(seed, "preprocessing"), cache, phases)
    if len(validated) == len(rows):
        return _prepared(modality, dataset, rows, dataset.examples, done, seed)
    some = Examples(inputs=done.train).take(validated).inputs
    validation = dataset.examples.take(validated)
    return _prepared(modality, dataset, rows, validation, replace(done, validation=some), seed)


def _prepared(
    modality: Modality,
    dataset: Dataset,
    rows: np.ndarray,
    validation: Examples,
    done: Preprocessed,
    seed: int,
) -> Prepared:
    from automl.data.preprocessing.inner_folds import with_inner_folds

    # the targets alone: taking inputs would copy them
    training = replace(dataset.examples, inputs={}).take(rows)
    train_targets = training.targets
    if train_targets is None or validation.targets is None:
        raise ConfigError("Training and validation data both need targets.")
    facts = {"parts": dataset.target_tasks, "asked": dataset.asked, **modality.facts(dataset, rows)}
    task = fit_task(dataset.task, train_targets, names=dataset.target_names, facts=facts)
    targets, learned = task.encode(validation.targets), task.encode(train_targets)
    if isinstance(task, ComparesGroups):
        targets |= task.grouped(validation.compared)
        learned = task.reweighed(learned, training.compared)
    done = with_inner_folds(done, learned, training.groups, derive(seed, "inner folds"))
    if training.weights is not None:
        learned |= {WEIGHT: (training.weights / training.weights.mean()).astype("float32")}
    split = Split(
        train=done.train,
        train_targets=learned,
        validation=done.validation,
        scorer=lambda: OutputScorer(task, targets, validation.groups),
    )
    return Prepared(
        preprocessing=done.preprocessing, task=task, split=split, validation=validation, targets=targets
    )


def deal(family: Family, task: Task, configuration: Configuration) -> Dealt:
    """Give each parameter to the family, its necks, the task, the training or a batch transform, by name.

    Raises:
        SpaceError: nobody knows a parameter; the nearest name is offered.
    """
    changes = [TRANSFORMS[name] for name in TRANSFORMS]
    known = {item.name for owner in _owners(family, task) for item in fields(owner)}
    for name in configuration:
        if name not in known:
            raise SpaceError(
                f"The family {family.short!r} has no parameter {name!r}. {suggest(name, sorted(known))}"
            )
    wanted = [part_of(change, configuration) for change in changes]
    return Dealt(
        family=family,
        family_options=part_of(family.options, configuration),
        ends=tuple(
            end for needs in task.declaration.each_need for end in deal_ends(family, needs, configuration)
        ),
        task_options=part_of(task.options, configuration),
        training=part_of(TrainingOptions, configuration),
        transforms=tuple(change for change in wanted if change.active),
    )


def _owners(family: Family, task: Task) -> list[type[Any]]:
    """Those among whom a configuration is dealt out."""
    necks = [neck.options for needs in task.declaration.each_need for neck, _ in necks_of(family, needs)]
    changes = [TRANSFORMS[name] for name in TRANSFORMS]
    return [family.options, *necks, task.options, TrainingOptions, *changes]


def structure(family: Family, task: Task, configuration: Configuration) -> dict[str, Scalar]:
    """Return the part of a configuration that decides about the structure of its model: all but dials.

    Those are numbers that are not whole, nor 0: without dropout or weight decay there is less to compile.
    """
    shaping = {name for owner in _owners(family, task) for name in shaping_names(owner)}
    return {
        name: value
        for name, value in configuration.items()
        if not isinstance(value, float) or value == 0 or name in shaping
    }


def build_candidate(
    dealt: Dealt, prepared: Prepared, *, epochs: int, seed: int, epochs_per_pass: int = 1
) -> Candidate:
    """Build the model of a configuration, from preprocessed inputs to raw outputs.

    Weights are drawn from ``seed``; to be called in the scope of the strategy. See ``Candidate`` for the
    arguments.
    """
    from automl.training.seeding import seed_models

    seed_models(seed)
    model = build_core(dealt, prepared)
    loss = _loss(dealt, prepared)
    return Candidate(
        model=model,
        loss=loss,
        options=dealt.training,
        epochs=epochs,
        seed=seed,
        epochs_per_pass=epochs_per_pass,
        transforms=dealt.transforms,
        kinds=Kinds(
            inputs={spec.name: spec.kind for spec in prepared.preprocessing.inputs},
            targets={
                name: AMOUNT if name == WEIGHT else _kind_of(name, prepared.task)
                for name in prepared.split.train_targets
            },
        ),
    )


def build_core(dealt: Dealt, prepared: Prepared) -> keras.Model:
    """Connect inputs, family, neck and task to one functional model of preprocessed inputs.

    It takes a dictionary of tensors by name and gives one of raw outputs.
    """
    import keras

    from automl.private_keras import names_from_the_start

    specs = dealt.family.uses(taken(dealt.family, prepared.preprocessing.inputs), dealt.family_options)
    task = prepared.task
    with names_from_the_start():
        inputs = Inputs(
            bound=tuple(
                Bound(tensor=keras.Input(shape=spec.shape, dtype=spec.dtype, name=spec.name), spec=spec)
                for spec in specs
            )
        )
        connected, context = task.connect(inputs, dealt.task_options)
        features = dealt.family.build(connected, dealt.family_options)
        found = {
            needs: lead(dealt.family, dealt.ends, features, needs) for needs in task.declaration.each_need
        }
        alone = next(iter(found.values())) if len(found) == 1 else found
        outputs = task.head(alone, context, dealt.task_options)
        return keras.Model(inputs=inputs.by_name(), outputs=outputs, name=dealt.family.short)


def _loss(dealt: Dealt, prepared: Prepared) -> keras.losses.Loss:
    loss = prepared.task.loss(dealt.task_options)
    if WEIGHT not in prepared.split.train_targets:
        return loss
    from automl.tasks.losses import WeighedLoss

    return WeighedLoss(loss)


def _kind_of(name: str, task: Task) -> str:
    """The kind of a target."""
    own = task.tasks[name] if isinstance(task, Joins) else task
    return own.declaration.targets


def exported_model(
    prepared: Prepared,
    cores: Sequence[keras.Model | StackedModel],
    weights: Sequence[float] = (1.0,),
    *,
    temperature: float = 1.0,
) -> keras.Model:
    """Return one model from raw inputs to predictions: preprocessing, trained cores, decoding, their mean.

    A single target's prediction is a bare tensor; those of several are a dictionary by name.

    Args:
        prepared: what the cores were trained on.
        cores: one, or several whose predictions are blended; these get names of their own. The networks
            of a stacked one have equal shares of its weight.
        weights: one per core; they sum to 1.
        temperature: that the logits of predicted probabilities are divided by; 1 leaves them as they are.
    """
    from automl.data.raw_model import RawModel
    from automl.models.layers.stacked import StackedModel

    front, task = prepared.preprocessing.model, prepared.task
    tensors = dict(zip(front.output_names, front.outputs, strict=True))
    if isinstance(front.output, Mapping):
        tensors = dict(front.output)
    if len(cores) == 1 and not isinstance(cores[0], StackedModel):
        predictions = task.finish(_on_tensors(cores[0], tensors))
        answer = calibrated_at(task.declaration, predictions, temperature)
        return RawModel(inputs=front.input, outputs=_in_form(task, front, answer), name="automl")
    several: list[dict[str, KerasTensor]] = []
    shares: list[float] = []
    for number, (core, weight) in enumerate(zip(cores, weights, strict=True)):
        core.name = f"{core.name}_{number}"
        raw = _on_tensors(core, tensors)
        predictions = _finisher(task, raw, number)(raw)
        each = _parted(predictions, core) if isinstance(core, StackedModel) else [predictions]
        several += each
        shares += [weight / len(each)] * len(each)
    blend = at_place(task.declaration.blend)
    answer = calibrated_at(task.declaration, blend(several, shares), temperature)
    return RawModel(inputs=front.input, outputs=_in_form(task, front, answer), name="automl")


def calibrated_at(
    declaration: TaskDeclaration, predictions: Mapping[str, Any], temperature: float
) -> dict[str, Any]:
    """Return predictions, arrays or tensors, at a temperature; see ``tasks.calibration``."""
    if temperature == 1.0:
        return dict(predictions)
    calibration: Calibration = at_place(declaration.calibration)
    return calibration.apply(predictions, temperature)


def _in_form(task: Task, front: keras.Model, predictions: Mapping[str, KerasTensor]) -> Any:
    """Predictions as the exported model gives them, in the form of its inputs where the task says so."""
    if not isinstance(task, TakesForm):
        return bare(predictions)
    return bare(task.in_form_of(dict(front.input), predictions))


def _on_tensors(
    core: keras.Model | StackedModel, tensors: Mapping[str, KerasTensor]
) -> dict[str, KerasTensor]:
    from automl.models.layers.stacked import StackedModel

    structure = core.structure() if isinstance(core, StackedModel) else core
    outputs: dict[str, KerasTensor] = core({name: tensors[name] for name in structure.input})
    return outputs


def _parted(predictions: Mapping[str, KerasTensor], core: StackedModel) -> list[dict[str, KerasTensor]]:
    """The predictions of each network of a stacked model."""
    from automl.models.layers.stacked import Unstacked

    parted = {name: Unstacked(core.networks)(values) for name, values in predictions.items()}
    return [{name: values[network] for name, values in parted.items()} for network in range(core.networks)]


def _finisher(task: Task, outputs: Mapping[str, KerasTensor], number: int) -> keras.Model:
    """The task's decoding as a model: its layers have names, and a model holds each name once."""
    import keras

    inputs = {
        name: keras.Input(batch_shape=item.shape, dtype=item.dtype, name=name)
        for name, item in outputs.items()
    }
    return keras.Model(inputs, task.finish(inputs), name=f"decoding_{number}")
