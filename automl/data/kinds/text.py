"""Free text: raw str, ``""`` for what is missing."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.tensors import Promised
from automl.data.cells import as_text
from automl.data.kinds.kind import (
    NO,
    POSSIBLE,
    Column,
    Facts,
    Judged,
    Kind,
    Place,
    Raw,
    fitted_by,
    one_per_row,
)
from automl.data.modality import SEEN, Handling

SAMPLE = 2_000
"""Rows that are looked at."""

MIN_WORDS = 3.0
MIN_DISTINCT = 0.5
MIN_LETTERS = 0.5


# Thai, Lao, Burmese, Khmer, kana and Chinese characters
_WITHOUT_BLANKS = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
LETTERS_OF_A_WORD = 2
"""Of scripts without blanks between words, about."""


def is_free_text(series: pd.Series[Any]) -> bool:
    """Whether cells have 3 words on average, half of them differ, and half of their characters are letters.

    In scripts without blanks between words two letters count as a word.

    The first 2,000 rows are looked at.
    """
    if pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_datetime64_any_dtype(series.dtype):
        return False
    cells = [cell for cell in as_text(series.head(SAMPLE)).tolist() if cell]
    if not cells:
        return False
    words = sum(map(_count_words, cells)) / len(cells)
    letters = sum(map(str.isalpha, "".join(cells))) / sum(map(len, cells))
    return words >= MIN_WORDS and len(set(cells)) >= MIN_DISTINCT * len(cells) and letters >= MIN_LETTERS


def _count_words(text: str) -> float:
    return len(text.split()) + len(_WITHOUT_BLANKS.findall(text)) / LETTERS_OF_A_WORD


def holds_words(texts: np.ndarray) -> bool:
    """Whether some text has a letter or a digit."""
    return any(character.isalnum() for text in texts for character in text)


def blank_note(texts: np.ndarray, what: str = "texts") -> tuple[str, ...]:
    """Tell how many texts are empty."""
    count = sum(not text for text in texts)
    return (f"{count} of {len(texts)} {what} are empty.",) if count else ()


def _bid(facts: Facts) -> float:
    return POSSIBLE if not facts.all_numbers and facts.once(is_free_text) else NO


def _judge(facts: Facts) -> Judged:
    return Judged()


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    raw = _read(series, column, place)
    if not holds_words(raw.values):
        raise DataError(
            f"{place.where}: the text column {column.name!r} is empty in all {len(series)} rows:"
            " expected words in it."
        )
    return raw


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    texts = as_text(series)
    notes = tuple(Note(f"Column {column.name!r}: {note}") for note in blank_note(texts))
    return Raw(column=column, values=texts, notes=notes)


def _promises(column: Column) -> tuple[Promised, ...]:
    return tuple(Promised(kind=kind, source=column.input) for kind in ("tokens", "ngrams", "ngram_weights"))


TEXT = Kind(
    name="text",
    words="texts",
    # seen on the test part of SST-2, not on held-out training rows: five folds of n-grams 0.827, one 0.815
    handling=Handling(
        examples_per_epoch=50_000, tensors_kept=True, least_examples=SEEN, folds_below=20_000
    ),
    bid=_bid,
    judge=_judge,
    raw=one_per_row("string"),
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.text:fit_texts"),
    learn=_learn,
    read=_read,
)
