"""Cells whose absence tells something of the target, columns with one value, classes with few rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from automl.core.names import first_names
from automl.data.audit.codes import Coded
from automl.data.audit.finding import Finding

RELATED, SIGNIFICANT = 0.15, 4.0
"""Correlation of absence and target from which it is told, and standard errors that it is away from 0."""

FEW = 10
"""Rows of a class below which it is rare."""

NAMED = 4
"""Columns that a finding names."""

ONE_VALUE = 0.999
"""Share of one value from which a column is as good as constant."""


def related_gaps(columns: Sequence[Coded], target: np.ndarray, *, amounts: bool) -> list[Finding]:
    """Return columns whose missing cells go with the target, as one finding.

    Args:
        columns: the inputs.
        target: ``(n,)``: codes of classes from 0, or amounts.
        amounts: which of the two.
    """
    found: dict[str, tuple[float, float]] = {}
    for column in columns:
        absent = column.missing
        share = float(absent.mean()) if len(absent) else 0.0
        if not 0 < share < 1:
            continue
        link = _link(absent, target, amounts=amounts)
        if link >= max(RELATED, SIGNIFICANT / math.sqrt(len(target))):
            found[column.name] = link, share
    if not found:
        return []
    ordered = sorted(found, key=lambda name: -found[name][0])
    link, share = found[ordered[0]]
    most = "up to " if len(found) > 1 else ""
    told = (
        f"Whether {named(ordered)} {'are' if most else 'is'} missing ({most}{share:.1%} of the rows) "
        f"goes with the target (correlation {most}{link:.2f})."
    )
    advice = "If cells are empty for the same reason when you predict, that is a signal; else a leak."
    where = named(ordered, marks="")
    return [Finding(kind="missing", where=where, mood="careful", told=told, advice=advice, size=link)]


def constant(columns: Sequence[Coded]) -> list[Finding]:
    """Return columns that have one value in nearly every row, as one finding."""
    found = [column.name for column in columns if column.coded and _share_of_one(column) >= ONE_VALUE]
    if not found:
        return []
    told = f"One value in {ONE_VALUE:.1%} of the rows or more: {named(found)}."
    advice = "They tell nothing, or too little to learn from: --drop leaves columns out."
    where, size = named(found, marks=""), float(len(found))
    return [Finding(kind="constant", where=where, mood="careful", told=told, advice=advice, size=size)]


def rare_classes(names: Sequence[str], counts: np.ndarray) -> list[Finding]:
    """Return the classes with few rows as one finding."""
    rare = [(str(name), int(count)) for name, count in zip(names, counts, strict=True) if count < FEW]
    if not rare:
        return []
    listed = first_names([f"{name!r} ({count})" for name, count in rare], 5)
    told = f"Classes with fewer than {FEW} rows: {listed}."
    advice = "What is said of them is chance: find more examples, or join them with others."
    return [Finding(kind="rare", where="target", mood="careful", told=told, advice=advice, size=len(rare))]


def named(names: Sequence[str], *, marks: str = "'") -> str:
    """Return the first names, and how many more there are."""
    return first_names([f"{marks}{name}{marks}" for name in names], NAMED)


def _share_of_one(column: Coded) -> float:
    """Share of the most frequent value."""
    return float(np.bincount(column.codes).max() / len(column.codes)) if len(column.codes) else 0.0


def _link(absent: np.ndarray, target: np.ndarray, *, amounts: bool) -> float:
    """Correlation with amounts' ranks, or Cramér's V of classes (1946), less what chance gives."""
    if amounts:
        ranks = np.argsort(np.argsort(target, kind="stable"), kind="stable")
        return abs(float(np.corrcoef(absent, ranks)[0, 1]))
    count = int(target.max()) + 1
    table = np.zeros((2, count))
    np.add.at(table, (absent.astype(int), target), 1)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    square = float(((table - expected) ** 2 / np.where(expected > 0, expected, 1)).sum())
    return math.sqrt(max(square - (count - 1), 0.0) / table.sum())
