"""Forms in which people write times, in texts and in numbers.

A form is a word: ``number``, ``ISO8601``, a format as in ``strptime``, ``quarter``, ``week``, ``unix s``
(``ms``, ``us``, ``ns``) or ``excel``. Stamps are microseconds since 1970, float64, NaN where a cell does
not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd

DAYS = (
    *("%d.%m.%Y", "%d.%m.%y", "%Y.%m.%d", "%Y/%m/%d", "%m.%Y"),
    *("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%m/%Y"),
    *("%m-%d-%Y", "%d-%m-%Y", "%m-%d-%y", "%d-%m-%y", "%m-%Y"),
    *("%d-%b-%Y", "%d-%b-%y", "%b-%Y", "%b-%y", "%Y-%b-%d", "%Y-%b"),
    *("%d %b %Y", "%d %B %Y", "%d. %b %Y", "%d. %B %Y", "%b %d %Y", "%B %d %Y"),
    *("%b %Y", "%B %Y", "%Y %b", "%Y %B", "%d %b %y", "%d-%B-%Y", "%Y %m %d"),
)

CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I %p")

FORMS = (*(day + clock for day in DAYS for clock in CLOCKS), "%b %d %H:%M:%S %Y", "%Y%m%dT%H%M%S")
"""Tried in this order; where several read every cell, the one whose steps are most regular wins."""

DIGITS = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}

UNIX = {"s": 1e9, "ms": 1e12, "us": 1e15, "ns": 1e18}
"""Units of Unix times, with the count of 2001; times up to 2128 are taken for such."""

EXCEL = (20_000.0, 80_000.0)
"""Serial days of Excel for 1954 to 2119."""

_QUARTER = re.compile(r"^(?:(\d{4})[-/ ]?Q([1-4])|Q([1-4])[-/ ]?(\d{4}))$", re.IGNORECASE)

_WEEK = re.compile(r"^(\d{4})[-/ ]?W(\d{1,2})$", re.IGNORECASE)


def micro(index: pd.DatetimeIndex) -> np.ndarray:
    """Microseconds since 1970 of naive times ``(n,)`` float64, NaN for missing."""
    cells = index.to_numpy("datetime64[us]")
    return np.where(np.isnat(cells), np.nan, cells.astype(np.int64).astype(np.float64))


def plain_text(text: str) -> str:
    """``Thu, Oct. 27th, 2022`` as ``Oct 27 2022``."""
    if text[:1].isdigit() and not re.search(r"[a-zA-Z,]|  ", text):
        return text
    text = re.sub(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", text)
    text = re.sub(r"\b([A-Za-z]{3,4})\.(?=[\s,])", r"\1", text).replace("Sept ", "Sep ")
    return " ".join(text.replace(",", " ").split())


def plain_dates(texts: np.ndarray) -> np.ndarray | None:
    """Stamps ``(n,)`` of texts that are all ISO 8601 without an offset, as nearly all are; else None."""
    try:
        parsed = pd.to_datetime(pd.Series(texts, dtype=object), format="ISO8601", errors="coerce")
    except ValueError:
        return None
    if not pd.api.types.is_datetime64_dtype(parsed.dtype) or parsed.isna().any():
        return None
    return micro(pd.DatetimeIndex(parsed))


def fitting_forms(texts: np.ndarray) -> dict[str, np.ndarray]:
    """Every form that reads each text, with the stamps; ISO 8601 leaves no other."""
    iso = plain_dates(texts)
    if iso is not None:
        return {iso_form(texts): iso}
    head = texts[:20]
    fitting = {}
    for form in ("quarter", "week", *FORMS):
        if not _fits(head[0], form) or np.isnan(read_texts(head, form)).any():
            continue
        stamps = read_texts(texts, form)
        if not np.isnan(stamps).any():
            fitting[form] = stamps
    return fitting


def iso_form(texts: np.ndarray) -> str:
    """The form of ISO 8601 dates; of months without a day that of months."""
    return "%Y-%m" if all(len(text) == 7 for text in texts) else "ISO8601"


def _fits(text: str, form: str) -> bool:
    """Whether one text has the form; quicker than pandas, as hundreds of forms are tried."""
    if form in ("quarter", "week"):
        return bool((_QUARTER if form == "quarter" else _WEEK).match(text))
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def nearest_form(texts: np.ndarray) -> np.ndarray:
    """Stamps of the form that reads most texts."""
    forms = ("ISO8601", "quarter", "week", *FORMS)
    head = texts[:50]
    best = max(forms, key=lambda form: int((~np.isnan(read_texts(head, form))).sum()))
    return read_texts(texts, best)


def read_texts(texts: np.ndarray, form: str) -> np.ndarray:
    """Stamps ``(n,)`` float64, NaN where a text does not fit the form."""
    own: dict[str, Callable[[str], str]] = {"quarter": _quarter, "week": _week}
    if form in own:
        texts, form = np.array([own[form](text) for text in texts], object), "ISO8601"
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce", utc=True)
    return micro(pd.DatetimeIndex(parsed).tz_localize(None))


def _quarter(text: str) -> str:
    hit = _QUARTER.match(text)
    if hit is None:
        return ""
    year, quarter = (hit[1], hit[2]) if hit[1] else (hit[4], hit[3])
    return f"{year}-{3 * int(quarter) - 2:02d}-01"


def _week(text: str) -> str:
    hit = _WEEK.match(text)
    if hit is None:
        return ""
    day = pd.to_datetime(f"{hit[1]}-W{int(hit[2]):02d}-1", format="%G-W%V-%u", errors="coerce")
    return "" if pd.isna(day) else str(day.date())


def form_of_numbers(numbers: np.ndarray, name: str) -> str:
    """The form of finite numbers ``(n,)`` in a column ``name``; Excel's needs a name that says date."""
    low, high = float(numbers.min()), float(numbers.max())
    digits = digits_form(numbers, least=6)
    if digits is not None:
        return digits
    for unit, least in UNIX.items():
        if least <= low and high < 5 * least:
            return f"unix {unit}"
    named = re.search(r"date|datum|fecha", name, re.IGNORECASE)
    if named and EXCEL[0] <= low and high <= EXCEL[1]:
        return "excel"
    return "number"


def digits_form(numbers: np.ndarray, *, least: int) -> str | None:
    """The format in which every number writes a date of 1900 to 2100."""
    if not np.isfinite(numbers).all() or (numbers != np.rint(numbers)).any() or numbers.min() < 190_000:
        return None
    lengths = {len(str(int(numbers.min()))), len(str(int(numbers.max())))}
    form = DIGITS.get(lengths.pop()) if len(lengths) == 1 else None
    if form is None or 10 ** (least - 1) > numbers.min():
        return None
    stamps = read_numbers(numbers, form)
    low, high = (pd.Timestamp(day).value / 1e3 for day in ("1900-01-01", "2100-12-31"))
    return form if bool(((stamps >= low) & (stamps <= high)).all()) else None


def read_numbers(numbers: np.ndarray, form: str) -> np.ndarray:
    """Stamps ``(n,)`` of numbers in a form of numbers other than ``number``."""
    kind, _, unit = form.partition(" ")
    if kind == "unix":
        return np.rint(numbers * (1e6 / {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]))
    if kind == "excel":
        # Excel counts from 1899-12-30, as it takes 1900 for a leap year
        return np.rint((numbers - 25_569) * 86_400e6 / 1e3) * 1e3
    return read_texts(np.array([f"{number:.0f}" for number in numbers], object), form)
