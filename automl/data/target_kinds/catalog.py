"""All kinds of targets, by name; columns are of the first that recognises them.

A task of another package may bring a kind of its own: it names the place of that kind.
"""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from automl.core.catalog import Catalog, at_place
from automl.core.errors import ConfigError
from automl.data.target_kinds.kind import ColumnTargets, TargetKind
from automl.tasks.catalog import declarations
from automl.tasks.declaration import TaskDeclaration

_PLACE = "automl.data.target_kinds"

TARGET_KINDS: Catalog[TargetKind] = Catalog(
    "kind of target",
    {
        "flags": f"{_PLACE}.flags:KIND",
        "several": f"{_PLACE}.several:KIND",
        "amount": f"{_PLACE}.amount:KIND",
        "label": f"{_PLACE}.label:KIND",
        "steps": f"{_PLACE}.steps:KIND",
        "continuation": f"{_PLACE}.continuation:KIND",
        "class_map": f"{_PLACE}.class_map:KIND",
        "boxes": f"{_PLACE}.boxes:KIND",
        "normality": f"{_PLACE}.normality:KIND",
        "identity": f"{_PLACE}.identity:KIND",
        "transcript": f"{_PLACE}.transcript:KIND",
        "item_set": f"{_PLACE}.item_set:KIND",
    },
)


def kind_of(task: TaskDeclaration) -> TargetKind:
    """Return the kind of the targets of a task.

    Raises:
        ConfigError: the task of another package names a place where there is none.
    """
    if ":" not in task.targets:
        return TARGET_KINDS[task.targets]
    try:
        return cast(TargetKind, at_place(task.targets))
    except Exception as error:  # it is the code of others: anything may happen
        raise ConfigError(
            f"The targets of the task {task.name!r} ({task.targets}) cannot be loaded"
            f" ({type(error).__name__}: {error}). Update the package that brings it, or uninstall it."
        ) from error


def kinds_in_columns() -> dict[str, ColumnTargets]:
    """Return the kinds that are read from columns, those of other packages first: ours take the rest."""
    every: dict[str, TargetKind] = {}
    for task in declarations():
        if ":" in task.targets:
            with suppress(ConfigError):  # told when the task is asked for
                every[task.targets] = kind_of(task)
    every |= {name: TARGET_KINDS[name] for name in TARGET_KINDS}
    return {name: cast(ColumnTargets, kind) for name, kind in every.items() if kind.in_columns}
