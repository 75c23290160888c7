"""Target columns: which task they ask for, and their cells as targets.

Each kind of target is a module of ``target_kinds``; here they are asked, and the one that a task takes is
found. Rows, pictures and series are told by the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.specs import TaskKind
from automl.data.flags import Flags
from automl.data.label_types import LabelType
from automl.data.tables import as_number, as_text, listed
from automl.data.target_kinds.catalog import kind_of, kinds_in_columns
from automl.data.target_kinds.flags import is_flag
from automl.data.target_kinds.kind import ColumnTargets
from automl.tasks.catalog import TASKS, declarations, task_of


def infer_task(
    frame: pd.DataFrame,
    where: str,
    *,
    several: bool = True,
    said: str | None = None,
    numbered: bool = False,
) -> TaskKind:
    """Decide what the target columns ask for.

    Args:
        frame: the target columns.
        where: what messages call the source.
        several: whether a task over several targets may be found where another one takes them, too.
        said: kind of target that the source says they are, or None.
        numbered: whether the source is one that numbers its classes, see ``class_or_amount``.

    Raises:
        DataError: dates, or several columns that are neither all yes/no nor all numbers.
    """
    kinds = kinds_in_columns()
    if said is not None:
        return task_of(kinds[said].facts(frame))
    joined = None
    for kind in kinds.values():
        if not kind.recognises(frame, where, numbered=numbered):
            continue
        found = task_of(kind.facts(frame))
        if several or not TASKS[found].joins:
            return found
        joined = found
    if joined is not None:
        return joined
    raise DataError(f"{where}: no task takes such targets: {_example_of_text(frame)}.")


def checked_task(
    frame: pd.DataFrame,
    task: TaskKind | None,
    where: str,
    what: str,
    *,
    several: bool = False,
    **hints: Any,
) -> TaskKind:
    """Return the task asked for, or what the target columns ask for.

    Args:
        frame: the target columns.
        task: the task asked for, or None.
        where: what messages call the source.
        what: what messages call such data: ``A table``.
        several: whether such data may have several targets, each with a task of its own.
        hints: as for ``infer_task``.

    Raises:
        DataError: the task takes no columns of such data, or not so many.
    """
    found = task or infer_task(frame, where, several=several, **hints)
    kind = kind_of(TASKS[found])
    if TASKS[found].joins and not several:
        _refuse_joined(frame, found, where, what, asked=task is not None)
    if not kind.in_columns:
        able = [item.name for item in declarations() if kind_of(item).in_columns]
        raise DataError(f"{what} cannot be read for {found}; expected one of {listed(able)}.")
    if cast(ColumnTargets, kind).single and frame.shape[1] > 1:
        names = listed([str(name) for name in frame.columns])
        raise DataError(
            f"{where}: {found} takes one target, got {names}. Name one of them, give one column of classes"
            " (the argmax of one-hot codes), or choose multilabel."
        )
    return found


def _refuse_joined(frame: pd.DataFrame, found: TaskKind, where: str, what: str, *, asked: bool) -> None:
    table = f"{found} tasks are for tables, also of paths of images (--modality mixed)"
    if asked:
        folder = "for folders of images with annotations of boxes and with masks"
        raise DataError(f"{what} cannot be read for a {found} task: {table}, and {folder}.")
    raise DataError(
        f"{where}: several targets must all be numbers, or all yes/no (0/1, true/false); got"
        f" {_example_of_text(frame)}. Name one target, or turn the columns into 0 and 1; {table}."
    )


def column_targets(task: TaskKind) -> ColumnTargets:
    """Return the kind of target that a task takes, where that is read from columns."""
    return cast(ColumnTargets, kind_of(TASKS[task]))


def target_flags(frame: pd.DataFrame, task: TaskKind) -> Flags | None:
    """Return how a class target of yes and no spells them in training; None for any other."""
    return column_targets(task).flags(frame)


def read_targets(
    frame: pd.DataFrame, task: TaskKind, where: str, flags: Flags | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return targets as ``Examples.targets`` has them, and which rows have one ``(n,)`` bool.

    Args:
        frame: the target columns.
        task: what they are read for.
        where: what messages call the table.
        flags: spelling that classes of yes and no are brought to, see ``target_flags``.

    Raises:
        DataError: a cell does not fit the task.
    """
    return column_targets(task).read(frame, where, flags)


def target_notes(frame: pd.DataFrame, task: TaskKind) -> tuple[str, ...]:
    """Tell what is odd about the target columns: spellings, look-alikes, values far from all others."""
    return column_targets(task).notes(frame)


def check_variety(targets: np.ndarray, task: TaskKind, names: Sequence[str], where: str) -> None:
    """Refuse targets from which nothing can be learned.

    Raises:
        DataError: one class, one value, more than two classes for ``binary``, or nearly a class per row.
    """
    if len(targets) == 0:
        raise DataError(f"{where}: no row has a target in {listed(list(names))}.")
    column_targets(task).check(targets, TASKS[task], names, where)


def label_type(frame: pd.DataFrame, task: TaskKind, *, typed: bool = True) -> LabelType:
    """Find the type of the target columns of a table, see ``label_types``.

    Args:
        frame: the target columns alone.
        task: of numbers the answer is ``"float"``.
        typed: whether the columns' types are the user's own; else cells are texts, as in CSV files, and
            count as what pandas makes of them.
    """
    return column_targets(task).label_type(frame, typed=typed)


def array_label_type(targets: Any, task: TaskKind) -> LabelType:
    """Find the type of targets in memory: an array, list or Series ``(n,)`` or ``(n, k)``."""
    if isinstance(targets, pd.Series | pd.DataFrame):
        return label_type(pd.DataFrame(targets), task)
    array = np.asarray(targets)
    return label_type(pd.DataFrame(array.reshape(len(array), -1)).infer_objects(), task)


def _example_of_text(frame: pd.DataFrame) -> str:
    texts = (name for name in frame.columns if as_number(frame[name])[1])
    amounts = (name for name in frame.columns if not is_flag(frame[name]))
    name = next(chain(texts, amounts, frame.columns))
    return f"{as_text(frame[name])[0]!r} in column {name!r}"
