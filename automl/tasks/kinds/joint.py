"""Joint tasks: several targets, each with a task, a head and metrics of its own, on one set of features.

What the targets share is learned once (Caruana, Multitask Learning, 1997). The losses are added up, and how
much the first one counts is searched. Heads that need the same stand on one feature, such as a vector;
others, as of boxes and of masks of the same pictures, each on its own.

Symbols: n examples, m targets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, make_dataclass, replace
from functools import partial
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import ConfigError
from automl.core.names import free_name
from automl.core.specs import TaskKind
from automl.core.targets import TARGET, spread_rows
from automl.core.tensors import Inputs
from automl.metrics.metric import SKILL, Metric
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import declared, fit_task, restore_task
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.joint import JOINT
from automl.tasks.losses import JoinedLoss, MappingLoss
from automl.tasks.prefixes import output_key, outputs_of, prefixed
from automl.tasks.task import KnowsSpread, PlacesAnswers, TakesForm, Task, TaskScorer, Teaches

MOST_VALUES = 2_000_000
"""Raw values of a target that its baseline is scored on: of masks those of some pictures say enough."""

_OWN_FACTS = ("parts", "asked")


@dataclass(frozen=True, kw_only=True)
class JointOptions:
    """Searched parameters of the loss, beside those of each target's own task.

    Attributes:
        balance: weight of the first target's loss, above 0 and below 1; the others share the rest. At 0.5
            two targets count alike.
    """

    balance: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.balance < 1:
            raise ConfigError(f"Expected a balance between 0 and 1, got {self.balance}.")


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Joint:
    """Fit the task of each target on the training part.

    Args:
        kind: ``joint``.
        targets: raw values by name of the target.
        names: of the targets, in the user's order.
        facts: ``parts``: the kind of task of each target, by name; the others are for these tasks.
    """
    own = {name: value for name, value in facts.items() if name not in _OWN_FACTS}
    tasks = {
        name: fit_task(facts["parts"][name], {TARGET: targets[name]}, names=(name,), facts=own)
        for name in names
    }
    references = {name: _reference(task, targets[name]) for name, task in tasks.items()}
    return Joint(tasks=tasks, references=references)


def restore(description: Mapping[str, Any]) -> Joint:
    """Bring a task back from what its ``describe`` gave."""
    tasks = {name: restore_task(part) for name, part in description["parts"].items()}
    return Joint(tasks=tasks, references=dict(description["references"]))


@dataclass(frozen=True, kw_only=True)
class Joint:
    """A task per target; encoded targets, raw outputs and predictions have the targets' names.

    Attributes:
        tasks: by name of the target; the first is the one whose weight is searched.
        references: what each task's own baseline scores in its default metric on the training part.
    """

    tasks: Mapping[str, Task]
    references: Mapping[str, float]
    options: type[Any] = field(init=False, compare=False)

    kind: ClassVar[TaskKind] = JOINT.name

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", _options_of(self.tasks))

    @property
    def declaration(self) -> TaskDeclaration:
        """As the targets' tasks make it."""
        return declared(self.kind, {name: task.kind for name, task in self.tasks.items()})

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Encode each target by its task; one that is not given is an error of that task."""
        return {name: task.encode({TARGET: targets[name]})[TARGET] for name, task in self.tasks.items()}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on, with what each task takes of them for its head."""
        return inputs, {
            name: task.connect(inputs, _own(task, options))[1] for name, task in self.tasks.items()
        }

    def head(self, features: Any, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Put a head per target on its feature, each in a model of its own: layers' names recur.

        Args:
            features: one for all heads, or by what they need.
            context: by name of the target, or None.
            options: of all tasks.
        """
        heads: dict[str, KerasTensor] = {}
        for at, (name, task) in enumerate(self.tasks.items()):
            feature = features[task.declaration.needs] if isinstance(features, Mapping) else features
            beside = (context or {}).get(name)
            given = {"feature": feature} | ({} if beside is None else {"context": beside})
            made = _nested(partial(_head, task, _own(task, options)), given, f"head_{at}")
            heads |= {output_key(name, output): tensor for output, tensor in made.items()}
        return heads

    def loss(self, options: Any) -> keras.losses.Loss:
        """Return the weighted sum of the targets' losses; the weights are dials."""
        losses = {name: _of_target(task.loss(_own(task, options))) for name, task in self.tasks.items()}
        return JoinedLoss(losses, _weights(tuple(losses), options.balance))

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Finish each target's outputs by its task."""
        done = {}
        for at, (name, task) in enumerate(self.tasks.items()):
            own = outputs_of(name, outputs, self.tasks)
            if all(isinstance(values, np.ndarray) for values in own.values()):
                done[name] = task.finish(own)[TARGET]
            else:
                done[name] = _nested(partial(_finish, task), own, f"finish_{at}")
        return done

    def in_form_of(self, inputs: Mapping[str, Any], predictions: Mapping[str, Any]) -> dict[str, Any]:
        """Predictions of targets that take the form of raw inputs in that form, the others as they are."""
        taking = {name: task for name, task in self.tasks.items() if isinstance(task, TakesForm)}
        formed = {
            name: task.in_form_of(inputs, {TARGET: predictions[name]})[TARGET]
            for name, task in taking.items()
        }
        return {**predictions, **formed}

    def placed(
        self, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Those of targets that lie in pictures in pixels of the files, the others as they are."""
        placing = {name: task for name, task in self.tasks.items() if isinstance(task, PlacesAnswers)}
        found = {
            name: task.placed({TARGET: predictions[name]}, keys)[TARGET] for name, task in placing.items()
        }
        return {**predictions, **found}

    def lesson(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What each target's task makes of its predictions.

        Raises:
            TypeError: a task that cannot be distilled.
        """
        return {
            name: _teaching(task).lesson({TARGET: predictions[name]})[TARGET]
            for name, task in self.tasks.items()
        }

    def taught(self, options: Any) -> Any:
        """Each target's task changes its own options."""
        for task in self.tasks.values():
            options = replace(options, **asdict(_teaching(task).taught(_own(task, options))))
        return options

    def spread(self) -> dict[str, np.ndarray]:
        """Of the targets that are amounts."""
        knowing = {name: task for name, task in self.tasks.items() if isinstance(task, KnowsSpread)}
        return {name: task.spread()[TARGET] for name, task in knowing.items()}

    def scorer(self) -> JointScorer:
        """Return what scores each target by its own metrics, and all by their mean skill."""
        return JointScorer(self.tasks, self.references)

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``<target>``, and what else its task answers as ``<target>_probability_<class>``."""
        return _columns(
            {name: task.decode({TARGET: predictions[name]}) for name, task in self.tasks.items()}
        )

    def decode_for(
        self, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """As ``decode``, in the form that each example had before it was read."""
        return _columns(
            {
                name: task.decode_for({TARGET: predictions[name]}, keys)
                if isinstance(task, TakesForm)
                else task.decode({TARGET: predictions[name]})
                for name, task in self.tasks.items()
            }
        )

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``constant``: the first baseline of each target's task."""
        rules = {
            name: task.baselines({TARGET: train[name]}, {TARGET: validation[name]}, inputs)
            for name, task in self.tasks.items()
        }
        return {"constant": {name: next(iter(found.values()))[TARGET] for name, found in rules.items()}}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {
            "kind": self.kind,
            "names": list(self.tasks),
            "parts": {name: task.describe() for name, task in self.tasks.items()},
            "references": dict(self.references),
        }


class JointScorer:
    """Implements ``TaskScorer``: metrics of each target behind its name, and ``skill``.

    The skill of a target is the share of the way from its baseline to a perfect score that the model goes,
    ``(score - baseline) / (perfect - baseline)`` in the default metric of its task (Murphy, 1988); the
    baseline is scored on the training part. ``skill`` is the mean over the targets, so that an accuracy and
    an error in any unit count alike: 0 is as good as the baselines, 1 is perfect.

    Args:
        tasks: by name of the target.
        references: score of each baseline.
    """

    def __init__(self, tasks: Mapping[str, Task], references: Mapping[str, float]) -> None:
        self._scorers: dict[str, TaskScorer] = {name: task.scorer() for name, task in tasks.items()}
        self._metrics = {name: task.declaration.default_metric for name, task in tasks.items()}
        self._references = references

    def update(
        self,
        targets: Mapping[str, np.ndarray],
        predictions: Mapping[str, np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        """Hear of a batch."""
        for name, scorer in self._scorers.items():
            scorer.update({TARGET: targets[name]}, {TARGET: predictions[name]}, groups)

    def result(self) -> dict[str, float]:
        """Every metric."""
        scores = {name: scorer.result() for name, scorer in self._scorers.items()}
        skills = [
            skill(metric, scores[name][metric.name], self._references[name])
            for name, metric in self._metrics.items()
        ]
        own = {prefixed(name, key): value for name, part in scores.items() for key, value in part.items()}
        return {SKILL.name: float(np.mean(skills)), **own}


def skill(metric: Metric, value: float, reference: float) -> float:
    """Return the share of the way from a reference to a perfect score; see ``JointScorer``."""
    perfect = 1.0 if metric.direction == "maximize" else 0.0
    way = perfect - reference
    return (value - reference) / way if abs(way) > 1e-12 else float(value == reference)


def _reference(task: Task, raw: np.ndarray) -> float:
    some = raw[spread_rows(len(raw), max(1, MOST_VALUES // max(1, np.size(raw[0]))))]
    encoded = task.encode({TARGET: some})
    rule = next(iter(task.baselines(encoded, encoded, {}).values()))
    return float(score_at_once(task.scorer(), encoded, rule)[task.declaration.default_metric.name])


def _head(task: Task, options: Any, given: Mapping[str, KerasTensor]) -> dict[str, KerasTensor]:
    return task.head(given["feature"], given.get("context"), options)


def _finish(task: Task, outputs: Mapping[str, KerasTensor]) -> KerasTensor:
    return task.finish(outputs)[TARGET]


def _nested(make: Callable[[Any], Any], values: Mapping[str, KerasTensor], name: str) -> Any:
    """Apply layers within a model of that name, where their names cannot meet others."""
    inner = {
        key: keras.Input(batch_shape=value.shape, dtype=value.dtype, name=key)
        for key, value in values.items()
    }
    return keras.Model(inner, make(inner), name=name)(dict(values))


def _of_target(loss: keras.losses.Loss) -> keras.losses.Loss:
    """The loss of the only target: by itself where its task gives it so, or as one of mappings."""
    if isinstance(loss, JoinedLoss) and set(loss.losses) == {TARGET}:
        return loss.losses[TARGET]
    if isinstance(loss, JoinedLoss) or not isinstance(loss, MappingLoss):
        raise ConfigError(f"A joint task takes tasks with one loss of one target, got {loss.name!r}.")
    return loss


def _columns(decoded: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    columns = {name: part["prediction"] for name, part in decoded.items()}
    ordered: dict[str, np.ndarray] = {}
    for name, part in decoded.items():
        ordered[name] = columns[name]
        for column, values in part.items():
            if column != "prediction":
                ordered[free_name(f"{name}_{column}", {**columns, **ordered})] = values
    return ordered


def _weights(names: tuple[str, ...], balance: float) -> dict[str, float]:
    """Weights that sum to the number of targets, so that the loss is as large as theirs."""
    count = len(names)
    rest = (1 - balance) / max(1, count - 1)
    return {name: count * (balance if at == 0 else rest) for at, name in enumerate(names)}


def _teaching(task: Task) -> Teaches:
    if not isinstance(task, Teaches):
        raise TypeError(f"A {task.kind} task cannot be distilled.")
    return task


def _options_of(tasks: Mapping[str, Task]) -> type[Any]:
    """Options of all targets' tasks by name, each once, and those of the joint task."""
    own = {item.name: item for task in tasks.values() for item in fields(task.options)}
    more = [(item.name, item.type, field(default=item.default)) for item in own.values()]
    made: type[Any] = make_dataclass(
        "Options", more, bases=(JointOptions,), frozen=True, kw_only=True, namespace={}
    )
    return made


def _own(task: Task, options: Any) -> Any:
    """The part of the options that a target's task knows."""
    known = asdict(options)
    return task.options(**{item.name: known[item.name] for item in fields(task.options)})
