"""Sub-word tokens: pairs of tokens merged in the order in which a text had them most often.

Byte-pair encoding (Sennrich et al., 2016) on bytes of UTF-8 (Radford et al., 2019), so that every text has
tokens, and they give it back exactly. Merges stay within words. What a word is, is told by the kinds of two
neighbouring bytes alone, so that layers of a model can tell it as well: a blank belongs to what follows it,
letters, digits and marks are apart, and whatever is not ASCII counts as a letter.

T  bytes of a text, M  merges; tokens below 256 are bytes, the others what merges make, in their order
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np

BYTES = 256

Merge = tuple[int, int]

LETTER, DIGIT, MARK, BLANK, END = range(5)
"""Kinds of bytes; ``END``, of a document, is a word by itself."""

SPACE = 32

_GONE = -1


def kinds_of_bytes() -> list[int]:
    """Return the kind of each of the 256 bytes."""
    kinds = [MARK] * 128 + [LETTER] * 128
    for point in range(128):
        character = chr(point)
        if character.isalpha():
            kinds[point] = LETTER
        elif character.isdigit():
            kinds[point] = DIGIT
        elif character.isspace():
            kinds[point] = BLANK
    kinds[3] = END
    return kinds


KINDS = tuple(kinds_of_bytes())
_KINDS = np.array(KINDS)


def word_starts(content: bytes) -> np.ndarray:
    """Say of each byte of a text whether a word begins with it ``(T,) bool``."""
    values = np.frombuffer(content, np.uint8)
    kinds = _KINDS[values]
    starts = np.ones(len(values), bool)
    before, after = kinds[:-1], kinds[1:]
    same = (before == after) & (after != END)
    led = (values[:-1] == SPACE) & (after != END)
    starts[1:] = ~(same | led)
    return starts


def words_of(content: bytes) -> list[bytes]:
    """Cut a text into words; joined, they are the text."""
    places = [*np.flatnonzero(word_starts(content)).tolist(), len(content)]
    return [content[start:end] for start, end in pairwise(places)]


@dataclass(frozen=True)
class Pieces:
    """What merges make.

    Attributes:
        pieces: the bytes of each token.
        made: the token that each merge makes ``(M,)``; two merges may make the same, of other parts.
    """

    pieces: tuple[bytes, ...]
    made: tuple[int, ...]


@lru_cache(maxsize=8)
def pieces_of(merges: tuple[Merge, ...]) -> Pieces:
    """Return the tokens of merges."""
    pieces = [bytes([value]) for value in range(BYTES)]
    numbers = {piece: number for number, piece in enumerate(pieces)}
    made = []
    for first, second in merges:
        piece = pieces[first] + pieces[second]
        if piece not in numbers:
            numbers[piece] = len(pieces)
            pieces.append(piece)
        made.append(numbers[piece])
    return Pieces(pieces=tuple(pieces), made=tuple(made))


def first_merges(merges: tuple[Merge, ...], size: int) -> tuple[Merge, ...]:
    """Return the merges that make a vocabulary of at most so many tokens."""
    made = pieces_of(merges).made
    beyond = [place for place, token in enumerate(made) if token >= size]
    return merges[: beyond[0]] if beyond else merges


Ranks = Mapping[Merge, tuple[int, int]]
"""Of each pair the place of its merge, and the token that it makes."""


def ranks_of(merges: tuple[Merge, ...]) -> Ranks:
    """Return what ``encode`` looks up."""
    made = pieces_of(merges).made
    return {pair: (rank, made[rank]) for rank, pair in enumerate(merges)}


def encode(content: bytes, ranks: Ranks, known: dict[bytes, list[int]] | None = None) -> list[int]:
    """Return the tokens of a text.

    Args:
        content: UTF-8, or a stretch of it.
        ranks: of the merges.
        known: of words met before their tokens, for texts with the same merges; is added to.
    """
    known = {} if known is None else known
    tokens: list[int] = []
    for word in words_of(content):
        if word not in known:
            known[word] = merged(word, ranks)
        tokens += known[word]
    return tokens


def merged(word: bytes, ranks: Ranks) -> list[int]:
    """Return the tokens of a word: of its pairs the one of lowest rank is merged, of equals the first one.

    Words are as long as a line where a language has no blanks, so pairs wait in a heap.
    """
    tokens, end = list(word), len(word)
    before, after = list(range(-1, end - 1)), list(range(1, end + 1))
    waiting = [
        (ranks[pair][0], place, pair) for place, pair in enumerate(pairwise(tokens)) if pair in ranks
    ]
    heapify(waiting)
    while waiting:
        _, left, pair = heappop(waiting)
        right = after[left]
        if right == end or (tokens[left], tokens[right]) != pair:
            continue  # one of the two has been merged meanwhile
        tokens[left], tokens[right] = ranks[pair][1], _GONE
        after[left] = after[right]
        if after[left] < end:
            before[after[left]] = left
        for first, second in ((before[left], left), (left, after[left])):
            if first >= 0 and second < end and (pair := (tokens[first], tokens[second])) in ranks:
                heappush(waiting, (ranks[pair][0], first, pair))
    return [token for token in tokens if token != _GONE]
