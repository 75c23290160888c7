"""Columns that give the target away.

Half of the rows teach what the target is for each code of a column, the other half says how good that is:
a share of the way from the usual answer to a perfect one. Data that is easy has several columns that do
well; a leak stands out from all others.

Symbols: n rows, c classes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.data.audit.codes import CODES, Coded
from automl.data.audit.finding import Finding

PERFECT, LEAK, GAP = 0.995, 0.9, 0.25
"""Share of the way from which a column gives the target away whatever the others do, or if it does better
than the next by so much."""

LEAST_ROWS = 100
"""Rows below which a column does well by chance."""


def leaks(columns: Sequence[Coded], target: np.ndarray, *, amounts: bool) -> list[Finding]:
    """Return the columns from which the target can be read off.

    Args:
        columns: the inputs.
        target: ``(n,)``: codes of classes from 0, or amounts.
        amounts: which of the two.
    """
    usable = [column for column in columns if column.coded]
    if len(target) < LEAST_ROWS or not usable:
        return []
    measure = _explained if amounts else _right
    halves = np.random.default_rng(0).permutation(len(target)) % 2 == 0
    shares = {column.name: measure(column.codes, target, halves) for column in usable}
    ordered = sorted(shares, key=lambda name: -shares[name])
    best, rest = ordered[0], [shares[name] for name in ordered[1:]]
    found = [name for name in ordered if shares[name] >= PERFECT]
    stands_out = shares[best] >= LEAK and (not rest or shares[best] - rest[0] >= GAP)
    if stands_out and best not in found:
        found.append(best)
    return [_finding(name, shares[name]) for name in found[:5]]


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
    table = np.zeros((CODES, count))
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
