"""All tasks: for each kind a module of ``automl.tasks.kinds`` with two functions.

``fit(kind, targets, *, names, facts)`` fits a task on raw targets of the training part;
``restore(description)`` brings one back from ``Task.describe()``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from automl.core.errors import ConfigError, suggest
from automl.core.specs import TaskKind
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

KINDS: dict[TaskKind, str] = {
    "binary": "classification",
    "multiclass": "classification",
    "multilabel": "classification",
    "regression": "regression",
    "forecasting": "forecasting",
}


def fit_task(
    kind: TaskKind, targets: np.ndarray, *, names: tuple[str, ...], facts: Mapping[str, Any]
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


def _module(kind: TaskKind) -> Any:
    if kind not in KINDS:
        raise ConfigError(f"Unknown task {kind!r}. {suggest(kind, KINDS)}")
    return import_module(f"automl.tasks.kinds.{KINDS[kind]}")
