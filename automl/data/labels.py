"""Cells as names of classes: one text for each class, none for what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.data.kinds.words import as_category
from automl.data.tables import as_number, as_text

_NO_LABEL = frozenset({"", "?", "na", "n/a", "#n/a", "<na>", "n.a.", "nan", "nat", "null"})
# "None" and "-" may be names of classes; they are missing where all other classes are numbers.
_MAYBE_LABEL = frozenset({"none", "-", "--", "\N{EN DASH}", "\N{EM DASH}"})


def labels(series: pd.Series[Any]) -> np.ndarray:
    """Class names as an object array of str, ``""`` for missing; ``1.0`` and ``1`` are the same class."""
    texts = as_text(series)
    words = as_category(series)
    known = set(texts.tolist())
    gone = {text for text in known if text.lower() in _NO_LABEL}
    if _all_numbers(known - gone):
        gone |= {text for text in known if text.lower() in _MAYBE_LABEL}
    missing = np.array([text in gone for text in texts.tolist()], dtype=bool)
    return np.where(missing, "", np.where(words == "", texts, words)).astype(object)


def no_number(
    series: pd.Series[Any], numbers: np.ndarray, count: int, where: str, *, expected: str, advice: str
) -> DataError:
    """Return the refusal of a column in which cells are words, with the first of them.

    Args:
        series: the cells.
        numbers: what they are as numbers ``(n,)``, NaN for none.
        count: how many are words.
        where: the data's name.
        expected: what a cell should be.
        advice: what to do, in sentences.
    """
    texts = labels(series)
    row = next(row for row in np.flatnonzero(np.isnan(numbers)).tolist() if texts[row])
    return DataError(
        f"{where}, column {series.name!r}, row {row + 1}: expected {expected}, got "
        f"{as_text(series)[row]!r} ({count} such cells). {advice}"
    )


def _all_numbers(texts: set[str]) -> bool:
    """Whether texts are numbers, besides those that may be names of classes."""
    rest = [text for text in texts if text.lower() not in _MAYBE_LABEL]
    return bool(rest) and as_number(pd.Series(rest, dtype=object))[1] == 0
