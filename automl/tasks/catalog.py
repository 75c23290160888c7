"""All tasks, by name; of several that fit the same targets the first is taken.

The catalog holds declarations and loads no framework. The module that a declaration names has two
functions: ``fit(kind, targets, *, names, facts)`` fits a task on raw targets of the training part, by name,
and
``restore(description)`` brings one back from ``Task.describe()``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from automl.core.catalog import Catalog, at_place
from automl.core.extensions import TASK_GROUP
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.metrics.metric import Metric
from automl.tasks.declaration import TargetFacts, TaskDeclaration
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

_PLACE = "automl.tasks.declared"

TASKS: Catalog[TaskDeclaration] = Catalog(
    "task",
    {
        "binary": f"{_PLACE}.classification:BINARY",
        "multiclass": f"{_PLACE}.classification:MULTICLASS",
        "multilabel": f"{_PLACE}.multilabel:MULTILABEL",
        "regression": f"{_PLACE}.regression:REGRESSION",
        "forecasting": f"{_PLACE}.forecasting:FORECASTING",
        "segmentation": f"{_PLACE}.segmentation:SEGMENTATION",
        "joint": f"{_PLACE}.joint:JOINT",
        "language_model": f"{_PLACE}.language_model:LANGUAGE_MODEL",
        "detection": f"{_PLACE}.detection:DETECTION",
        "anomaly": f"{_PLACE}.anomaly:ANOMALY",
        "verification": f"{_PLACE}.verification:VERIFICATION",
        "transcription": f"{_PLACE}.transcription:TRANSCRIPTION",
        "rating": f"{_PLACE}.rating:RATING",
        "ranking": f"{_PLACE}.ranking:RANKING",
    },
    group=TASK_GROUP,
    expected=TaskDeclaration,
)


def task_of(facts: TargetFacts) -> TaskKind:
    """Return the task that targets ask for, where the user does not say.

    Raises:
        ValueError: no task takes such targets.
    """
    for task in declarations():
        if task.fits(facts):
            return task.name
    raise ValueError(f"No task takes targets of the kind {facts.kind!r}.")


def declared(kind: TaskKind, parts: Mapping[str, TaskKind] = MappingProxyType({})) -> TaskDeclaration:
    """Return the declaration of a task; of one over several targets as their tasks make it.

    Args:
        kind: of the task.
        parts: for a task over several targets, the task of each by name.
    """
    whole = TASKS[kind]
    if not (whole.over and parts):
        return whole
    made: TaskDeclaration = at_place(whole.over)([TASKS[part] for part in parts.values()])
    return made


def declarations() -> Iterator[TaskDeclaration]:
    """Give every task that can be used."""
    return TASKS.sound()


def known_metrics() -> dict[str, Metric]:
    """Return the metrics of all tasks by name; of one that tasks declare differently the first one's."""
    every = [metric for task in declarations() for metric in task.metrics]
    return {metric.name: metric for metric in reversed(every)}


def metric_named(name: str) -> Metric | None:
    """Return the metric of some task by its name, None where no task measures it."""
    known = known_metrics().get(name)
    if known is not None:
        return known
    others = (item.named(name) for task in declarations() for item in task.further)
    return next((found for found in others if found is not None), None)


def head_names() -> list[str]:
    """Return the names of the layers that tasks put at the end of a model."""
    return list(dict.fromkeys(head for task in declarations() for head in task.heads))


def fit_task(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Task:
    """Fit a task on raw targets of the training part.

    Args:
        kind: which task.
        targets: raw targets, as in ``Examples.targets``.
        names: name of each target.
        facts: what the modality knows of the training part beyond the targets (``Modality.facts``).
    """
    return cast(Task, _module(kind).fit(kind, targets, names=names, facts=facts))


def restore_task(description: Mapping[str, Any]) -> Task:
    """Bring a fitted task back from what ``Task.describe`` gave."""
    return cast(Task, _module(description["kind"]).restore(description))


def known_classes(description: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the classes of a fitted task by name of each target that is a class, from its description."""
    parts = description.get("parts", {TARGET: description})
    return {name: part["classes"] for name, part in parts.items() if "classes" in part}


def list_columns(description: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of predictions that hold lists as JSON, from the description of a fitted task."""
    parts = description.get("parts", {"prediction": description})
    return tuple(name for name, part in parts.items() if TASKS[part["kind"]].lists)


def gives_probabilities(description: Mapping[str, Any], name: str) -> bool:
    """Whether a fitted task predicts probabilities for a target.

    Args:
        description: of the task; one over several targets has the task of each among its ``parts``.
        name: of the target.
    """
    part = description.get("parts", {}).get(name, description)
    return TASKS[part["kind"]].probabilities


def gives_lists(description: Mapping[str, Any], name: str) -> bool:
    """Whether a fitted task predicts lists of items for a target, see ``gives_probabilities``."""
    part = description.get("parts", {}).get(name, description)
    return bool(TASKS[part["kind"]].lists)


def _module(kind: TaskKind) -> Any:
    return import_module(TASKS[kind].module)


def fine_parts(description: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in words what a fitted task answers too finely for weights of 8 bits, see ``fine``."""
    parts = description.get("parts", {TARGET: description})
    kinds = dict.fromkeys(part["kind"] for part in parts.values())
    return tuple(TASKS[kind].words for kind in kinds if TASKS[kind].fine)
