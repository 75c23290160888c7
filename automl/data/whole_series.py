"""Whole labelled series, of equal or unequal lengths: from files or arrays to one padded array.

Symbols: n series, T steps of the longest, d dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError, suggest
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.data.flags import Flags
from automl.data.npz import read_npz
from automl.data.source import Source
from automl.data.targets import check_variety, checked_task, read_targets, target_flags, target_notes
from automl.data.ts_format import read_ts

INPUT_KEYS = ("x", "X", "series", "data", "inputs", "x_train", "X_train")
TARGET_KEYS = ("y", "Y", "labels", "label", "target", "targets", "y_train", "Y_train")


@dataclass(frozen=True, kw_only=True)
class WholeSeries:
    """Series as read.

    Attributes:
        series: ``(time, d)`` float64 each, NaN for missing.
        labels: raw labels ``(n,)`` or ``(n, k)``, or None.
        label: kind of target that the source says its labels are, or None when it does not say.
        where: what messages call the source.
    """

    series: list[np.ndarray]
    labels: np.ndarray | None
    label: str | None
    where: str


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Resolved targets: as in ``Examples.targets``, for the rows that have one.

    ``flags`` is how yes and no are spelled, where those are the classes.
    """

    task: TaskKind
    targets: np.ndarray
    rows: np.ndarray
    notes: tuple[str, ...]
    flags: Flags | None = None


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
        inputs, labels = _read_npz(source, target)
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
    """Turn raw labels into targets, by the rules of tables; rows without one are dropped and counted.

    Data sets of series number their classes, see ``class_or_amount``.

    Raises:
        DataError: there are no labels, one that does not fit the task, or a single class.
    """
    frame = _frame(found)
    kind = checked_task(frame, task, found.where, "Series", said=found.label, numbered=True)
    flags = target_flags(frame, kind)
    labels = _read(frame, kind, found.where, flags)
    check_variety(labels.targets, kind, [str(name) for name in frame.columns], found.where)
    return replace(labels, flags=flags, notes=(*labels.notes, *target_notes(frame, kind)))


def resolve_again(found: WholeSeries, task: TaskKind, flags: Flags | None) -> Labels:
    """As ``resolve``, for a further file: its task is known and it may hold a single class."""
    return _read(_frame(found), task, found.where, flags)


def pad(series: Sequence[np.ndarray], length: int) -> np.ndarray:
    """Bring series to one length: ``(n, length, d)`` float64, NaN behind the end, longer ones cut.

    Missing values inside a series take the last known value before them, at its start the first known; a
    dimension without any stays NaN.
    """
    padded = np.full((len(series), length, series[0].shape[1]), np.nan, np.float64)
    for row, values in enumerate(series):
        end = min(length, _end(values))
        padded[row, :end] = pd.DataFrame(values[:end]).ffill().bfill().to_numpy(np.float64)
    return padded


def notes_on_gaps(series: Sequence[np.ndarray]) -> tuple[Note, ...]:
    """Tell what ``pad`` fills."""
    cells = sum(values.size for values in series)
    gaps = late = lacking = 0
    blank = sum(bool(np.isnan(values).all()) for values in series)
    for values in series:
        known = ~np.isnan(values[: _end(values)])
        begun = np.logical_or.accumulate(known, axis=0)
        lacking += int((~begun).sum(axis=0)[~known.any(axis=0)].sum())
        late += int((~begun).sum(axis=0)[known.any(axis=0)].sum())
        gaps += int((begun & ~known).sum())
    told = (
        (gaps, "missing values: filled with the last known value before them."),
        (late, "missing values before a series begins: filled with its first known value."),
        (lacking, "values of dimensions that a series lacks: they count as the mean."),
    )
    notes = tuple(Note(f"{count} {text}", count / cells) for count, text in told if count)
    text = f"{blank} of {len(series)} series hold no value at all: they count as the mean."
    return (*notes, Note(text, blank / len(series))) if blank else notes


def without_padding(padded: np.ndarray) -> np.ndarray:
    """Repeat each series' last value to the end, for models trained on equal lengths."""
    steps = np.broadcast_to(np.arange(padded.shape[1])[None, :, None], padded.shape)
    last = np.maximum.accumulate(np.where(np.isnan(padded), 0, steps), axis=1)
    return np.asarray(np.take_along_axis(padded, last, axis=1))


def _read_npz(source: Source, target: Sequence[str]) -> tuple[np.ndarray, np.ndarray | None]:
    arrays, where = read_npz(source), str(source.path)
    inputs = next((key for key in INPUT_KEYS if key in arrays), None)
    if inputs is None:
        raise DataError(
            f"{where}: expected an array named {' or '.join(INPUT_KEYS[:4])}, found {', '.join(arrays)}."
        )
    if target and target[0] not in arrays:
        raise DataError(f"{where}: no array is named {target[0]!r}. {suggest(target[0], arrays)}")
    chosen = target[0] if target else next((key for key in TARGET_KEYS if key in arrays), None)
    return arrays[inputs], None if chosen is None else arrays[chosen]


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


def _end(values: np.ndarray) -> int:
    """Steps up to the last one with a value."""
    known = np.flatnonzero(~np.isnan(values).all(axis=1))
    return int(known[-1]) + 1 if len(known) else 0


def _frame(found: WholeSeries) -> pd.DataFrame:
    """Raw labels as the target columns of a table."""
    if found.labels is None:
        raise DataError(f"{found.where}: expected a label for each series, found none.")
    labels = found.labels.reshape(len(found.labels), -1)
    frame = pd.DataFrame(labels, columns=[f"label{place}" for place in range(labels.shape[1])])
    return frame.set_axis(["label"], axis=1) if labels.shape[1] == 1 else frame


def _read(frame: pd.DataFrame, task: TaskKind, where: str, flags: Flags | None) -> Labels:
    values, present = read_targets(frame, task, where, flags)
    rows = np.flatnonzero(present)
    if not len(rows):
        raise DataError(f"{where}: expected a label for each series, all are missing.")
    missing = len(present) - len(rows)
    text = f"{missing} series without a label were dropped."
    notes = (Note(text, missing / len(present)),) if missing else ()
    return Labels(task=task, targets=values[rows], rows=rows, notes=notes)
