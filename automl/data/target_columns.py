"""The targets of a table: all target columns as one target, or each as a target with a task of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.data.flags import Flags
from automl.data.tables import listed
from automl.data.targets import (
    check_variety,
    checked_task,
    label_type,
    read_targets,
    target_flags,
    target_notes,
)
from automl.tasks.catalog import TASKS


@dataclass(frozen=True, kw_only=True)
class TargetColumns:
    """Columns that are one target.

    Attributes:
        names: of the columns.
        task: what they are read for.
        flags: how a class target of yes and no spells them, or None.
    """

    names: tuple[str, ...]
    task: TaskKind
    flags: Flags | None


@dataclass(frozen=True, kw_only=True)
class TableTargets:
    """All targets of a table.

    Attributes:
        task: of the table: that of its only target, or a task over several.
        parts: the columns of each target, by the name that it has in ``Examples.targets``.
    """

    task: TaskKind
    parts: Mapping[str, TargetColumns]

    @property
    def names(self) -> tuple[str, ...]:
        """The target columns, in the user's order."""
        return tuple(name for part in self.parts.values() for name in part.names)

    @property
    def tasks(self) -> dict[str, TaskKind]:
        """The task of each target of a task over several; empty for a single target."""
        return {name: part.task for name, part in self.parts.items()} if TASKS[self.task].joins else {}

    def read(self, frame: pd.DataFrame, where: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return targets by name, and which rows have all of them ``(n,)`` bool.

        Raises:
            DataError: a cell does not fit its target's task.
        """
        found = {
            name: read_targets(frame[list(part.names)], part.task, where, part.flags)
            for name, part in self.parts.items()
        }
        present = np.logical_and.reduce([present for _, present in found.values()])
        return {name: values for name, (values, _) in found.items()}, present

    def check(self, targets: Mapping[str, np.ndarray], rows: np.ndarray, where: str) -> None:
        """Refuse targets from which nothing can be learned.

        Args:
            targets: by name.
            rows: those to look at, as positions or as ``(n,)`` bool.
            where: what messages call the table.
        """
        for name, part in self.parts.items():
            check_variety(targets[name][rows], part.task, part.names, where)

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell what is odd about the target columns."""
        every = [target_notes(frame[list(part.names)], part.task) for part in self.parts.values()]
        return tuple(note for notes in every for note in notes)

    def schema(self, frame: pd.DataFrame, *, typed: bool) -> dict[str, Any]:
        """Return plain data (JSON) from which ``targets_of`` reads other tables the same way.

        Args:
            frame: the target columns.
            typed: see ``targets.label_type``.
        """
        types = {
            name: label_type(frame[list(part.names)], part.task, typed=typed)
            for name, part in self.parts.items()
        }
        flags = {name: asdict(part.flags) if part.flags else None for name, part in self.parts.items()}
        own: dict[str, Any] = {"label_type": types.get(TARGET), "flags": flags.get(TARGET)}
        if self.tasks:
            own = {"label_type": {"tasks": self.tasks, "types": types}, "flags": flags, "parts": self.tasks}
        return {"targets": list(self.names), "task": self.task, **own}


def find_targets(frame: pd.DataFrame, task: TaskKind | None, where: str, what: str) -> TableTargets:
    """Find what the target columns ask for.

    Args:
        frame: the target columns.
        task: the task asked for, or None.
        where: what messages call the table.
        what: what messages call such data: ``A table``.

    Raises:
        DataError: they do not fit the task, or a column is named twice.
    """
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        raise DataError(f"{where}: expected different target columns, got {listed(names)}.")
    found = checked_task(frame, task, where, what, several=True)
    if not TASKS[found].joins:
        return TableTargets(task=found, parts={TARGET: _columns(frame, found)})
    if len(names) < 2:
        raise DataError(
            f"{where}: a task over several targets needs two or more target columns, got {listed(names)}."
        )
    each = [frame[[name]] for name in frame.columns]
    parts = [_columns(column, checked_task(column, None, where, what)) for column in each]
    return TableTargets(task=found, parts=dict(zip(names, parts, strict=True)))


def targets_of(schema: Mapping[str, Any]) -> TableTargets:
    """Return the targets that the schema of a table tells of."""
    task, names = schema["task"], tuple(schema["targets"])
    tasks, flags = schema.get("parts"), schema.get("flags") or {}
    if not tasks:
        return TableTargets(task=task, parts={TARGET: _known(names, task, flags)})
    parts = {name: _known((name,), tasks[name], flags[name] or {}) for name in names}
    return TableTargets(task=task, parts=parts)


def _known(names: tuple[str, ...], task: TaskKind, flags: Mapping[str, str]) -> TargetColumns:
    return TargetColumns(names=names, task=task, flags=Flags(**flags) if flags else None)


def _columns(frame: pd.DataFrame, task: TaskKind) -> TargetColumns:
    return TargetColumns(
        names=tuple(str(name) for name in frame.columns), task=task, flags=target_flags(frame, task)
    )
