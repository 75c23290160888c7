"""How the cells of a table's columns become raw inputs, once it is known what kind each column is.

Kinds: ``numeric`` float64 with NaN, ``category`` text with ``""``, ``date`` int64 seconds since 1970
(UTC, -2**63 for missing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.flags import Flags
from automl.data.source import Source
from automl.data.tables import as_number, as_text, is_missing, read_table, written_as

ColumnKind: TypeAlias = Literal["numeric", "category", "date"]

MAX_CATEGORIES = 10_000
"""Categories of one column that are told apart, the most frequent ones."""

NO_DATE = -(2**63)
"""Raw value of a missing date, as NumPy stores one."""

LARGEST = 1e150
"""Numbers beyond it (inf, 1e308) count as missing: their squares overflow."""

SAMPLE = 10_000
"""Rows by which the format of dates is found again."""

BAD_SHARE = 0.05
"""A column is numeric when at most this share of its cells is neither a number nor missing."""

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


@dataclass(frozen=True, kw_only=True)
class Column:
    """One used column.

    Attributes:
        name: its name in the table.
        input: its name among the model's inputs (Keras allows no ``/`` in names).
        kind: see the module.
        form: format of dates, as in ``datetime.strptime`` or ``ISO8601``; empty for other kinds.
        yes: how a column of yes and no spells yes; empty for other columns.
        no: how it spells no.
        width: digits of the codes of a column (``01234``), 0 for other columns.
    """

    name: str
    input: str
    kind: ColumnKind
    form: str = ""
    yes: str = ""
    no: str = ""
    width: int = 0

    @property
    def flags(self) -> Flags | None:
        """The two spellings, None for a column that is not one of yes and no."""
        return Flags(yes=self.yes, no=self.no) if self.yes else None

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``Column(**data)`` restores it."""
        return asdict(self)


def read_columns(
    frame: pd.DataFrame, columns: Iterable[Column], known: Mapping[str, Sequence[str]] | None = None
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the raw inputs of the columns, by input name, and notes on cells that say nothing.

    Args:
        frame: the table.
        columns: which of it.
        known: the words of each category column in training, by input name, where they are known.
    """
    inputs: dict[str, np.ndarray] = {}
    notes: list[str] = []
    for column in columns:
        series = frame[column.name]
        if column.kind == "category":
            inputs[column.input] = _words(series, column)
            notes.extend(_unknown_words(column, inputs[column.input], (known or {}).get(column.input)))
            continue
        if column.kind == "date":
            form = _form_of(series, column.form)
            if form != column.form:
                text = f"dates are read as {form}, those of training as {column.form}."
                notes.append(Note(f"Column {column.name!r}: {text}"))
            inputs[column.input], odd = _seconds(series, form)
        else:
            inputs[column.input], odd = _numbers(series, column.flags)
        if odd:
            what = "too large, infinite or no numbers" if column.kind == "numeric" else "no dates"
            text = f"Column {column.name!r}: {odd} of {len(series)} cells are {what} and count as missing."
            notes.append(Note(text, odd / len(series)))
    return inputs, notes


def refuse_unreadable(
    source: Source, columns: Sequence[Mapping[str, Any]], styles: Mapping[str, Any] | None = None
) -> None:
    """Refuse a table with a cell that its column cannot hold.

    Args:
        source: the table.
        columns: as JSON, see ``Column.as_json``.
        styles: how their numbers are written in training, see ``tables.plain_styles``.

    Raises:
        DataError: with the first such cell.
    """
    frame = read_table(written_as(source, styles, [item["name"] for item in columns])).frame
    for column in (Column(**item) for item in columns):
        if column.kind == "category" or column.name not in frame.columns:
            continue
        read = read_columns(frame[[column.name]], [column])[0][column.input]
        gone = np.isnan(read) if column.kind == "numeric" else read == NO_DATE
        for row in np.flatnonzero(gone).tolist():
            cell = as_text(frame[column.name].iloc[[row]])[0]
            if not is_missing(cell):
                what = "a number" if column.kind == "numeric" else "a date"
                raise DataError(f"Column {column.name!r}, row {row + 1}: expected {what}, got {cell!r}.")


def words_of(inputs: Mapping[str, np.ndarray], columns: Iterable[Column]) -> dict[str, list[str]]:
    """Return the words of each category column by input name, sorted: what ``read_columns`` calls known."""
    words = {
        column.input: pd.unique(inputs[column.input]).tolist()
        for column in columns
        if column.kind == "category"
    }
    return {
        name: sorted({*different} - {""})
        for name, different in words.items()
        if len(different) <= MAX_CATEGORIES
    }


def plain_numbers(series: pd.Series[Any]) -> tuple[np.ndarray, int]:
    """As ``as_number``, but booleans and dates are no numbers."""
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_datetime64_any_dtype(series.dtype):
        return np.full(len(series), np.nan), int(series.notna().sum())
    return as_number(series)


def as_category(series: pd.Series[Any]) -> np.ndarray:
    """A column as an object array of str: white space made single, whole numbers without ``.0``."""
    codes, texts = pd.factorize(as_text(series))
    return np.array([_word(text) for text in texts.tolist()], dtype=object)[codes]


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


def _words(series: pd.Series[Any], column: Column) -> np.ndarray:
    words = as_category(series)
    if column.width:  # pandas reads 01234 as 1234
        codes, different = pd.factorize(words)
        wide = [word.zfill(column.width) if word.isdecimal() else word for word in different.tolist()]
        return np.array(wide, dtype=object)[codes]
    return column.flags.spell(words) if column.flags else words


def _unknown_words(column: Column, words: np.ndarray, known: Sequence[str] | None) -> tuple[Note, ...]:
    if known is None:
        return ()
    learned = {"", *known}
    codes, different = pd.factorize(words)
    counts = np.bincount(codes, minlength=len(different))
    unknown = {
        word: int(count)
        for word, count in zip(different.tolist(), counts, strict=True)
        if word not in learned
    }
    count = sum(unknown.values())
    if not count:
        return ()
    listed = ", ".join(repr(word) for word in sorted(unknown, key=lambda word: -unknown[word])[:3])
    more = ", ..." if len(unknown) > 3 else ""
    text = f"hold words that training did not have ({listed}{more}) and count as unknown."
    return (Note(f"Column {column.name!r}: {count} of {len(words)} cells {text}", count / len(words)),)


def _numbers(series: pd.Series[Any], flags: Flags | None) -> tuple[np.ndarray, int]:
    numbers, bad = as_number(series)
    if bad and flags:
        numbers, bad = as_number(pd.Series(flags.spell(as_text(series)), dtype=object))
    huge = np.abs(numbers) > LARGEST
    return np.where(huge, np.nan, numbers), bad + int(huge.sum())


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


def _word(text: str) -> str:
    if is_missing(text):
        return ""
    if re.fullmatch(r"[+-]?\d+\.0+", text):
        text = text.partition(".")[0]
    return " ".join(text.split())
