"""Transcripts as text, as ids and as code points, and what they need of a recording.

Ids are those of CTC: 0 is the blank, which is no character; from 1 on they are the characters of an
alphabet in its order, and one more stands for characters that it does not have.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np

Unit: TypeAlias = Literal["character", "word"]
"""What texts are put together of: any characters, or the words of training and no others."""

BLANK = 0
"""Id of the blank, and of the room behind a transcript."""

STRANGE = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that the alphabet does not have."""


MOST_WORDS, LEAST_OCCURRENCES = 200, 5
"""Different words up to which they may be all that is ever said, and how often each must occur: where none
is rare, the chance of another word is small (Good, 1953: about the share of words that occur once)."""


def usual_unit(texts: Sequence[str]) -> Unit:
    """Return ``word`` where few words are all that is ever said, by all appearances; see ``MOST_WORDS``."""
    counts = Counter(word for text in texts for word in text.split())
    few = 0 < len(counts) <= MOST_WORDS and min(counts.values()) >= LEAST_OCCURRENCES
    return "word" if few else "character"


def parts_of(text: str, unit: Unit) -> list[str]:
    """Return the characters or words of a cleaned text."""
    return text.split() if unit == "word" else list(text)


def different(texts: Sequence[str], unit: Unit) -> list[str]:
    """Return the different characters or words of cleaned texts, by code point."""
    return sorted({part for text in texts for part in parts_of(text, unit)})


def cleaned(text: str) -> str:
    """Return a transcript with one way to write each letter (NFC) and single spaces, its case kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def steps_needed(text: str) -> int:
    """Return how many steps it takes to write a text: between equal characters there must be a blank."""
    return len(text) + sum(one == other for one, other in pairwise(text))


def encoded(texts: Sequence[str], alphabet: str) -> np.ndarray:
    """Return ids ``(n, u) int32`` of the characters of texts, ``BLANK`` behind the end of each.

    Args:
        texts: cleaned transcripts.
        alphabet: known characters.
    """
    import numpy as np

    known = {character: place for place, character in enumerate(alphabet, start=1)}
    strange = len(alphabet) + 1
    room = max(map(len, texts), default=0) or 1
    ids = np.zeros((len(texts), room), np.int32)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = [known.get(character, strange) for character in text]
    return ids


def decoded(ids: np.ndarray, alphabet: str) -> list[str]:
    """Return the texts of ids ``(n, u)``; ``STRANGE`` for what the alphabet does not have."""
    named = ["", *alphabet, STRANGE]
    return ["".join(named[one] for one in row) for row in ids.tolist()]


def text_of_points(points: np.ndarray) -> list[str]:
    """Return the texts of code points ``(n, t)``, 0 behind the end of each; spaces at the ends go."""
    return [" ".join("".join(chr(one) for one in row if one).split()) for row in points.tolist()]
