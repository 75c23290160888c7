"""Targets of pictures: from folder names, cells of a table or an array of labels.

Which task they pose and what their cells mean is told as for tables, but that names of folders are classes,
whatever they are, and that data sets of pictures number their classes, see ``class_or_amount``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl.core.specs import TaskKind
from automl.data import targets
from automl.data.flags import Flags
from automl.tasks.catalog import TASKS, task_of
from automl.tasks.declaration import LABEL, TargetFacts


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Targets as ``Examples.targets`` wants them, the task that they pose, and rows without one.

    Attributes:
        values: of the examples that have a target, see ``Examples.targets``.
        present: which examples those are ``(n,) bool``.
        task: as asked for or as inferred.
        flags: how classes of yes and no are spelled, or None.
        notes: what a user should know.
    """

    values: np.ndarray
    present: np.ndarray
    task: TaskKind
    flags: Flags | None = None
    notes: tuple[str, ...] = ()


def read_targets(
    labels: pd.DataFrame, task: TaskKind | None, where: str, *, classes: bool = False
) -> Targets:
    """Read targets and infer the task.

    Args:
        labels: one column per target.
        task: the task asked for, or None.
        where: what messages call the source.
        classes: whether they are names of classes, none of them missing, whatever they look like.

    Raises:
        DataError: no target at all, only one class, or targets that do not fit the task asked for.
    """
    names = [str(name) for name in labels.columns]
    if classes and task is None:
        task = task_of(TargetFacts(kind=LABEL, classes=labels.iloc[:, 0].nunique()))
    found = targets.checked_task(labels, task, where, f"{where}: images", numbered=True)
    flags = None if classes else targets.target_flags(labels, found)
    read = match_targets(labels, found, where, classes=classes, flags=flags)
    targets.check_variety(read.values, found, names, where)
    return read if classes else replace(read, notes=targets.target_notes(labels, found))


def match_targets(
    labels: pd.DataFrame,
    task: TaskKind,
    where: str,
    *,
    classes: bool = False,
    flags: Flags | None = None,
) -> Targets:
    """Read targets of another source for a known task; rows without one are marked, none is fine too.

    Args:
        labels: one column per target.
        task: what they are read for.
        where: what messages call the source.
        classes: whether they are names of classes, none of them missing, whatever they look like.
        flags: how classes of yes and no were spelled in training, or None.

    Raises:
        DataError: a cell does not fit the task.
    """
    if classes and TASKS[task].names:
        names = labels.iloc[:, 0].to_numpy(object)
        return Targets(values=names, present=np.ones(len(names), bool), task=task)
    values, present = targets.read_targets(labels, task, where, flags)
    return Targets(values=values[present], present=present, task=task, flags=flags)


def as_columns(labels: np.ndarray, names: Sequence[str] = ()) -> pd.DataFrame:
    """Labels ``(n,)`` or ``(n, targets)`` as columns, named ``label`` or ``label0``, ``label1``, ..."""
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if labels.ndim == 1:
        return pd.DataFrame({(*names, "label")[0]: labels}).infer_objects()
    made = names or [f"label{position}" for position in range(labels.shape[1])]
    return pd.DataFrame(labels, columns=list(made)).infer_objects()
