"""Targets of pictures: from folder names, cells of a table or an array of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl.core.errors import DataError
from automl.core.specs import TaskKind

MOST_NUMBERED_CLASSES = 20
"""Whole numbers with more different values than this are amounts, unless they count 0, 1, 2, ... or
1, 2, 3, ... without a gap, as numbered classes do."""


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Targets as ``Examples.targets`` wants them, the task that they pose, and rows without one.

    Attributes:
        values: of the examples that have a target, see ``Examples.targets``.
        present: which examples those are ``(n,) bool``.
        task: as asked for or as inferred.
    """

    values: np.ndarray
    present: np.ndarray
    task: TaskKind


def read_targets(
    columns: Sequence[np.ndarray],
    names: Sequence[str],
    task: TaskKind | None,
    where: str,
    *,
    classes: bool = False,
) -> Targets:
    """Read targets and infer the task.

    One target: text is classes; numbers are an amount (regression) when one has a fraction or when there
    are more than 20 different ones that do not number classes from 0 or 1 without a gap; else classes.
    Several targets: multilabel when all are 0 or 1, else regression.

    Args:
        columns: one array ``(n,)`` of str per target, ``""`` where it is missing.
        names: name of each target.
        task: the task asked for, or None.
        where: what messages call the source.
        classes: whether one target is classes even where it looks like an amount.

    Raises:
        DataError: no target at all, one class only, or targets that do not fit the task asked for.
    """
    present = np.all([column != "" for column in columns], axis=0)
    kept = [column[present] for column in columns]
    if not present.any():
        raise DataError(f"{where}: no row has a value of the target {', '.join(map(repr, names))}.")
    numbers = [_numbers(column) for column in kept]
    found = task or _infer(kept, numbers, classes=classes)
    if found == "forecasting":
        raise DataError(f"{where}: pictures cannot be forecast. Choose classification or regression.")
    if found in ("binary", "multiclass"):
        return Targets(
            values=_classes(kept, names, task, where), present=present, task=_kind(kept[0], found)
        )
    values = _amounts(kept, numbers, names, found, where)
    return Targets(values=values, present=present, task=found)


def match_targets(
    columns: Sequence[np.ndarray], names: Sequence[str], task: TaskKind, where: str
) -> Targets:
    """Read targets of another source for a known task; rows without one are marked, none is fine too."""
    present = np.all([column != "" for column in columns], axis=0)
    kept = [column[present] for column in columns]
    if task in ("binary", "multiclass"):
        return Targets(values=kept[0].astype(object), present=present, task=task)
    values = _amounts(kept, [_numbers(column) for column in kept], names, task, where)
    return Targets(values=values, present=present, task=task)


def as_cells(labels: np.ndarray) -> np.ndarray:
    """An array of labels ``(n,)`` as object array of str; missing is ``""``, ``3.0`` is ``3``."""
    return np.array([_cell(label) for label in labels.tolist()], dtype=object)


def _cell(label: object) -> str:
    if label is None or label != label:
        return ""
    if isinstance(label, bytes):
        return label.decode("utf-8", "replace").strip()
    if isinstance(label, bool):
        return str(int(label))
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    return str(label).strip()


def _numbers(cells: np.ndarray) -> np.ndarray | None:
    try:
        numbers = cells.astype(np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _infer(
    columns: Sequence[np.ndarray], numbers: Sequence[np.ndarray | None], *, classes: bool
) -> TaskKind:
    if len(columns) > 1:
        binary = all(set(column) <= {"0", "1"} for column in columns)
        return "multilabel" if binary else "regression"
    first = numbers[0]
    if first is not None and not classes and _amount(np.unique(first)):
        return "regression"
    return "binary" if len(set(columns[0])) == 2 else "multiclass"


def _amount(different: np.ndarray) -> bool:
    if (different != np.round(different)).any():
        return True
    gapless = different[0] in (0, 1) and len(different) == different[-1] - different[0] + 1
    return len(different) > MOST_NUMBERED_CLASSES and not gapless


def _kind(column: np.ndarray, found: TaskKind) -> TaskKind:
    return "multiclass" if len(set(column)) > 2 else found


def _classes(
    columns: Sequence[np.ndarray], names: Sequence[str], task: TaskKind | None, where: str
) -> np.ndarray:
    if len(columns) > 1:
        raise DataError(
            f"{where}: expected one target for {task} classification, got {', '.join(map(repr, names))}. "
            "Name one of them, or ask for the task multilabel."
        )
    classes = sorted(set(columns[0]))
    if len(classes) < 2:
        raise DataError(
            f"{where}: expected at least two classes of {names[0]!r}, found only {classes[0]!r}. "
            "Add examples of another class."
        )
    if task == "binary" and len(classes) > 2:
        raise DataError(
            f"{where}: expected two classes of {names[0]!r} for a binary task, found {len(classes)}. "
            "Ask for the task multiclass."
        )
    return columns[0].astype(object)


def _amounts(
    columns: Sequence[np.ndarray],
    numbers: Sequence[np.ndarray | None],
    names: Sequence[str],
    task: TaskKind,
    where: str,
) -> np.ndarray:
    for name, column, values in zip(names, columns, numbers, strict=True):
        if values is None:
            odd = next(cell for cell in column if _numbers(np.array([cell], object)) is None)
            raise DataError(f"{where}: expected finite numbers in {name!r} for {task}, got {odd!r}.")
        if task == "multilabel" and not np.isin(values, (0, 1)).all():
            raise DataError(f"{where}: expected only 0 and 1 in {name!r} for multilabel.")
    stacked = np.stack([values for values in numbers if values is not None], axis=1)
    return stacked.astype(np.float32 if task == "multilabel" else np.float64)
