"""Data in the order of time: rows next to each other that are alike, and dates by which it changes.

A random split puts such rows on both sides, and never asks a model for what comes later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from automl.data.audit.codes import OTHER, Coded, coded_column
from automl.data.audit.drift import BAD, told_apart
from automl.data.audit.finding import Finding
from automl.data.audit.likeness import likeness, random_pairs
from automl.data.raw_values import NO_DATE

LATE = 0.2
"""Share of the rows that are late."""

ALIKE = 0.4
"""Likeness of rows next to each other, in the median column, from which their order says something."""

LEAST_ROWS, LEAST_COLUMNS, PAIRS = 200, 3, 20_000

STEPS = 6
"""Parts of the targets that are alike: files that are sorted by their classes have no order beside it."""


def neighbours(columns: Sequence[Coded], target: Coded) -> list[Finding]:
    """Return whether rows next to each other are alike, with the same target as with others of it.

    Args:
        columns: in the order of the file.
        target: the same.
    """
    usable = [column for column in columns if column.coded and not _counts(column)]
    if len(target.codes) < LEAST_ROWS or len(usable) < LEAST_COLUMNS:
        return []
    part = target.codes // STEPS if target.ordered else target.codes
    first = np.flatnonzero(part[1:] == part[:-1])
    if len(first) < LEAST_ROWS // 2:
        return []
    random = np.random.default_rng(0)
    others = [
        random_pairs(np.flatnonzero(part == code), max(2, int(PAIRS * share)), random)
        for code, share in zip(*_shares(part[first]), strict=True)
    ]
    alike = likeness(usable, np.stack([first, first + 1], axis=1), [np.concatenate(others)])
    known = alike[np.isfinite(alike)]
    size = float(np.median(known)) if len(known) >= LEAST_COLUMNS else 0.0
    if size < ALIKE:
        return []
    return [
        Finding(
            kind="order",
            where="rows",
            mood="careful",
            told="Rows next to each other are alike: it seems to be in the order of time or of groups.",
            advice="A random split is too easy: split by what orders them (--time-column, --group-column).",
            size=size,
        )
    ]


def changing(inputs: Mapping[str, Any], columns: Sequence[Coded], target: Coded) -> list[Finding]:
    """Return whether late rows differ from earlier ones, by the first column of dates that says so.

    Args:
        inputs: raw columns by name; dates are whole seconds.
        columns: the same as codes.
        target: as codes.
    """
    for name, values in inputs.items():
        array = np.asarray(values).reshape(-1)
        if array.dtype.kind != "i":  # only dates are whole by type
            continue
        known = array != NO_DATE
        if known.sum() < LEAST_ROWS:
            continue
        late = array >= np.quantile(array[known], 1 - LATE)
        rest = [
            _only(column, known)
            for column in columns
            if column.name != name and not _is_date(inputs, column)
        ]
        found = told_apart([*rest, _only(target, known)], late[known])
        if found is not None:
            return [_finding(name, found.area, found.named(target.name))]
    return []


def _finding(name: str, area: float, by: str) -> Finding:
    return Finding(
        kind="time",
        where=name,
        mood="bad" if area >= BAD else "careful",
        told=f"The latest fifth of the rows by {name!r} can be told from earlier ones with an area of "
        f"{area:.2f}{by}.",
        advice=f"If you predict what comes later, split by it: --time-column {name!r}.",
        size=area,
    )


def _is_date(inputs: Mapping[str, Any], column: Coded) -> bool:
    return np.asarray(inputs[column.name]).dtype.kind == "i" if column.name in inputs else False


def _only(column: Coded, rows: np.ndarray) -> Coded:
    return Coded(name=column.name, codes=column.codes[rows], coded=column.coded, ordered=column.ordered)


def _counts(column: Coded) -> bool:
    """Whether a column rises or falls from row to row, as numbers of rows and times do."""
    steps = np.diff(column.codes)
    return bool(column.ordered and ((steps >= 0).all() or (steps <= 0).all()))


def _shares(codes: np.ndarray) -> tuple[list[int], list[float]]:
    values, counts = np.unique(codes, return_counts=True)
    return values.tolist(), (counts / counts.sum()).tolist()


def coded_target(values: np.ndarray, *, amounts: bool) -> Coded | None:
    """Return a target as codes: classes, or quantiles of amounts; None where these are all missing."""
    if amounts:
        return coded_column("the target", values)
    return Coded(name="the target", codes=np.minimum(values, OTHER).astype(np.int64))
