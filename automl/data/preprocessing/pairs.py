"""Fitting the preprocessing of pairs of texts: one vocabulary for both, and what they share.

    n  pairs, L  words of a text, C  letters of a text

``pair`` holds the words of both texts, ``pair_marks`` what each word finds of itself in the other text (see
``pair_layers``). No target is looked at, so all folds share one preprocessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import DataError
from automl.core.tensors import TensorSpec, Vocabulary
from automl.data.modality import Preprocessing
from automl.data.preprocessing.pair_layers import PairMarks, Spelling, StackPair
from automl.data.preprocessing.vocabulary import (
    Lookup,
    clean,
    lookup,
    most_frequent,
    usual_length,
    words_of,
    written_without_blanks,
)

MAX_WORDS = 20_000
MAX_TOKENS = 96
"""Every word is compared with every word of the other text, so time grows with the square of it."""

MAX_LETTERS = 500
MAX_ALPHABET = 2_000
MIN_COUNT = 2

BLANKS = (" ", "\t", "\n", "\r", "\x0b", "\x0c")
"""What words end at, as the layers cut texts."""


def fit_pair(raw: Mapping[str, np.ndarray], *, source: str) -> Preprocessing:
    """Fit the preprocessing of a pair of texts.

    Args:
        raw: training texts ``(n,)`` str of the first and of the second input, by name.
        source: what the tensors are made of.

    Returns:
        a preprocessing with ``pair (2, L)`` int32 (0 padding, 1 unknown word) and ``pair_marks
        (2, L, 5)`` float32. Lengths hold 99 % of the training texts, up to 96 words and 500 letters.

    Raises:
        DataError: the training texts hold no word.
    """
    cleaned = [clean(text) for texts in raw.values() for text in texts]
    by_character = written_without_blanks(cleaned)
    known = _words(cleaned, by_character)
    inputs = {name: keras.Input((), dtype="string", name=name) for name in raw}
    words = _stacked(known.layer, inputs, "pair__words")
    letters, blanks = _letters(cleaned, inputs, by_character)
    spelling = Spelling(int(words.shape[2]), blanks, name="pair__spelling")(letters)
    marks = PairMarks(name="pair__marks")([words, spelling, _rarity(words, known)])
    facts = Vocabulary(size=known.layer.vocabulary_size())
    return Preprocessing(
        inputs=(
            TensorSpec(
                name="pair", kind="pair", shape=words.shape[1:], dtype="int32", facts=facts, source=source
            ),
            TensorSpec(name="pair_marks", kind="pair_marks", shape=marks.shape[1:], source=source),
        ),
        model=keras.Model(inputs, {"pair": words, "pair_marks": marks}, name="preprocessing"),
    )


def _words(cleaned: Sequence[str], by_character: bool) -> Lookup:
    split = list if by_character else words_of
    lists = [split(text) for text in cleaned]
    counts = most_frequent(lists, MIN_COUNT, MAX_WORDS) or most_frequent(lists, 1, MAX_WORDS)
    if not counts:
        raise DataError(
            f"The {len(cleaned)} texts of the training part contain no words: nothing to learn."
        )
    length = usual_length(lists, MAX_TOKENS)
    return lookup("pair__vocabulary", counts, len(lists), length, by_character=by_character)


def _letters(
    cleaned: Sequence[str], inputs: Mapping[str, KerasTensor], by_character: bool
) -> tuple[KerasTensor, list[int]]:
    """Letters of both texts ``(n, 2, C)``, and the ids of those that are blanks."""
    lists = [list(text) for text in cleaned]
    common = most_frequent(lists, 1, MAX_ALPHABET)
    blanks = () if by_character else BLANKS
    counts = {**dict.fromkeys(blanks, len(lists)), **common}
    length = usual_length(lists, MAX_TOKENS if by_character else MAX_LETTERS)
    known = lookup("pair__alphabet", counts, len(lists), length, by_character=True)
    first = 2  # 0 is padding, 1 an unknown letter
    return _stacked(known.layer, inputs, "pair__letters"), [first + place for place in range(len(blanks))]


def _stacked(layer: Any, inputs: Mapping[str, KerasTensor], name: str) -> KerasTensor:
    return StackPair(name=name)([layer(text) for text in inputs.values()])


def _rarity(words: KerasTensor, known: Lookup) -> KerasTensor:
    """How rare each word is ``(n, 2, L, 1)``: inverse document frequency, 1 for one that is not known."""
    rarity = known.rarity / known.rarity.max()
    table = np.concatenate([[0.0, 1.0], rarity]).astype(np.float32)[:, None]
    layer = keras.layers.Embedding(len(table), 1, trainable=False, dtype="float32", name="pair__rarity")
    layer.build((None, *words.shape[1:]))
    layer.set_weights([table])
    return layer(words)
