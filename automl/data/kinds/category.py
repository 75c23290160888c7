"""Categories: raw texts, ``""`` for what is missing. Whatever nothing else claims is one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.notes import Note
from automl.core.tensors import MANY_CATEGORIES, Promised
from automl.data.flags import Flags, find_flags, look_alikes_note, spellings_note
from automl.data.kinds.kind import (
    CERTAIN,
    FALLBACK,
    HANDLED_AS_CELLS,
    LIKELY,
    NO,
    Column,
    Facts,
    Judged,
    Kind,
    Place,
    Raw,
    fitted_by,
    one_per_row,
    plain,
)
from automl.data.kinds.number import are_codes, leading_zeros
from automl.data.kinds.promised import CODES, MEANS
from automl.data.kinds.words import as_category
from automl.data.raw_values import MAX_CATEGORIES

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


def _bid(facts: Facts) -> float:
    if facts.all_numbers:  # postcodes are categories, although every cell is a number
        zeros = facts.once(leading_zeros)
        return 1.0 if zeros and are_codes(zeros, facts.present) else NO
    if facts.is_empty:
        return NO
    # a few words among numbers are slips, but not where yes and no are all there is
    return (CERTAIN + LIKELY) / 2 if find_flags(facts.words) is not None else FALLBACK


def _judge(facts: Facts) -> Judged:
    name, words = facts.name, facts.words
    if facts.all_numbers:
        zeros = facts.once(leading_zeros)
        text = f"Column {name!r} holds codes with leading zeros such as {zeros[0]!r}, read as categories."
        judged = _judge_words(words, name)
        return replace(judged, notes=(*judged.notes, Note(text)), facts={"width": len(zeros[0])})
    flags = find_flags(words)
    if flags is not None:
        return Judged(
            facts={"yes": flags.yes, "no": flags.no}, notes=spellings_note(name, set(words.tolist()))
        )
    return _judge_mixed(facts, _judge_words(words, name))


def _judge_mixed(facts: Facts, judged: Judged) -> Judged:
    """Tell of numbers among the words, and of words that nearly are numbers."""
    numbers, name, all_cells = facts.numbers, facts.name, facts.present + facts.odd
    several = len(np.unique(numbers[~np.isnan(numbers)])) > MIXED_NUMBERS
    if not judged.drop and several and facts.present >= MIXED_SHARE * all_cells:
        told = _few_words(facts.words, numbers, facts.odd / all_cells, name)
        return replace(judged, notes=(*judged.notes, told))
    hint = _nearly_numbers(facts.words)
    if not hint:
        return judged
    if judged.drop:
        return replace(judged, hint=f": {hint}")
    return replace(judged, notes=(*judged.notes, Note(f"Column {name!r} is read as text: {hint}.", 1.0)))


def _judge_words(words: np.ndarray, name: str) -> Judged:
    known = words[words != ""]
    different = set(known.tolist())
    distinct = len(different)
    if distinct == 0:
        return Judged(drop="has no values")
    if distinct == 1 and len(known) == len(words):
        return Judged(drop="has only one value")
    if len(known) >= 20 and distinct > 0.95 * len(known):
        return Judged(drop=f"has a different text in nearly every row ({distinct} of {len(known)})")
    notes: tuple[str, ...] = look_alikes_note(f"Column {name!r}", list(different))
    if distinct > MAX_CATEGORIES:
        text = f"has {distinct} categories: all but the {MAX_CATEGORIES} most frequent count as one."
        notes = (*notes, Note(f"Column {name!r} {text}"))
    return Judged(notes=notes)


def _few_words(words: np.ndarray, numbers: np.ndarray, share: float, name: str) -> Note:
    odd = next(word for word, number in zip(words, numbers, strict=True) if word and number != number)
    text = f"Column {name!r}: {share:.0%} of its cells are not numbers ({odd!r})"
    return Note(f"{text}, so all are read as categories.", share)


def _nearly_numbers(words: np.ndarray) -> str:
    """What to say of words that nearly all hold one number, or a time of day; empty for others."""
    different = [word for word in pd.unique(words).tolist() if word]
    like = [word for word in different if _NEARLY.fullmatch(word)]
    if len(different) <= MIXED_NUMBERS or len(like) < NEARLY_SHARE * len(different):
        return ""
    return f"cells such as {like[0]!r} hold numbers or times with other text; write plain numbers"


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    words = _words(series, column)
    different = pd.unique(words).tolist()
    known = sorted({*different} - {""}) if len(different) <= MAX_CATEGORIES else None
    return Raw(column=column.knowing(words=known), values=words)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    words = _words(series, column)
    return Raw(column=column, values=words, notes=_unknown_words(column, words))


def _words(series: pd.Series[Any], column: Column) -> np.ndarray:
    words, facts = as_category(series), column.facts
    if facts.get("width"):  # pandas reads 01234 as 1234
        codes, different = pd.factorize(words)
        wide = [word.zfill(facts["width"]) if word.isdecimal() else word for word in different.tolist()]
        return np.array(wide, dtype=object)[codes]
    return Flags(yes=facts["yes"], no=facts["no"]).spell(words) if facts.get("yes") else words


def _unknown_words(column: Column, words: np.ndarray) -> tuple[Note, ...]:
    known = column.facts.get("words")
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


def _promises(column: Column) -> tuple[Promised, ...]:
    words = column.facts.get("words")
    return CODES if words is not None and len(words) <= MANY_CATEGORIES else (*CODES, *MEANS)


def _example(series: pd.Series[Any], column: Column, place: Place) -> Any:
    """Words; booleans where pandas makes booleans of them."""
    cells = plain(series)
    if str(column.facts.get("yes", "")).lower() != "true":
        return cells
    return (pd.Series(cells, dtype=object).astype(str).str.lower() == "true").to_numpy(bool)


CATEGORY = Kind(
    name="category",
    words="categories",
    plain=True,
    handling=HANDLED_AS_CELLS,
    bid=_bid,
    judge=_judge,
    raw=one_per_row("string"),
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.tabular:fit_categories"),
    learn=_learn,
    read=_read,
    example=_example,
)
