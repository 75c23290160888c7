"""Columns that label the rows of a table, an index or an id: they say nothing of a new row, but name it.

A column without a name is where pandas and R write their index. Any other column of whole numbers is an id
only where its name says so: ``x`` 0..99 and ``year`` 1880..2019 are features.

Legend: n rows, k columns of encoded targets.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from automl.data.cells import as_number, as_text

NAMELESS = re.compile(r"\s*|unnamed[ _:]*\d+(_level_\d+)?(\.\d+)*|\.\.\.\d+", re.IGNORECASE)
"""Names that this package, pandas and R's readr give to columns that have none."""

_ID = frozenset({"id", "ids", "uid", "uuid", "guid", "idx", "pk"})
_LAST = frozenset({"nr", "no", "num", "number", "nummer", "numero", "numéro", "key"})
_WHOLE = frozenset({"index", "row", "row index", "level", "serial", "sno"})
_GLUED = re.compile(
    r"(row|user|cust|customer|client|order|item|product|case|patient|record|session|account|member|person"
    r"|student|employee|transaction|trans|loan|device|store|shop|movie|book|post|event|ticket|invoice|object"
    r"|sample|subject)(id|no|nr|num|number|key)"
)

COUNTED = 50
"""Rows from which a column that counts them is looked at."""

ID_SHARE = 0.95
"""Share of different numbers that an id has."""

MOST_CLASSES = 10
"""An index has more different numbers; concatenated and drawn frames repeat theirs."""

CLASSES = 20
SIGNIFICANT = 3.0
"""Standard deviations from what chance gives."""


def is_nameless(name: str) -> bool:
    """Whether a column has the name that readers give to one without a name."""
    return NAMELESS.fullmatch(name) is not None


def names_an_id(name: str) -> bool:
    """Whether a word of the name says id: ``customer_id``, ``PassengerId``, ``rowid``, ``order no.``."""
    split = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name)
    words = re.findall(r"[^\W\d_]+", split.lower())
    return bool(words) and (
        " ".join(words) in _WHOLE
        or words[-1] in _LAST
        or any(word in _ID or _GLUED.fullmatch(word) for word in words)
    )


def labels_rows(name: str, numbers: np.ndarray) -> str:
    """Return what makes a column of numbers ``(n,)`` a label of the rows; empty when nothing does."""
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
        return ""
    distinct = len(np.unique(numbers))
    if is_nameless(name) and distinct > min(MOST_CLASSES, len(numbers) - 1):
        return "has no name and holds row numbers, as an index does,"
    if names_an_id(name) and distinct > ID_SHARE * len(numbers):
        return "is an id by its name, differs in nearly every row"
    return ""


def names_rows(series: pd.Series[Any], name: str) -> bool:
    """Whether the cells of a column that is no feature, numbers or texts, tell the rows apart as ids do."""
    by_name = is_nameless(name) or names_an_id(name)
    if not (by_name or counts_rows(as_number(series)[0])):
        return False
    return len(pd.unique(as_text(series))) > ID_SHARE * len(series)


def counts_rows(numbers: np.ndarray) -> bool:
    """Whether numbers ``(n,)`` are distinct, whole and without a gap, in any order."""
    if len(numbers) < COUNTED or not np.isfinite(numbers).all():
        return False
    return bool((np.diff(np.sort(numbers)) == 1.0).all())


def tells(numbers: np.ndarray, targets: np.ndarray) -> bool:
    """Whether distinct numbers ``(n,)`` go with the targets, ``(n,)`` labels or ``(n, k)`` numbers.

    Either the targets rise or fall with them (rank correlation; Spearman, 1904), or targets of neighbours
    in their order are alike or alternate (serial correlation; Anderson, 1942). Of independent data both
    are about normal with a variance of 1 / n.
    """
    order = np.argsort(numbers, kind="stable")
    values = _as_numbers(targets)[order]
    values = values - values.mean(axis=0)
    size = np.sqrt((values**2).sum(axis=0))
    values = values[:, size > 0] / size[size > 0]
    ranks = np.arange(len(order)) - (len(order) - 1) / 2
    trend = np.abs(ranks @ values) / np.sqrt((ranks**2).sum())
    serial = np.abs((values[1:] * values[:-1]).sum(axis=0))
    strongest = float(np.max([trend, serial], initial=0.0))
    return bool(strongest * np.sqrt(len(order)) > SIGNIFICANT)


def _as_numbers(targets: np.ndarray) -> np.ndarray:
    """Ranks of numbers, and a column of 0 and 1 for each of the frequent classes: ``(n, k)``."""
    if targets.dtype != object:
        columns = targets.reshape(len(targets), -1)
        return np.argsort(np.argsort(columns, axis=0, kind="stable"), axis=0).astype(np.float64)
    words, counts = np.unique(targets.astype(str), return_counts=True)
    frequent = words[np.argsort(-counts, kind="stable")][:CLASSES]
    return np.asarray(targets.astype(str)[:, None] == frequent, np.float64)
