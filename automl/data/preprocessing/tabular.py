"""Pieces of numbers, dates and categories: what each is fitted to on the training part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import keras
import numpy as np
from keras import KerasTensor

from automl.data.kinds.part import Part
from automl.data.preprocessing.pieces import Codes, Numbers, Piece
from automl.data.preprocessing.tabular_layers import DATE_CODES, CategoryLookup, DateParts, StackColumns
from automl.data.raw_values import MAX_CATEGORIES

MIN_COUNT, ENOUGH, SHARE = 2, 5, 1 / 200


def fit_numbers(part: Part) -> Piece:
    """Numbers as they are; they are scaled with those of other kinds."""
    values = np.stack([part.training(name) for name in part.names], axis=1)
    return Piece(numbers=Numbers(tensor=_stack(part, "numbers"), values=values))


def fit_dates(part: Part) -> Piece:
    """Parts of dates that are amounts, and parts that are categories."""
    parts, codes = DateParts(name="table__date_parts")(_stack(part, "dates"))
    raw = np.stack([part.training(name) for name in part.names], axis=1)
    values = np.asarray(keras.ops.convert_to_numpy(DateParts()(raw)[0]), np.float64)
    sizes = tuple(size for size in DATE_CODES.values() for _ in part.names)
    return Piece(numbers=Numbers(tensor=parts, values=values), codes=Codes(tensor=codes, sizes=sizes))


def fit_categories(part: Part) -> Piece:
    """Codes by vocabularies of the training part."""
    words = [_vocabulary(part.training(name)) for name in part.names]
    codes = CategoryLookup(words, name="table__lookup")(_stack(part, "words"))
    return Piece(codes=Codes(tensor=codes, sizes=tuple(len(known) + 1 for known in words)))


def _stack(part: Part, name: str) -> KerasTensor:
    return StackColumns(name=f"table__{name}")([part.inputs[column] for column in part.names])


def _vocabulary(texts: np.ndarray) -> Sequence[str]:
    """The most frequent words. Those that occur once are left out, and in larger tables those that occur in
    less than one of 200 rows and less than five times: what is seen so seldom teaches what is unseen.
    """
    counts = Counter(texts.tolist())
    counts.pop("", None)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_CATEGORIES]
    least = max(MIN_COUNT, min(ENOUGH, SHARE * len(texts)))
    known = [word for word, count in frequent if count >= least]
    return known or [word for word, _ in frequent[:1]]
