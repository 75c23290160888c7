"""Target columns of a table: which task they ask for, and their cells as targets.

Classes are texts, booleans, and whole numbers with at most 10 different values, each of them five times
on average; other numbers are regression (``is_amount``). Several columns of 0 and 1 are a multi-label
target. Yes and no are the same two classes however they are spelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.data.column_kinds import lost_digits
from automl.data.columns import BAD_SHARE, LARGEST, as_category, date_forms
from automl.data.flags import NO, YES, Flags, find_flags, look_alikes_note, spellings_note
from automl.data.tables import as_number, as_text

MAX_NUMBER_CLASSES = 10
ROWS_PER_CLASS = 5

_FLAGS = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}
_NO_LABEL = frozenset({"", "?", "na", "n/a", "#n/a", "<na>", "n.a.", "nan", "nat", "null"})
# "None" and "-" may be names of classes; they are missing where all other classes are numbers.
_MAYBE_LABEL = frozenset({"none", "-", "--", "\N{EN DASH}", "\N{EM DASH}"})

FAR = 1e4
"""Targets further from the median than so many times the spread of the middle half are told."""


def infer_task(frame: pd.DataFrame, where: str) -> TaskKind:
    """Decide what the target columns ask for.

    Raises:
        DataError: dates, or several columns that are neither all yes/no nor all numbers.
    """
    if frame.shape[1] > 1:
        if all(_is_flag(frame[name]) for name in frame.columns):
            return "multilabel"
        if all(as_number(frame[name])[1] == 0 for name in frame.columns):
            return "regression"
        raise DataError(
            f"{where}: several targets must all be numbers, or all yes/no (0/1, true/false); got"
            f" {_example_of_text(frame)}. Name one target, or turn the columns into 0 and 1."
        )
    series = frame.iloc[:, 0]
    if _is_continuous(series):
        return "regression"
    _refuse_dates(series, where)
    _refuse_amounts_with_words(series, where)
    names = labels(series)
    return "binary" if find_flags(names) or len(set(names.tolist()) - {""}) == 2 else "multiclass"


def is_amount(numbers: np.ndarray) -> bool:
    """Whether known numbers ``(n,)`` are amounts, to be predicted by regression, and not classes.

    Classes are whole numbers with two values, or with at most 10 that occur five times on average.
    """
    if len(numbers) == 0:
        return False
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
        return True
    distinct = len(np.unique(numbers))
    return distinct > 2 and (distinct > MAX_NUMBER_CLASSES or distinct * ROWS_PER_CLASS > len(numbers))


def target_flags(frame: pd.DataFrame, task: TaskKind) -> Flags | None:
    """Return how a class target of yes and no spells them in training; None for any other."""
    return find_flags(labels(frame.iloc[:, 0])) if task in ("binary", "multiclass") else None


def read_targets(
    frame: pd.DataFrame, task: TaskKind, where: str, flags: Flags | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return targets as ``Examples.targets`` has them, and which rows have one ``(n,)`` bool.

    Args:
        frame: the target columns.
        task: what they are read for.
        where: what messages call the table.
        flags: spelling that classes of yes and no are brought to, see ``target_flags``.

    Raises:
        DataError: a cell does not fit the task.
    """
    if task in ("binary", "multiclass"):
        names = labels(frame.iloc[:, 0])
        return (flags.spell(names) if flags else names), names != ""
    convert = _flags if task == "multilabel" else _numbers
    values = np.stack([convert(frame[name], where) for name in frame.columns], axis=1)
    return values, ~np.isnan(values).any(axis=1)


def target_notes(frame: pd.DataFrame, task: TaskKind) -> tuple[str, ...]:
    """Tell what is odd about the target columns: spellings, look-alikes, values far from all others."""
    if task in ("binary", "multiclass"):
        name, words = str(frame.columns[0]), list(dict.fromkeys(labels(frame.iloc[:, 0]).tolist()))
        if find_flags(np.array(words, object)):
            return spellings_note(name, words)
        return look_alikes_note(f"Target {name!r}", words)
    if task == "multilabel":
        return _one_of_several(frame)
    if task != "regression":
        return ()
    return tuple(note for name in frame.columns for note in _odd_amounts(frame[name], str(name)))


def _one_of_several(frame: pd.DataFrame) -> tuple[Note, ...]:
    """Tell of targets of which each row has just one, as one-hot codes of classes do."""
    values = np.stack([_flags(frame[name], "") for name in frame.columns], axis=1)
    values = values[~np.isnan(values).any(axis=1)]
    if frame.shape[1] == 1 or not (values.sum(axis=1) == 1).all():
        return ()
    text = f"Each row has just one of the {frame.shape[1]} targets, and each is predicted by itself"
    hint = "where they are codes of classes (one-hot), give one column of classes, as by argmax"
    return (Note(f"{text}: {hint}.", 1.0),)


def _odd_amounts(series: pd.Series[Any], name: str) -> Iterator[Note]:
    yield from lost_digits(series, f"Target {name!r}")
    numbers, _ = as_number(series)
    huge = np.abs(numbers) > LARGEST
    if huge.any():
        text = f"{int(huge.sum())} of {len(numbers)} cells are infinite or too large and count as missing."
        yield Note(f"Target {name!r}: {text}", float(huge.mean()))
    known = numbers[np.isfinite(numbers) & ~huge]
    if len(known) == 0:
        return
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    far = int((np.abs(known - middle) > FAR * (high - low)).sum()) if high > low else 0
    if far:
        yield Note(
            f"Target {name!r}: {far} values lie more than {FAR:,.0f} times the spread of the middle half"
            f" off the median ({known.min():g} to {known.max():g}) and decide what is learned.",
            far / len(known),
        )


def check_variety(targets: np.ndarray, task: TaskKind, names: Sequence[str], where: str) -> None:
    """Refuse targets from which nothing can be learned.

    Raises:
        DataError: one class, one value, more than two classes for ``binary``, or nearly a class per row.
    """
    if len(targets) == 0:
        raise DataError(f"{where}: no row has a target in {_listed(names)}.")
    if task in ("binary", "multiclass"):
        _check_classes(targets, task, names[0], where)
        return
    columns = targets.reshape(len(targets), -1)
    for name, column in zip(names, columns.T, strict=True):
        if (column == column[0]).all():
            raise DataError(
                f"{where}: target {name!r} has one value only ({column[0]:g}): nothing to learn."
            )


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


def _all_numbers(texts: set[str]) -> bool:
    """Whether texts are numbers, besides those that may be names of classes."""
    rest = [text for text in texts if text.lower() not in _MAYBE_LABEL]
    return bool(rest) and as_number(pd.Series(rest, dtype=object))[1] == 0


def _check_classes(targets: np.ndarray, task: TaskKind, name: str, where: str) -> None:
    classes = sorted(set(targets.tolist()))
    if len(classes) < 2:
        raise DataError(f"{where}: target {name!r} has one class only ({classes[0]!r}): nothing to learn.")
    if task == "binary" and len(classes) > 2:
        shown = ", ".join(repr(item) for item in classes[:5])
        raise DataError(
            f"{where}: target {name!r} has {len(classes)} classes ({shown}, ...), expected 2."
            " Ask for multiclass."
        )
    if len(classes) > 50 and len(classes) > len(targets) / 2:
        raise DataError(
            f"{where}: target {name!r} has {len(classes)} different texts in {len(targets)} rows:"
            " expected classes that repeat, or numbers. Is it the right column?"
        )


def _is_continuous(series: pd.Series[Any]) -> bool:
    if pd.api.types.is_bool_dtype(series.dtype):
        return False
    numbers, bad = as_number(series)
    known = numbers[~np.isnan(numbers)]
    # whole numbers beyond 2**53 may be few in float64 and are amounts all the same
    return not bad and (is_amount(known) or bool(lost_digits(series, "")))


def _refuse_dates(series: pd.Series[Any], where: str) -> None:
    """Refuse dates as targets: each would be a class of its own."""
    if date_forms(series):
        raise DataError(
            f"{where}: target {series.name!r} holds dates, which are neither amounts nor classes. Turn them"
            " into numbers, such as days since a date, or ask for classes: --task multiclass."
        )


def _refuse_amounts_with_words(series: pd.Series[Any], where: str) -> None:
    """Refuse amounts among which a few cells are words: they would be classes, one for each amount."""
    if pd.api.types.is_bool_dtype(series.dtype):
        return
    numbers, bad = as_number(series)
    known = numbers[~np.isnan(numbers)]
    if bad and bad <= BAD_SHARE * (len(known) + bad) and is_amount(known):
        row = _first_bad(series, numbers)
        raise DataError(
            f"{where}, column {series.name!r}, row {row + 1}: expected a number as in most rows of this"
            f" target, got {as_text(series)[row]!r} ({bad} such cells). Mend or empty them, or ask"
            " for classes: --task multiclass."
        )


def _is_flag(series: pd.Series[Any]) -> bool:
    present = set(labels(series).tolist()) - {""}
    return all(text.lower() in _FLAGS for text in present)


def _flags(series: pd.Series[Any], where: str) -> np.ndarray:
    texts = labels(series)
    odd = [row for row, text in enumerate(texts) if text and text.lower() not in _FLAGS]
    if odd:
        raise DataError(
            f"{where}, column {series.name!r}, row {odd[0] + 1}: expected 0 or 1 (true/false, yes/no)"
            f" in one of several targets, got {texts[odd[0]]!r}."
        )
    return np.array([_FLAGS.get(text.lower(), np.nan) for text in texts], dtype=np.float32)


def _numbers(series: pd.Series[Any], where: str) -> np.ndarray:
    numbers, bad = as_number(series)
    if bad:
        row = _first_bad(series, numbers)
        raise DataError(
            f"{where}, column {series.name!r}, row {row + 1}: expected a number as target of regression,"
            f" got {as_text(series)[row]!r} ({bad} such cells). Mend them, or ask for classification."
        )
    return np.where(np.abs(numbers) > LARGEST, np.nan, numbers)


def _first_bad(series: pd.Series[Any], numbers: np.ndarray) -> int:
    texts = labels(series)
    return next(row for row in np.flatnonzero(np.isnan(numbers)).tolist() if texts[row])


def _example_of_text(frame: pd.DataFrame) -> str:
    name = next(name for name in frame.columns if as_number(frame[name])[1] or not _is_flag(frame[name]))
    return f"{as_text(frame[name])[0]!r} in column {name!r}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
