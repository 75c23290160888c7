"""Numbers: raw float64 with NaN for what is missing, too large or no number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.notes import Note
from automl.data.cells import any_matches, as_number, as_text, is_missing
from automl.data.flags import Flags
from automl.data.kinds.kind import (
    CERTAIN,
    HANDLED_AS_CELLS,
    LIKELY,
    NO,
    Column,
    Facts,
    Judged,
    Kind,
    Place,
    Raw,
    always,
    first_written,
    fitted_by,
    one_per_row,
    plain,
    plain_numbers,
)
from automl.data.kinds.promised import NUMBERS
from automl.data.raw_values import BAD_SHARE, LARGEST, NOISE
from automl.data.row_labels import counts_rows, labels_rows, tells

FLAT = 1e-11
"""Variation, as a share of the largest number, below which a user should look at the digits."""

EXACT = 2**53
"""Whole numbers up to it are exact in float64."""


def lost_digits(series: pd.Series[Any], what: str) -> tuple[Note, ...]:
    """Tell of different whole numbers of a column that are one number in float64.

    Args:
        series: the column.
        what: what it is called: ``Column 'x'``.
    """
    if pd.api.types.is_float_dtype(series.dtype) or _size(series) <= EXACT:
        return ()
    exact = {text for text in pd.unique(as_text(series)) if re.fullmatch(r"[+-]?\d+", text)}
    lost = len(exact) - len({float(text) for text in exact})
    if lost <= 0:
        return ()
    return (
        Note(
            f"{what} holds whole numbers beyond 2**53: {lost} of {len(exact)} cannot be told from their"
            " neighbours. Subtract an offset, or write codes as text.",
            lost / len(exact),
        ),
    )


def leading_zeros(series: pd.Series[Any]) -> list[str]:
    """The different texts of a column of numbers, one with a leading zero (``007``) first; or none."""
    if pd.api.types.is_numeric_dtype(series.dtype) or not any_matches(series, r"^[+-]?0\d"):
        return []
    texts = [text for text in pd.unique(as_text(series)).tolist() if not is_missing(text)]
    first = next((text for text in texts if re.fullmatch(r"[+-]?0\d+(\.\d*)?", text)), "")
    return [first, *texts] if first else []


def are_codes(texts: Sequence[str], present: int) -> bool:
    """Whether texts are all digits, equally many, and come twice on average: postcodes, not amounts."""
    alike = len({len(text) for text in texts}) == 1 and all(text.isdecimal() for text in texts)
    return alike and 2 * len(set(texts)) <= present


def _bid(facts: Facts) -> float:
    if facts.all_numbers or facts.is_empty:
        return CERTAIN
    few = facts.present and facts.odd <= BAD_SHARE * (facts.present + facts.odd)
    return LIKELY if few else NO


def _judge(facts: Facts) -> Judged:
    if facts.is_empty:
        return Judged(drop="has no values")
    judged = _judge_numbers(facts)
    zeros = facts.once(leading_zeros) if facts.all_numbers else []
    if not zeros:
        return judged
    text = f"Column {facts.name!r}: numbers with leading zeros such as"
    told = Note(f"{text} {zeros[0]!r} are read as {float(zeros[0]):g}.")
    return Judged(facts=judged.facts, drop=judged.drop, hint=judged.hint, notes=(*judged.notes, told))


def _judge_numbers(facts: Facts) -> Judged:
    numbers, name = facts.numbers, facts.name
    known = numbers[np.abs(numbers) <= LARGEST]
    if len(known) == 0:
        return Judged(drop="has no values besides infinite or too large ones")
    low, high = float(known.min()), float(known.max())
    size = max(abs(low), abs(high))
    whole = bool((known == np.round(known)).all())
    lost = lost_digits(facts.series, f"Column {name!r}")
    if len(known) == len(numbers) and high - low <= (0.0 if whole else NOISE * size):
        exact = low == high and not lost
        more = "" if exact else " to the 16 digits of float64"
        return Judged(drop=f"has only one value{more}")
    label = labels_rows(name, numbers)
    if label:
        return Judged(drop=label, hint=f"; --keep {name!r} makes it a feature")
    notes: tuple[str, ...] = lost if whole else _flat(high - low, size, name)
    if facts.targets is not None and low in (0.0, 1.0) and counts_rows(numbers):
        if not any(tells(numbers, item) for item in facts.targets):
            return Judged(drop="numbers the rows (an id), says nothing about the target")
        notes = (*notes, _counts_note(name))
    flags = {"yes": "1", "no": "0"} if whole and (low, high) == (0.0, 1.0) else {}
    return Judged(facts=flags, notes=notes)


def _counts_note(name: str) -> Note:
    return Note(
        f"Column {name!r} counts the rows and is related to the target, so it is kept; if it only"
        f" numbers the rows, leave it out: --drop {name!r}."
    )


def _flat(spread: float, size: float, name: str) -> tuple[Note, ...]:
    """Tell of numbers that agree in all but their last digits."""
    if not 0 < spread < FLAT * size:
        return ()
    text = f"varies by {spread / size:.1g} of its size: noise, or significant digits?"
    return (Note(f"Column {name!r} {text}"),)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    numbers, odd = _numbers(series, column.facts)
    text = f"{odd} of {len(series)} cells are too large, infinite or no numbers and count as missing."
    notes = (Note(f"Column {column.name!r}: {text}", odd / len(series)),) if odd else ()
    return Raw(column=column, values=numbers, notes=notes)


def _numbers(series: pd.Series[Any], facts: Mapping[str, Any]) -> tuple[np.ndarray, int]:
    numbers, odd = as_number(series)
    if odd and facts:  # 1 and 0 in training, yes and no here
        spelled = Flags(yes=facts["yes"], no=facts["no"]).spell(as_text(series))
        numbers, odd = as_number(pd.Series(spelled, dtype=object))
    huge = np.abs(numbers) > LARGEST
    return np.where(huge, np.nan, numbers), odd + int(huge.sum())


def _strict(series: pd.Series[Any], column: Column) -> tuple[int, str] | None:
    gone = np.flatnonzero(np.isnan(_numbers(series, column.facts)[0])).tolist()
    row = first_written(series, gone)
    return None if row is None else (row, "a number")


def example_of_numbers(series: pd.Series[Any]) -> Any:
    """Numbers as float64, booleans as they are."""
    return plain(series) if pd.api.types.is_bool_dtype(series.dtype) else as_number(series)[0]


def are_whole(values: np.ndarray) -> bool:
    """Whether raw numbers are whole, but for missing ones."""
    measured = values[np.isfinite(values)]
    return bool((measured == np.floor(measured)).all())


def _example(series: pd.Series[Any], column: Column, place: Place) -> Any:
    return example_of_numbers(series)


def _size(series: pd.Series[Any]) -> float:
    numbers = np.abs(plain_numbers(series)[0])
    known = numbers[np.isfinite(numbers)]
    return float(known.max()) if len(known) else 0.0


NUMBER = Kind(
    name="number",
    words="numbers",
    plain=True,
    handling=HANDLED_AS_CELLS,
    bid=_bid,
    judge=_judge,
    raw=one_per_row("float64"),
    promises=always(*NUMBERS),
    fit=fitted_by("automl.data.preprocessing.tabular:fit_numbers"),
    learn=_read,
    read=_read,
    example=_example,
    loose=are_whole,
    strict=_strict,
)
