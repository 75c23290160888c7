"""What kind each column of a table is, and how its cells become raw inputs.

Kinds: ``numeric`` float64 with NaN, ``category`` text with ``""``, ``date`` int64 seconds since 1970
(UTC, -2**63 for missing). A column that tells nothing is dropped and said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from automl.data.tables import as_number, as_text, is_missing

ColumnKind: TypeAlias = Literal["numeric", "category", "date"]

MAX_CATEGORIES = 10_000
"""Categories of one column that are told apart, the most frequent ones."""

NO_DATE = -(2**63)
"""Raw value of a missing date, as NumPy stores one."""

LARGEST = 1e150
"""Numbers beyond it (inf, 1e308) count as missing: their squares overflow."""

BAD_SHARE = 0.05
"""A column is numeric when at most this share of its cells is neither a number nor missing."""

DATE_FORMATS = (
    "ISO8601",
    *(
        day + clock
        for day in (
            "%Y/%m/%d",
            "%d.%m.%Y",
            "%m/%d/%Y",
            "%d/%m/%Y",
            "%d-%m-%Y",
            "%m-%d-%Y",
            "%d-%b-%Y",
            "%d %b %Y",
        )
        for clock in ("", " %H:%M", " %H:%M:%S")
    ),
)
_DATE_SHAPE = re.compile(
    r"(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/. ](\d{1,2}|[A-Za-z]{3})[-/. ]\d{4})(\D.*)?"
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One used column.

    Attributes:
        name: its name in the table.
        input: its name among the model's inputs (Keras allows no ``/`` in names).
        kind: see the module.
        form: format of dates, as in ``datetime.strptime`` or ``ISO8601``; empty for other kinds.
    """

    name: str
    input: str
    kind: ColumnKind
    form: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``Column(**data)`` restores it."""
        return asdict(self)


def infer_columns(frame: pd.DataFrame) -> tuple[list[Column], list[str]]:
    """Decide on every column of a table of features; returns those used and a note for each dropped."""
    columns: list[Column] = []
    notes: list[str] = []
    taken: set[str] = set()
    for name in frame.columns:
        kind, form, note = _judge(frame[name])
        if note:
            notes.append(f"Column {name!r} {note}.")
        if kind is not None:
            columns.append(Column(name=name, input=_input_name(name, taken), kind=kind, form=form))
    return columns, notes


def read_columns(frame: pd.DataFrame, columns: Iterable[Column]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the raw inputs of the columns, by input name, and notes on cells taken as missing."""
    inputs: dict[str, np.ndarray] = {}
    notes: list[str] = []
    for column in columns:
        series = frame[column.name]
        if column.kind == "numeric":
            inputs[column.input], odd = _numbers(series)
        elif column.kind == "date":
            inputs[column.input], odd = _seconds(series, column.form)
        else:
            inputs[column.input], odd = as_category(series), 0
        if odd:
            what = "too large, infinite or no numbers" if column.kind == "numeric" else "no dates"
            notes.append(f"Column {column.name!r}: {odd} cells are {what} and count as missing.")
    return inputs, notes


def as_category(series: pd.Series[Any]) -> np.ndarray:
    """A column as an object array of str: white space made single, whole numbers without ``.0``."""
    texts = as_text(series)
    known = {text: _word(text) for text in set(texts.tolist())}
    return np.array([known[text] for text in texts.tolist()], dtype=object)


def as_times(series: pd.Series[Any]) -> np.ndarray | None:
    """A column as datetime64[s] or float64 that sort, None where some cell is neither."""
    numbers, bad = _as_plain_number(series)
    if bad == 0:
        return None if np.isnan(numbers).any() else numbers
    form = date_form(series)
    dates = _parse(series, form) if form else None
    return None if dates is None or np.isnat(dates).any() else dates


def date_form(series: pd.Series[Any]) -> str:
    """The first format that reads every cell of a column of dates; empty when it holds none."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return "ISO8601"
    present = [text for text in pd.unique(as_text(series)) if not is_missing(text)]
    if not present or not all(_DATE_SHAPE.fullmatch(text) for text in present[:1000]):
        return ""
    words = pd.Series(present, dtype=object)
    for form in DATE_FORMATS:
        if np.isnat(_parse(words, form)).mean() <= (BAD_SHARE if form == "ISO8601" else 0.0):
            return form
    return ""


def _judge(series: pd.Series[Any]) -> tuple[ColumnKind | None, str, str]:
    """Kind (None: dropped), date format, and what a note says of it."""
    numbers, bad = _as_plain_number(series)
    present = int(np.isfinite(numbers).sum())
    if bad == 0 and present == 0 and not _any_text(series):
        return None, "", "has no values and is dropped"
    if present and bad <= BAD_SHARE * (present + bad):
        return _judge_numbers(numbers)
    form = date_form(series)
    if form:
        return "date", form, ""
    return _judge_words(as_category(series))


def _judge_numbers(numbers: np.ndarray) -> tuple[ColumnKind | None, str, str]:
    known = numbers[np.isfinite(numbers)]
    complete = len(known) == len(numbers)
    distinct = np.unique(known)
    if len(distinct) == 1 and complete:
        return None, "", "has one value only and is dropped"
    counts_rows = (
        complete and len(distinct) == len(numbers) >= 50 and bool((np.diff(distinct) == 1.0).all())
    )
    if counts_rows:
        return None, "", "numbers the rows (an id) and is dropped"
    return "numeric", "", ""


def _judge_words(words: np.ndarray) -> tuple[ColumnKind | None, str, str]:
    known = words[words != ""]
    distinct = len(set(known.tolist()))
    if distinct == 0:
        return None, "", "has no values and is dropped"
    if distinct == 1 and len(known) == len(words):
        return None, "", "has one value only and is dropped"
    if len(known) >= 20 and distinct > 0.95 * len(known):
        return (
            None,
            "",
            f"has a different text in nearly every row ({distinct} of {len(known)}) and is dropped",
        )
    if distinct > MAX_CATEGORIES:
        return (
            "category",
            "",
            f"has {distinct} categories: the {MAX_CATEGORIES} most frequent are told apart",
        )
    return "category", "", ""


def _as_plain_number(series: pd.Series[Any]) -> tuple[np.ndarray, int]:
    """As ``as_number``, but booleans and dates are no numbers."""
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_datetime64_any_dtype(series.dtype):
        return np.full(len(series), np.nan), int(series.notna().sum())
    return as_number(series)


def _any_text(series: pd.Series[Any]) -> bool:
    return not pd.api.types.is_numeric_dtype(series.dtype) and any(
        text and not is_missing(text) for text in pd.unique(as_text(series))
    )


def _numbers(series: pd.Series[Any]) -> tuple[np.ndarray, int]:
    numbers, bad = as_number(series)
    huge = np.abs(numbers) > LARGEST
    return np.where(huge, np.nan, numbers), bad + int(huge.sum())


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


def _word(text: str) -> str:
    if is_missing(text):
        return ""
    if re.fullmatch(r"[+-]?\d+\.0+", text):
        text = text.partition(".")[0]
    return " ".join(text.split())


def _input_name(name: str, taken: set[str]) -> str:
    """A name that Keras takes and no other column has."""
    plain = name.replace("/", "_") or "column"
    candidate, number = plain, 2
    while candidate in taken:
        candidate, number = f"{plain}_{number}", number + 1
    taken.add(candidate)
    return candidate


def missing_columns(wanted: Sequence[str], frame: pd.DataFrame) -> list[str]:
    """Those of ``wanted`` that the table lacks."""
    return [name for name in wanted if name not in frame.columns]
