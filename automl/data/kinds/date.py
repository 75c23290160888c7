"""Dates: raw int64 seconds since 1970 (UTC), -2**63 for what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.notes import Note
from automl.data.cells import as_text, is_missing
from automl.data.kinds.kind import (
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
)
from automl.data.kinds.promised import CODES, MEANS, NUMBERS
from automl.data.raw_values import BAD_SHARE, NO_DATE

SAMPLE = 10_000
"""Rows by which the format of dates is found again."""

_DAYS = (
    *("%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y"),
    *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%b-%y", "%d %b %y", "%Y.%m.%d", "%d-%B-%Y", "%d %B %Y"),
    *("%b %d, %Y", "%B %d, %Y", "%d. %B %Y"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
DATE_FORMATS = ("ISO8601", *(day + clock for day in _DAYS for clock in _CLOCKS))
_DATE_SHAPE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{4}"
    r"|\d{1,2}/\d{1,2}/\d\d|\d\d\.\d\d\.\d\d|\d{1,2}[- ][A-Za-z]{3}[- ]\d\d"
    r"|(\d{1,2}\. )?[A-Za-z]{3,9} (\d{1,2}, )?\d{4})(\D.*)?"
)


def date_forms(series: pd.Series[Any]) -> list[str]:
    """The formats that read every cell of a column of dates, best first; none when it holds no dates."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return ["ISO8601"]
    present = [text for text in pd.unique(as_text(series)) if not is_missing(text)]
    if not present or not all(_DATE_SHAPE.fullmatch(text) for text in present[:1000]):
        return []
    words, head = pd.Series(present, dtype=object), pd.Series(present[:100], dtype=object)
    if _reads(words, "ISO8601", BAD_SHARE):
        return ["ISO8601"]
    forms = [form for form in DATE_FORMATS[1:] if _reads(head, form) and _reads(words, form)]
    if not forms:
        return []
    first = _parse(words, forms[0])
    # "5 May 2020" has the month in full and abridged
    return [forms[0], *(form for form in forms[1:] if not np.array_equal(_parse(words, form), first))]


def _reads(words: pd.Series[Any], form: str, odd: float = 0.0) -> bool:
    return bool(np.isnat(_parse(words, form)).mean() <= odd)


def _bid(facts: Facts) -> float:
    if facts.odd == 0:  # 2024 alone is a number
        return NO
    # below numbers of which a few cells are slips
    return LIKELY - 0.1 if facts.once(date_forms) else NO


def _judge(facts: Facts) -> Judged:
    series, name = facts.series, facts.name
    forms = facts.once(date_forms)
    notes = (*_lost_fractions(series, forms[0], name), *_ambiguous(series, forms, name))
    return Judged(facts={"form": forms[0]}, notes=notes)


def _ambiguous(series: pd.Series[Any], forms: Sequence[str], name: str) -> tuple[Note, ...]:
    if len(forms) == 1:
        return ()
    shown = next(text for text in as_text(series).tolist() if not is_missing(text))
    text = f"{shown!r} is read as {forms[0]}; it could be {' or '.join(forms[1:])}"
    return (Note(f"Column {name!r}: {text}, a guess. Write dates as 2024-01-31 to be sure.", 1.0),)


def _lost_fractions(series: pd.Series[Any], form: str, name: str) -> tuple[Note, ...]:
    """Tell of times that are the same to the second."""
    typed = pd.api.types.is_datetime64_any_dtype(series.dtype)
    cells = series if typed else pd.Series(pd.unique(as_text(series)), dtype=object)
    times = pd.to_datetime(cells, format=form, errors="coerce", utc=True)
    exact, seconds = times.nunique(), times.dt.floor("s").nunique()
    if seconds == exact:
        return ()
    text = f"Column {name!r}: times are read to the second, {exact} different ones become {seconds}."
    return (Note(text, 1 - seconds / exact),)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    known = column.facts["form"]
    form = _form_of(series, known)
    notes: tuple[str, ...] = ()
    if form != known:
        text = f"dates are read as {form}, those of training as {known}."
        notes = (Note(f"Column {column.name!r}: {text}"),)
    seconds, odd = _seconds(series, form)
    text = f"Column {column.name!r}: {odd} of {len(series)} cells are no dates and count as missing."
    told = (Note(text, odd / len(series)),) if odd else ()
    return Raw(column=column, values=seconds, notes=(*notes, *told))


def _strict(series: pd.Series[Any], column: Column) -> tuple[int, str] | None:
    seconds, _ = _seconds(series, _form_of(series, column.facts["form"]))
    row = first_written(series, np.flatnonzero(seconds == NO_DATE).tolist())
    return None if row is None else (row, "a date")


def _form_of(series: pd.Series[Any], form: str) -> str:
    """The format of training, or another one where that does not read the first dates of a column."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return form
    texts = [text for text in pd.unique(as_text(series.head(SAMPLE))) if not is_missing(text)]
    unread = np.isnat(_parse(pd.Series(texts, dtype=object), form))
    if not texts or unread.mean() <= BAD_SHARE:
        return form
    return next(iter(date_forms(series)), form)


def _seconds(series: pd.Series[Any], form: str) -> tuple[np.ndarray, int]:
    dates = _parse(series, form)
    seconds = np.where(np.isnat(dates), NO_DATE, dates.astype(np.int64))
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return seconds, 0
    missing = sum(is_missing(text) for text in as_text(series))
    return seconds, int(np.isnat(dates).sum()) - missing


def _parse(series: pd.Series[Any], form: str) -> np.ndarray:
    """datetime64[s] in UTC, NaT where a cell does not fit the format."""
    cells = (
        series
        if pd.api.types.is_datetime64_any_dtype(series.dtype)
        else pd.Series(as_text(series), dtype=object)
    )
    dates = pd.to_datetime(cells, format=form, errors="coerce", utc=True)
    return dates.dt.tz_localize(None).to_numpy().astype("datetime64[s]")


DATE = Kind(
    name="date",
    words="dates",
    plain=True,
    handling=HANDLED_AS_CELLS,
    bid=_bid,
    judge=_judge,
    raw=one_per_row("int64"),
    promises=always(*NUMBERS, *CODES, *MEANS),
    fit=fitted_by("automl.data.preprocessing.tabular:fit_dates"),
    learn=_read,
    read=_read,
    loose=lambda values: True,  # texts from a file, times from a frame
    strict=_strict,
)
