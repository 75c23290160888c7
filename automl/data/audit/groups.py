"""Columns whose rows belong together: a random split shows a model what it is then asked.

Rows of one patient share most of what is measured, and the target. What tells a group from any other
category is that all is alike within it: much more than between rows of neighbouring numbers, and in most
columns.

Symbols: n rows, g groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.data.audit.codes import Coded
from automl.data.audit.finding import Finding
from automl.data.audit.likeness import likeness, random_pairs

LEAST_GROUPS, LEAST_EACH, MOST_SHARE = 10, 2.0, 0.1
"""Groups at least, rows of one on average, and share of all rows that the largest may have."""

ALIKE, ALIKE_TARGETS = 0.5, 0.5
"""Likeness within groups from which rows belong together: of most columns, and of targets."""

LEAST_COLUMNS = 2
"""Other columns at least, so that they say something."""

MOST_COLUMNS = 40
"""That groups are compared by."""

PAIRS = 20_000


def groups(inputs: Mapping[str, Any], columns: Sequence[Coded], target: Coded) -> list[Finding]:
    """Return the column whose rows belong together, if there is one.

    Args:
        inputs: raw columns by name ``(n,)``.
        columns: the same as codes.
        target: as codes.
    """
    best: tuple[float, str, int] | None = None
    usable = [column for column in columns if column.coded]
    for name, values in inputs.items():
        codes = group_codes(values)
        if codes is None:
            continue
        others = [column for column in usable if column.name != name][:MOST_COLUMNS]
        if len(others) < LEAST_COLUMNS:
            continue
        found = _alike_within(codes, others, target, numbers=np.asarray(values).dtype.kind in "iuf")
        if found is not None and (best is None or found > best[0]):
            best = found, name, int(codes.max()) + 1
    return [] if best is None else [_finding(best[1], best[0], best[2])]


def group_codes(values: Any) -> np.ndarray | None:
    """Return the number of the group of each row ``(n,)``, in order of the values, -1 where one is missing.

    None where a column names no groups: dates, amounts with decimals, too few or too many different values.
    """
    array = np.asarray(values).reshape(-1)
    if array.dtype.kind == "i":  # only dates are whole by type
        return None
    if array.dtype.kind == "f" and (array[np.isfinite(array)] % 1 != 0).any():
        return None
    codes, words = pd.factorize(array, sort=array.dtype.kind != "O")
    if array.dtype.kind == "O":
        codes = np.where(np.isin(codes, np.flatnonzero(words == "")), -1, codes)
    known = codes[codes >= 0]
    counts = np.bincount(known)
    if len(counts) < LEAST_GROUPS or len(known) < LEAST_EACH * (counts > 0).sum():
        return None
    return None if counts.max() > MOST_SHARE * len(codes) + 1 else codes


def _alike_within(
    codes: np.ndarray, columns: Sequence[Coded], target: Coded, *, numbers: bool
) -> float | None:
    """Likeness of rows within groups, where it is that of groups; else None."""
    random = np.random.default_rng(0)
    order = np.flatnonzero(codes >= 0)[random.permutation((codes >= 0).sum())]
    order = order[np.argsort(codes[order], kind="stable")]
    same = codes[order[1:]] == codes[order[:-1]]
    within = np.stack([order[:-1][same], order[1:][same]], axis=1)
    others = [random_pairs(order, PAIRS, random)]
    if numbers:
        others.append(_neighbours(order, codes[order], random))
    found = likeness([*columns, target], within, others)
    told = found[:-1][np.isfinite(found[:-1])]
    if len(told) < LEAST_COLUMNS or not found[-1] >= ALIKE_TARGETS:
        return None
    middle = float(np.median(told))
    return middle if middle >= ALIKE else None


def _neighbours(order: np.ndarray, sorted_codes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Each row with one of the next group: rows near each other by an amount are alike as well."""
    begins = np.searchsorted(sorted_codes, np.unique(sorted_codes))
    ends = np.append(begins[1:], len(order))
    number = np.repeat(np.arange(len(begins)), ends - begins)
    first = np.flatnonzero(number < len(begins) - 1)
    following = number[first] + 1
    sizes = ends[following] - begins[following]
    second = begins[following] + (random.random(len(first)) * sizes).astype(int)
    return np.stack([order[first], order[second]], axis=1)


def _finding(name: str, size: float, count: int) -> Finding:
    return Finding(
        kind="groups",
        where=name,
        mood="bad",
        told=f"Rows with the same {name!r} ({count:,} values) are alike in most columns and in the target.",
        advice=f"If new data has other ones, keep each on one side of the split: --group-column {name!r}.",
        size=size,
    )
