"""What kind each column of a table is, and which ones tell nothing and are dropped, with a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.notes import Note
from automl.data.cells import any_matches
from automl.data.columns import (
    BAD_SHARE,
    LARGEST,
    MAX_CATEGORIES,
    Column,
    ColumnKind,
    as_category,
    date_forms,
    plain_numbers,
)
from automl.data.flags import Flags, find_flags, look_alikes_note, spellings_note
from automl.data.row_labels import counts_rows, labels_rows, tells
from automl.data.tables import as_text, is_missing

NOISE = 16 * 2.0**-52
"""Variation, as a share of a column's largest number, that is rounding of float64 and no signal;
whole numbers have none."""

FLAT = 1e-11
"""Variation, as a share of the largest number, below which a user should look at the digits."""

EXACT = 2**53
"""Whole numbers up to it are exact in float64."""

MIXED_SHARE = 0.5
"""Share of numbers in a column of words from which it is told."""

MIXED_NUMBERS = 10
"""Columns with no more different numbers are categories such as 2, 3, 4, 5more."""


NEARLY_SHARE = 0.9
"""Share of such cells among the different words of a column, from which it is told."""

_NEARLY = re.compile(
    r"[^\w\s]{0,3}(?:[A-Z]{3} )?[^\w\s]?\d[\d.,' ]{0,20}\s?(?:[^\W\d]{1,4}|[^\w\s]{0,3})"
    r"|\d{1,3}(?::\d\d){1,2}(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?"
)
"""``5 kg``, ``USD 7.50``, ``~3``, ``12:30``."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What became of a column.

    Attributes:
        kind: what it is.
        form: format of dates.
        flags: spellings of yes and no.
        width: digits of codes with leading zeros, 0 for other columns.
        drop: why it tells nothing; empty for a column that is used.
        hint: what the user may do about a dropped column.
        notes: what else the user should know.
    """

    kind: ColumnKind
    form: str = ""
    flags: Flags | None = None
    width: int = 0
    drop: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()


def infer_columns(
    frame: pd.DataFrame, *, keep: Sequence[str] = (), targets: np.ndarray | None = None
) -> tuple[list[Column], list[str]]:
    """Decide on every column of a table of features; returns those used and notes.

    Args:
        frame: the features.
        keep: columns that are used whatever they hold.
        targets: of the rows, ``(n,)`` labels or ``(n, k)`` numbers: a column that counts the rows is used
            where it goes with them; None to use it anyway.
    """
    columns: list[Column] = []
    notes: list[str] = []
    taken: set[str] = set()
    for name in frame.columns:
        judged = _judge(frame[name], name, targets)
        if judged.drop and name not in keep:
            notes.append(Note(f"Column {name!r} {judged.drop} and is dropped{judged.hint}."))
            continue
        notes.extend(judged.notes)
        columns.append(_column(name, _input_name(name, taken), judged))
    return columns, notes


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
            " neighbours. Subtract an offset, or write them as texts where they are codes.",
            lost / len(exact),
        ),
    )


def _column(name: str, input_name: str, judged: Judged) -> Column:
    flags = judged.flags or Flags(yes="", no="")
    return Column(
        name=name,
        input=input_name,
        kind=judged.kind,
        form=judged.form,
        yes=flags.yes,
        no=flags.no,
        width=judged.width,
    )


def _judge(series: pd.Series[Any], name: str, targets: np.ndarray | None) -> Judged:
    numbers, bad = plain_numbers(series)
    present = int((~np.isnan(numbers)).sum())
    if bad == 0 and present == 0 and not _any_text(series):
        return Judged(kind="numeric", drop="has no values")
    if bad == 0 and present:
        zeros = _with_zeros(series)
        if zeros and _are_codes(zeros, present):
            text = f"Column {name!r} holds codes with leading zeros such as {zeros[0]!r}: categories."
            judged = _judge_words(as_category(series), name)
            return replace(judged, notes=(*judged.notes, Note(text)), width=len(zeros[0]))
        judged = _judge_numbers(series, numbers, name, targets)
        text = f"Column {name!r}: numbers with leading zeros such as"
        told = (Note(f"{text} {zeros[0]!r} are read as {float(zeros[0]):g}."),) if zeros else ()
        return replace(judged, notes=(*judged.notes, *told))
    words = as_category(series)
    flags = find_flags(words)
    if flags is not None:
        notes = spellings_note(name, set(words.tolist()))
        return Judged(kind="category", flags=flags, notes=notes)
    if present and bad <= BAD_SHARE * (present + bad):
        return _judge_numbers(series, numbers, name, targets)
    forms = date_forms(series)
    if forms:
        notes = (*_lost_fractions(series, forms[0], name), *_ambiguous(series, forms, name))
        return Judged(kind="date", form=forms[0], notes=notes)
    judged = _judge_words(words, name)
    several = len(np.unique(numbers[~np.isnan(numbers)])) > MIXED_NUMBERS
    if not judged.drop and several and present >= MIXED_SHARE * (present + bad):
        return replace(
            judged, notes=(*judged.notes, _few_words(words, numbers, bad / (present + bad), name))
        )
    hint = _nearly_numbers(words)
    if not hint:
        return judged
    if judged.drop:
        return replace(judged, hint=f": {hint}")
    return replace(judged, notes=(*judged.notes, Note(f"Column {name!r} is read as words: {hint}.", 1.0)))


def _few_words(words: np.ndarray, numbers: np.ndarray, share: float, name: str) -> Note:
    odd = next(word for word, number in zip(words, numbers, strict=True) if word and number != number)
    text = f"Column {name!r}: {share:.0%} of its cells are not numbers ({odd!r}), so all are read as words."
    return Note(text, share)


def _with_zeros(series: pd.Series[Any]) -> list[str]:
    """The different texts of a column of numbers, one with a leading zero (``007``) first; or none."""
    if pd.api.types.is_numeric_dtype(series.dtype) or not any_matches(series, r"^[+-]?0\d"):
        return []
    texts = [text for text in pd.unique(as_text(series)).tolist() if not is_missing(text)]
    first = next((text for text in texts if re.fullmatch(r"[+-]?0\d+(\.\d*)?", text)), "")
    return [first, *texts] if first else []


def _are_codes(texts: Sequence[str], present: int) -> bool:
    """Whether texts are all digits, equally many, and come twice on average: postcodes, not amounts."""
    alike = len({len(text) for text in texts}) == 1 and all(text.isdecimal() for text in texts)
    return alike and 2 * len(set(texts)) <= present


def _nearly_numbers(words: np.ndarray) -> str:
    """What to say of words that nearly all hold one number, or a time of day; empty for others."""
    different = [word for word in pd.unique(words).tolist() if word]
    like = [word for word in different if _NEARLY.fullmatch(word)]
    if len(different) <= MIXED_NUMBERS or len(like) < NEARLY_SHARE * len(different):
        return ""
    return f"cells such as {like[0]!r} hold numbers or times with more about them; write plain numbers"


def _ambiguous(series: pd.Series[Any], forms: Sequence[str], name: str) -> tuple[Note, ...]:
    if len(forms) == 1:
        return ()
    shown = next(text for text in as_text(series).tolist() if not is_missing(text))
    text = f"{shown!r} is read as {forms[0]}; it could be {' or '.join(forms[1:])}"
    return (Note(f"Column {name!r}: {text}, a guess. Write dates as 2024-01-31 to be sure.", 1.0),)


def _judge_numbers(
    series: pd.Series[Any], numbers: np.ndarray, name: str, targets: np.ndarray | None
) -> Judged:
    known = numbers[np.abs(numbers) <= LARGEST]
    if len(known) == 0:
        return Judged(kind="numeric", drop="has no values besides infinite or too large ones")
    low, high = float(known.min()), float(known.max())
    size = max(abs(low), abs(high))
    whole = bool((known == np.round(known)).all())
    lost = lost_digits(series, f"Column {name!r}")
    if len(known) == len(numbers) and high - low <= (0.0 if whole else NOISE * size):
        exact = low == high and not lost
        more = "" if exact else " to the 16 digits of float64"
        return Judged(kind="numeric", drop=f"has one value only{more}")
    label = labels_rows(name, numbers)
    if label:
        return Judged(kind="numeric", drop=label, hint=f"; --keep {name!r} makes it a feature")
    notes: tuple[str, ...] = lost if whole else _flat(high - low, size, name)
    if targets is not None and low in (0.0, 1.0) and counts_rows(numbers):
        if not tells(numbers, targets):
            return Judged(kind="numeric", drop="numbers the rows (an id), says nothing about the target")
        notes = (*notes, _counts_note(name))
    flags = Flags(yes="1", no="0") if whole and (low, high) == (0.0, 1.0) else None
    return Judged(kind="numeric", flags=flags, notes=notes)


def _counts_note(name: str) -> Note:
    return Note(
        f"Column {name!r} counts the rows and goes with the target, so it is a feature; where it only"
        f" numbers the rows, leave it out: --drop {name!r}."
    )


def _flat(spread: float, size: float, name: str) -> tuple[Note, ...]:
    """Tell of numbers that agree in all but their last digits."""
    if not 0 < spread < FLAT * size:
        return ()
    text = f"varies by {spread / size:.1g} of its size only: noise, or digits that count?"
    return (Note(f"Column {name!r} {text}"),)


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


def _judge_words(words: np.ndarray, name: str) -> Judged:
    known = words[words != ""]
    different = set(known.tolist())
    distinct = len(different)
    if distinct == 0:
        return Judged(kind="category", drop="has no values")
    if distinct == 1 and len(known) == len(words):
        return Judged(kind="category", drop="has one value only")
    if len(known) >= 20 and distinct > 0.95 * len(known):
        text = f"has a different text in nearly every row ({distinct} of {len(known)})"
        return Judged(kind="category", drop=text)
    notes: tuple[str, ...] = look_alikes_note(f"Column {name!r}", list(different))
    if distinct > MAX_CATEGORIES:
        text = f"has {distinct} categories: the {MAX_CATEGORIES} most frequent are kept apart."
        notes = (*notes, Note(f"Column {name!r} {text}"))
    return Judged(kind="category", notes=notes)


def _any_text(series: pd.Series[Any]) -> bool:
    return not pd.api.types.is_numeric_dtype(series.dtype) and any(
        text and not is_missing(text) for text in pd.unique(as_text(series))
    )


def _size(series: pd.Series[Any]) -> float:
    numbers = np.abs(plain_numbers(series)[0])
    known = numbers[np.isfinite(numbers)]
    return float(known.max()) if len(known) else 0.0


def _input_name(name: str, taken: set[str]) -> str:
    """A name that Keras takes and no other column has."""
    plain = name.replace("/", "_") or "column"
    candidate, number = plain, 2
    while candidate in taken:
        candidate, number = f"{plain}_{number}", number + 1
    taken.add(candidate)
    return candidate
