"""Target columns of a table: which task they ask for, and their cells as targets.

Classes are texts, booleans, and whole numbers with at most 10 different values, each of them five times
on average; other numbers are regression. Several columns of 0 and 1 are a multi-label target.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.specs import TaskKind
from automl.data.columns import LARGEST, as_category
from automl.data.tables import as_number, as_text

MAX_NUMBER_CLASSES = 10
ROWS_PER_CLASS = 5

_YES = {"1": 1.0, "true": 1.0, "yes": 1.0, "y": 1.0, "0": 0.0, "false": 0.0, "no": 0.0, "n": 0.0}
# "None" and "-" may be names of classes; in a target only these are missing.
_NO_LABEL = frozenset({"", "?", "na", "n/a", "#n/a", "<na>", "nan", "nat", "null"})


def infer_task(frame: pd.DataFrame, where: str) -> TaskKind:
    """Decide what the target columns ask for.

    Raises:
        DataError: several columns that are neither all yes/no nor all numbers.
    """
    if frame.shape[1] > 1:
        if all(_is_flag(frame[name]) for name in frame.columns):
            return "multilabel"
        if all(as_number(frame[name])[1] == 0 for name in frame.columns):
            return "regression"
        raise DataError(
            f"{where}: several targets must all be numbers, or all yes/no (0/1, true/false); got"
            f" {_example_of_text(frame)}. Name one target, or turn the columns into 0 and 1."
        )
    series = frame.iloc[:, 0]
    if _is_continuous(series):
        return "regression"
    return "binary" if len(set(labels(series).tolist()) - {""}) == 2 else "multiclass"


def read_targets(frame: pd.DataFrame, task: TaskKind, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return targets as ``Examples.targets`` has them, and which rows have one ``(n,)`` bool.

    Raises:
        DataError: a cell does not fit the task.
    """
    if task in ("binary", "multiclass"):
        names = labels(frame.iloc[:, 0])
        return names, names != ""
    convert = _flags if task == "multilabel" else _numbers
    values = np.stack([convert(frame[name], where) for name in frame.columns], axis=1)
    return values, ~np.isnan(values).any(axis=1)


def check_variety(targets: np.ndarray, task: TaskKind, names: Sequence[str], where: str) -> None:
    """Refuse targets from which nothing can be learned.

    Raises:
        DataError: one class, one value, more than two classes for ``binary``, or nearly a class per row.
    """
    if len(targets) == 0:
        raise DataError(f"{where}: no row has a target in {_listed(names)}.")
    if task in ("binary", "multiclass"):
        _check_classes(targets, task, names[0], where)
        return
    columns = targets.reshape(len(targets), -1)
    for name, column in zip(names, columns.T, strict=True):
        if (column == column[0]).all():
            raise DataError(
                f"{where}: target {name!r} has one value only ({column[0]:g}): nothing to learn."
            )


def labels(series: pd.Series[Any]) -> np.ndarray:
    """Class names as an object array of str, ``""`` for missing; ``1.0`` and ``1`` are the same class."""
    texts = as_text(series)
    words = as_category(series)
    gone = np.array([text.lower() in _NO_LABEL for text in texts], dtype=bool)
    return np.where(gone, "", np.where(words == "", texts, words)).astype(object)


def _check_classes(targets: np.ndarray, task: TaskKind, name: str, where: str) -> None:
    classes = sorted(set(targets.tolist()))
    if len(classes) < 2:
        raise DataError(f"{where}: target {name!r} has one class only ({classes[0]!r}): nothing to learn.")
    if task == "binary" and len(classes) > 2:
        shown = ", ".join(repr(item) for item in classes[:5])
        raise DataError(
            f"{where}: target {name!r} has {len(classes)} classes ({shown}, ...), expected 2."
            " Ask for multiclass."
        )
    if len(classes) > 50 and len(classes) > len(targets) / 2:
        raise DataError(
            f"{where}: target {name!r} has {len(classes)} different texts in {len(targets)} rows:"
            " expected classes that repeat, or numbers. Is it the right column?"
        )


def _is_continuous(series: pd.Series[Any]) -> bool:
    if pd.api.types.is_bool_dtype(series.dtype):
        return False
    numbers, bad = as_number(series)
    known = numbers[~np.isnan(numbers)]
    if bad or len(known) == 0:
        return False
    if not np.isfinite(known).all() or (known != np.round(known)).any():
        return True
    distinct = len(np.unique(known))
    return distinct > 2 and (distinct > MAX_NUMBER_CLASSES or distinct * ROWS_PER_CLASS > len(known))


def _is_flag(series: pd.Series[Any]) -> bool:
    present = set(labels(series).tolist()) - {""}
    return all(text.lower() in _YES for text in present)


def _flags(series: pd.Series[Any], where: str) -> np.ndarray:
    texts = labels(series)
    odd = [row for row, text in enumerate(texts) if text and text.lower() not in _YES]
    if odd:
        raise DataError(
            f"{where}, column {series.name!r}, row {odd[0] + 1}: expected 0 or 1 (true/false, yes/no)"
            f" in one of several targets, got {texts[odd[0]]!r}."
        )
    return np.array([_YES.get(text.lower(), np.nan) for text in texts], dtype=np.float32)


def _numbers(series: pd.Series[Any], where: str) -> np.ndarray:
    numbers, bad = as_number(series)
    if bad:
        row = _first_bad(series, numbers)
        raise DataError(
            f"{where}, column {series.name!r}, row {row + 1}: expected a number as target of regression,"
            f" got {as_text(series)[row]!r} ({bad} such cells). Mend them, or ask for classification."
        )
    return np.where(np.abs(numbers) > LARGEST, np.nan, numbers)


def _first_bad(series: pd.Series[Any], numbers: np.ndarray) -> int:
    texts = labels(series)
    return next(row for row in np.flatnonzero(np.isnan(numbers)).tolist() if texts[row])


def _example_of_text(frame: pd.DataFrame) -> str:
    name = next(name for name in frame.columns if as_number(frame[name])[1] or not _is_flag(frame[name]))
    return f"{as_text(frame[name])[0]!r} in column {name!r}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
