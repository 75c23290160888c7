"""Amounts: one or several numbers for each example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.amounts import plain_number
from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.class_or_amount import are_amounts
from automl.data.flags import Flags
from automl.data.kinds.number import lost_digits
from automl.data.label_types import LabelType
from automl.data.labels import no_number
from automl.data.raw_values import LARGEST
from automl.data.tables import as_number
from automl.tasks.declaration import AMOUNT as NAME
from automl.tasks.declaration import TargetFacts, TaskDeclaration

FAR = 1e4
"""Targets further from the median than so many times the spread of the middle half are told."""


class Amount:
    """The kind; see ``TargetKind``."""

    in_columns = True
    single = False

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Take several columns of numbers, and a single one of numbers that are no classes."""
        if frame.shape[1] > 1:
            return all(as_number(frame[name])[1] == 0 for name in frame.columns)
        series = frame.iloc[:, 0]
        if pd.api.types.is_bool_dtype(series.dtype):
            return False
        numbers, bad = as_number(series)
        if bad:
            return False
        known = numbers[~np.isnan(numbers)]
        # whole numbers beyond 2**53 may be few in float64 and are amounts all the same
        return are_amounts(known, numbered=numbered) or bool(lost_digits(series, ""))

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Say what they are."""
        return TargetFacts(kind=NAME)

    def flags(self, frame: pd.DataFrame) -> None:
        """Nothing: numbers are not spelled."""

    def read(self, frame: pd.DataFrame, where: str, flags: Flags | None) -> tuple[np.ndarray, np.ndarray]:
        """Read numbers ``(n, k)`` float64."""
        values = np.stack([_numbers(frame[name], where) for name in frame.columns], axis=1)
        return values, ~np.isnan(values).any(axis=1)

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell of digits that are lost, of cells too large, and of values far from all others."""
        return tuple(note for name in frame.columns for note in _odd(frame[name], str(name)))

    def check(self, targets: np.ndarray, task: TaskDeclaration, names: Sequence[str], where: str) -> None:
        """Refuse a column of one value."""
        refuse_constant(targets, names, where)

    def label_type(self, frame: pd.DataFrame, *, typed: bool) -> LabelType:
        """Numbers are predicted as such."""
        return "float"

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """They are numbers already."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """Tell the range."""
        numbers = np.asarray(targets, np.float64)
        return f", from {plain_number(np.nanmin(numbers))} to {plain_number(np.nanmax(numbers))}"


KIND = Amount()


def refuse_constant(targets: np.ndarray, names: Sequence[str], where: str) -> None:
    """Refuse target columns ``(n, k)`` of which one has a single value."""
    columns = targets.reshape(len(targets), -1)
    for name, column in zip(names, columns.T, strict=True):
        if (column == column[0]).all():
            raise DataError(
                f"{where}: target {name!r} has only one value ({column[0]:g}): nothing to learn."
            )


def _numbers(series: pd.Series[Any], where: str) -> np.ndarray:
    numbers, bad = as_number(series)
    if bad:
        expected = "a number as target of regression"
        advice = "Fix them, or choose classification."
        raise no_number(series, numbers, bad, where, expected=expected, advice=advice)
    known = np.abs(numbers[~np.isnan(numbers)])
    if len(known) and known.min() > LARGEST:
        raise DataError(
            f"{where}: all values of target {series.name!r}, from {known.min():.3g} on, are too large to "
            "be squared. Divide the target by a constant, or take its logarithm."
        )
    return np.where(np.abs(numbers) > LARGEST, np.nan, numbers)


def _odd(series: pd.Series[Any], name: str) -> Iterator[Note]:
    yield from lost_digits(series, f"Target {name!r}")
    numbers, _ = as_number(series)
    huge = np.abs(numbers) > LARGEST
    if huge.any():
        text = f"{int(huge.sum())} of {len(numbers)} cells are infinite or too large and count as missing."
        yield Note(f"Target {name!r}: {text}", float(huge.mean()))
    known = numbers[np.isfinite(numbers) & ~huge]
    if len(known) == 0:
        return
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    far = int((np.abs(known - middle) > FAR * (high - low)).sum()) if high > low else 0
    if far:
        yield Note(
            f"Target {name!r}: {far} values lie more than {FAR:,.0f} times the interquartile range from"
            f" the median ({known.min():g} to {known.max():g}) and dominate what is learned.",
            far / len(known),
        )
