"""Columns by which results are compared, such as protected ones: each row's group, be it a feature or not.

A column of many numbers is cut into four groups of about as many rows; later rows go into the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.cells import as_number, as_text

MOST_VALUES = 12
"""Different numbers of a column that stay groups of their own."""

PARTS = 4
"""Groups that a column of more is cut into."""

MOST_GROUPS = 200
"""Of a column of texts: one with more names rows, not groups of them."""

MISSING = "missing"
"""The group of rows whose cell is empty."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Groups of the rows of a table.

    Attributes:
        groups: of each row ``(n,)`` object array of str, by column.
        schema: what reading them again needs (JSON).
        notes: what the user should know.
    """

    groups: Mapping[str, np.ndarray]
    schema: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]


def learn_compared(frame: pd.DataFrame, names: Iterable[str], where: str) -> Compared:
    """Find the groups in columns of the training data.

    Args:
        frame: the table.
        names: columns that it has.
        where: what messages call it.

    Raises:
        DataError: a column has too many different texts, or only one.
    """
    schema, notes = [], []
    for name in dict.fromkeys(names):
        edges = _edges(frame[name])
        schema.append({"name": name, "edges": edges})
        if edges:
            cuts = ", ".join(f"{edge:g}" for edge in edges)
            notes.append(Note(f"Rows are compared by {name!r} in {len(edges) + 1} groups, cut at {cuts}."))
    groups = read_compared(frame, schema)
    for name, values in groups.items():
        count = len(np.unique(values.astype(str)))
        if not 2 <= count <= MOST_GROUPS:
            raise DataError(
                f"{where}: column {name!r} has {count} different value(s): expected 2 to {MOST_GROUPS} "
                "groups of rows to compare. Name another column."
            )
    return Compared(groups=groups, schema=tuple(schema), notes=tuple(notes))


def read_compared(frame: pd.DataFrame, schema: Iterable[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """Return the groups of the rows of a further table; columns that it lacks are left out."""
    return {
        str(item["name"]): _groups(frame[item["name"]], item["edges"])
        for item in schema
        if item["name"] in frame.columns
    }


def _edges(series: pd.Series[Any]) -> list[float]:
    """Where a column of many numbers is cut; nowhere for any other."""
    numbers, odd = as_number(series)
    known = numbers[np.isfinite(numbers)]
    if odd or len(np.unique(known)) <= MOST_VALUES:
        return []
    cuts = np.unique(np.quantile(known, np.arange(1, PARTS) / PARTS))
    return [float(cut) for cut in cuts if known.min() < cut]


def _groups(series: pd.Series[Any], edges: Sequence[float]) -> np.ndarray:
    if not edges:
        texts = as_text(series)
        texts[texts == ""] = MISSING
        return texts
    numbers, _ = as_number(series)
    between = (f"{low:g} to below {high:g}" for low, high in pairwise(edges))
    names = [f"below {edges[0]:g}", *between, f"from {edges[-1]:g}", MISSING]
    places = np.searchsorted(edges, numbers, side="right")
    places[np.isnan(numbers)] = len(names) - 1
    return np.array(names, object)[places]
