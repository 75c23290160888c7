"""Columns that give the target away.

Half of the rows teach what the target is for each code of a column, the other half says how good that is:
a share of the way from the usual answer to a perfect one. Data that is easy has several columns that do
well; a leak stands out from all others.

Symbols: n rows, c classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from automl.data.audit.codes import CODES, Coded, fine_codes
from automl.data.audit.finding import Finding
from automl.data.row_labels import tells

PERFECT, LEAK, GAP = 0.995, 0.9, 0.25
"""Share of the way from which a column gives the target away whatever the others do, or if it does better
than the next by so much."""

DENSE = 1.5
"""Range of numbers of rows at most, for each row."""

MANY_CLASSES, FINE = 8, 255
"""Classes from which numbers are told by so many quantiles."""

LEAST_ROWS = 100
"""Rows below which a column does well by chance."""


def leaks(
    columns: Sequence[Coded], target: np.ndarray, *, amounts: bool, raw: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Return the columns from which the target can be read off.

    Args:
        columns: the inputs.
        target: ``(n,)``: codes of classes from 0, or amounts.
        amounts: which of the two.
        raw: the inputs as they are, by name; without them many classes cannot be told by numbers.
    """
    usable = [column for column in columns if column.coded]
    if len(target) < LEAST_ROWS or not usable:
        return []
    measure = _explained if amounts else _right
    halves = np.random.default_rng(0).permutation(len(target)) % 2 == 0
    fine = {} if amounts or int(target.max()) < MANY_CLASSES else raw or {}
    shares = {column.name: measure(_codes(column, fine), target, halves) for column in usable}
    ordered = sorted(shares, key=lambda name: -shares[name])
    best, rest = ordered[0], [shares[name] for name in ordered[1:]]
    found = [name for name in ordered if shares[name] >= PERFECT]
    stands_out = shares[best] >= LEAK and (not rest or shares[best] - rest[0] >= GAP)
    if stands_out and best not in found:
        found.append(best)
    return [_finding(name, shares[name]) for name in found[:5]]


def _codes(column: Coded, fine: Mapping[str, Any]) -> np.ndarray:
    """The codes of a column, finer ones where classes are as many as codes."""
    if not column.ordered or column.name not in fine:
        return column.codes
    return fine_codes(fine[column.name], FINE)


def numberings(inputs: Mapping[str, Any], target: np.ndarray) -> list[Finding]:
    """Return the columns that number the rows and go with the target, such as of a file sorted by it.

    Args:
        inputs: raw columns by name.
        target: labels ``(n,)`` object array of str, or amounts ``(n, k)``.
    """
    found = []
    for name, values in inputs.items():
        numbers = np.asarray(values).reshape(-1)
        if numbers.dtype.kind == "f" and _numbers_rows(numbers) and tells(numbers, target):
            told = f"Column {name!r} numbers the rows, and the target goes with it."
            advice = (
                f"New rows have other numbers: --drop {name!r}; if they count time, --time-column {name!r}."
            )
            found.append(Finding(kind="leak", where=name, mood="bad", told=told, advice=advice, size=1.0))
    return found


def _numbers_rows(numbers: np.ndarray) -> bool:
    """Whether numbers are whole, all different, and nearly without gaps: rows may have been left out."""
    if len(numbers) < LEAST_ROWS or not np.isfinite(numbers).all() or (numbers % 1 != 0).any():
        return False
    dense = np.ptp(numbers) < DENSE * len(numbers)
    return bool(dense and len(np.unique(numbers)) == len(numbers))


def _finding(name: str, share: float) -> Finding:
    return Finding(
        kind="leak",
        where=name,
        mood="bad",
        told=f"Column {name!r} alone gives {share:.1%} of the target away.",
        advice=f"If it is not known when you predict, leave it out: --drop {name!r}.",
        size=share,
    )


def _right(codes: np.ndarray, classes: np.ndarray, half: np.ndarray) -> float:
    """Of the answers that the usual class gets wrong, the share that the codes get right."""
    count = int(classes.max()) + 1
    table = np.zeros((max(CODES, FINE + 1), count))
    np.add.at(table, (codes[half], classes[half]), 1)
    usual = int(table.sum(axis=0).argmax())
    answer = np.where(table.sum(axis=1) > 0, table.argmax(axis=1), usual)
    right = float((answer[codes[~half]] == classes[~half]).mean())
    before = float((classes[~half] == usual).mean())
    return (right - before) / (1 - before) if before < 1 else 0.0


def _explained(codes: np.ndarray, amounts: np.ndarray, half: np.ndarray) -> float:
    """Share of the variance of ranks that the codes explain."""
    ranks = np.argsort(np.argsort(amounts, kind="stable"), kind="stable").astype(np.float64)
    sums = np.bincount(codes[half], weights=ranks[half], minlength=CODES)
    counts = np.bincount(codes[half], minlength=CODES)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), ranks[half].mean())
    error = float(((means[codes[~half]] - ranks[~half]) ** 2).mean())
    spread = float(ranks[~half].var())
    return 1 - error / spread if spread else 0.0
