"""Whole labelled series, of equal or unequal lengths: from files or arrays to one padded array.

Symbols: n series, T steps of the longest, d dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError, suggest
from automl.core.specs import TaskKind
from automl.data.source import Source
from automl.data.ts_format import Label, read_ts

INPUT_KEYS = ("x", "X", "series", "data", "inputs", "x_train", "X_train")
TARGET_KEYS = ("y", "Y", "labels", "label", "target", "targets", "y_train", "Y_train")
MISSING = frozenset({"", "?", "nan", "none", "na"})


@dataclass(frozen=True, kw_only=True)
class WholeSeries:
    """Series as read.

    Attributes:
        series: ``(time, d)`` float64 each, NaN for missing.
        labels: raw labels ``(n,)`` or ``(n, k)``, or None.
        label: what the source says of its labels, or None when it does not say.
        where: what messages call the source.
    """

    series: list[np.ndarray]
    labels: np.ndarray | None
    label: Label | None
    where: str


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Resolved targets: as in ``Examples.targets``, for the rows that have one."""

    task: TaskKind
    targets: np.ndarray
    rows: np.ndarray
    notes: tuple[str, ...]


def read_whole(source: Source, target: Sequence[str]) -> WholeSeries:
    """Read a ``.ts`` file, an ``.npz`` file or arrays.

    Args:
        source: where the series are.
        target: name of the label array of an ``.npz`` file; empty for the usual names.

    Raises:
        DataError: the source holds no series, or series and labels differ in number.
    """
    where = str(source.path or source.name)
    if source.kind == "ts" and source.path is not None:
        found = read_ts(source.path)
        labels = None if found.labels is None else np.array(found.labels, object)
        return WholeSeries(series=found.series, labels=labels, label=found.label, where=where)
    if source.kind == "npz" and source.path is not None:
        inputs, labels = _read_npz(source.path, target)
    elif source.kind == "arrays":
        inputs, labels = source.content if isinstance(source.content, tuple) else (source.content, None)
    else:
        raise DataError(
            f"{where}: expected whole series as a .ts file, an .npz file or arrays to classify them, got a"
            f" {source.kind}. To forecast a table, give the horizon or the task forecasting."
        )
    series = _series(inputs, where)
    labels = None if labels is None else np.asarray(labels)
    if labels is not None and len(labels) != len(series):
        raise DataError(f"{where}: expected a label for each of {len(series)} series, got {len(labels)}.")
    return WholeSeries(series=series, labels=labels, label=None, where=where)


def resolve(found: WholeSeries, task: TaskKind | None) -> Labels:
    """Turn raw labels into targets; rows without one are dropped and counted.

    Without ``task``, labels that are numbers with a fraction make a regression, several columns of 0
    and 1 a multi-label task, anything else classes.

    Raises:
        DataError: there are no labels, one that is no number in a regression, or a single class.
    """
    if found.labels is None:
        raise DataError(f"{found.where}: expected a label for each series, found none.")
    labels = found.labels.reshape(len(found.labels), -1)
    if labels.shape[1] > 1 and task not in ("regression", "binary", "multiclass"):
        task = "multilabel" if _is_zero_one(labels) else "regression"
    numeric = found.label == "number" or (found.label is None and _has_fractions(labels))
    if task == "regression" or (task is None and numeric) or task == "multilabel":
        return _numbers(labels, "multilabel" if task == "multilabel" else "regression", found.where)
    return _classes(labels[:, 0], task, found.where)


def resolve_again(found: WholeSeries, task: TaskKind) -> Labels:
    """As ``resolve``, for a further file: its task is known and it may hold a single class."""
    if found.labels is None:
        raise DataError(f"{found.where}: expected a label for each series, found none.")
    labels = found.labels.reshape(len(found.labels), -1)
    if task in ("regression", "multilabel"):
        return _numbers(labels, task, found.where)
    texts = np.array([_text(value) for value in labels[:, 0]], object)
    rows = np.flatnonzero(texts != "")
    return Labels(task=task, targets=texts[rows], rows=rows, notes=_dropped(len(texts) - len(rows)))


def pad(series: Sequence[np.ndarray], length: int) -> np.ndarray:
    """Bring series to one length: ``(n, length, d)`` float64, NaN behind the end, longer ones cut.

    Missing values inside a series take the last known value before them, at its start the first known.
    """
    padded = np.full((len(series), length, series[0].shape[1]), np.nan, np.float64)
    for row, values in enumerate(series):
        known = ~np.isnan(values).all(axis=1)
        end = min(length, int(np.flatnonzero(known)[-1]) + 1 if known.any() else 0)
        padded[row, :end] = _without_gaps(values[:end])
    return padded


def without_padding(padded: np.ndarray) -> np.ndarray:
    """Repeat each series' last value to the end, for models trained on equal lengths."""
    steps = np.broadcast_to(np.arange(padded.shape[1])[None, :, None], padded.shape)
    last = np.maximum.accumulate(np.where(np.isnan(padded), 0, steps), axis=1)
    return np.asarray(np.nan_to_num(np.take_along_axis(padded, last, axis=1)))


def _read_npz(path: Path, target: Sequence[str]) -> tuple[np.ndarray, np.ndarray | None]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            inputs = _pick(archive, INPUT_KEYS, path)
            chosen = _target_key(archive, target, path)
            return archive[inputs], None if chosen is None else archive[chosen]
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"Cannot read {path}: {error}. Expected an .npz file of plain arrays; series of unequal length"
            " are padded with NaN at the end."
        ) from error


def _pick(archive: Any, keys: Sequence[str], path: Path) -> str:
    for key in keys:
        if key in archive.files:
            return key
    raise DataError(f"{path}: expected an array named {' or '.join(keys[:4])}, found {archive.files}.")


def _target_key(archive: Any, target: Sequence[str], path: Path) -> str | None:
    if target and target[0] not in archive.files:
        raise DataError(f"{path}: no array is named {target[0]!r}. {suggest(target[0], archive.files)}")
    return target[0] if target else next((key for key in TARGET_KEYS if key in archive.files), None)


def _series(inputs: Any, where: str) -> list[np.ndarray]:
    unequal = isinstance(inputs, list) or np.asarray(inputs).dtype == object
    items = [_two_axes(item, where, row) for row, item in enumerate(inputs)] if unequal else None
    if items is None:
        array = np.asarray(inputs, np.float64)
        if array.ndim not in (2, 3):
            raise DataError(
                f"{where}: expected (series, time) or (series, time, dimensions), got {array.shape}."
            )
        items = list(array.reshape(*array.shape[:2], -1))
    if not items or not all(len(item) for item in items):
        raise DataError(f"{where}: expected at least one series, each with at least one step.")
    widths = {item.shape[1] for item in items}
    if len(widths) > 1:
        raise DataError(f"{where}: expected the same dimensions in each series, got {sorted(widths)}.")
    return [np.where(np.abs(item) < 1e18, item, np.nan) for item in items]


def _two_axes(item: Any, where: str, row: int) -> np.ndarray:
    try:
        array = np.asarray(item, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}, series {row}: expected numbers: {error}.") from error
    if array.ndim not in (1, 2):
        raise DataError(
            f"{where}, series {row}: expected (time,) or (time, dimensions), got {array.shape}."
        )
    return array.reshape(len(array), -1)


def _without_gaps(values: np.ndarray) -> np.ndarray:
    if not np.isnan(values).any():
        return values
    return pd.DataFrame(values).ffill().bfill().fillna(0.0).to_numpy(np.float64)


def _text(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    text = str(value).strip()
    return "" if text.lower() in MISSING else text


def _is_zero_one(labels: np.ndarray) -> bool:
    return labels.dtype != object and set(np.unique(labels).tolist()) <= {0, 1}


def _has_fractions(labels: np.ndarray) -> bool:
    if labels.dtype.kind != "f":
        return False
    known = labels[np.isfinite(labels)]
    return bool((known != np.rint(known)).any())


def _numbers(labels: np.ndarray, task: TaskKind, where: str) -> Labels:
    texts = [[_text(value) for value in row] for row in labels]
    numbers = np.array([[_number(text, where, row) for text in cells] for row, cells in enumerate(texts)])
    rows = np.flatnonzero(np.isfinite(numbers).all(axis=1))
    if not len(rows):
        raise DataError(f"{where}: expected a target number for each series, all are missing.")
    kept = numbers[rows].astype(np.float32 if task == "multilabel" else np.float64)
    return Labels(task=task, targets=kept, rows=rows, notes=_dropped(len(labels) - len(rows)))


def _number(text: str, where: str, row: int) -> float:
    try:
        return float(text) if text else float("nan")
    except ValueError:
        raise DataError(f"{where}, series {row}: expected a target number, got {text!r}.") from None


def _classes(labels: np.ndarray, task: TaskKind | None, where: str) -> Labels:
    texts = np.array([_text(value) for value in labels], object)
    rows = np.flatnonzero(texts != "")
    classes = sorted(set(texts[rows]))
    if len(classes) < 2:
        raise DataError(f"{where}: expected at least two classes to tell apart, got {classes}.")
    if task == "binary" and len(classes) > 2:
        raise DataError(f"{where}: expected two classes for a binary task, got {len(classes)}.")
    kind: TaskKind = "binary" if len(classes) == 2 else "multiclass"
    return Labels(task=kind, targets=texts[rows], rows=rows, notes=_dropped(len(texts) - len(rows)))


def _dropped(count: int) -> tuple[str, ...]:
    return (f"{count} series without a label were dropped.",) if count else ()
