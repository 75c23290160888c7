"""Vocabularies: texts cleaned and cut as the layers of the model do it, and what is known of the terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

LONG_WORD = 15

# What "lower_and_strip_punctuation" of Keras' TextVectorization does, on bytes as TensorFlow does it.
_PUNCTUATION = re.compile(rb"[!-/:-@\[-`{-~]")


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A fitted vocabulary.

    Attributes:
        layer: from texts to ids; 0 is padding, 1 a term that is not known.
        rarity: inverse document frequency of each known term, in the order of the ids.
    """

    layer: keras.layers.TextVectorization
    rarity: np.ndarray


def clean(text: str) -> str:
    """Return a text in lower case and without punctuation, as the layers see it."""
    return _PUNCTUATION.sub(b"", text.encode("utf-8", "replace").lower()).decode()


def words_of(text: str) -> list[str]:
    """Return the words of a cleaned text."""
    return [word.decode() for word in text.encode().split()]


def written_without_blanks(cleaned: Sequence[str]) -> bool:
    """Whether words are not separated, as in Chinese: then each character is a token."""
    characters = sum(len(text) for text in cleaned)
    return characters > LONG_WORD * max(1, sum(len(words_of(text)) for text in cleaned))


def most_frequent(lists: Sequence[Sequence[str]], minimum: int, limit: int) -> dict[str, int]:
    """Return the terms of most texts, at least ``minimum``, with their number; equals by alphabet."""
    counts: Counter[str] = Counter()
    for terms in lists:
        counts.update(set(terms))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return {term: count for term, count in ranked if count >= minimum}


def usual_length(lists: Sequence[Sequence[str]], limit: int) -> int:
    """Return the number of terms that 99 % of the texts do not exceed, at least 4."""
    return int(np.clip(np.percentile([len(terms) for terms in lists], 99), 4, limit))


def lookup(
    name: str,
    counts: Mapping[str, int],
    texts: int,
    length: int,
    *,
    by_character: bool,
    ngrams: int | tuple[int, ...] | None = None,
) -> Lookup:
    """Return the vocabulary of terms.

    Args:
        name: of the layer.
        counts: how many texts hold each term, in the order of the ids.
        texts: how many there are.
        length: ids per example.
        by_character: whether each character is a term, or part of one.
        ngrams: lengths of terms in words or characters, up to one or of several; single ones by default.
    """
    layer = keras.layers.TextVectorization(
        split="character" if by_character else "whitespace",
        ngrams=ngrams,
        output_sequence_length=length,
        vocabulary=list(counts),
        name=name,
    )
    rarity = 1.0 + np.log((1.0 + texts) / (1.0 + np.array(list(counts.values()))))
    return Lookup(layer=layer, rarity=rarity)
