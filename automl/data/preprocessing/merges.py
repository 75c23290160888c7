"""Merges of sub-word tokens, learned from a text; see ``core.subwords``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

from automl.core.optional import require
from automl.core.subwords import BYTES, Merge, words_of

MOST_BYTES = 10_000_000
"""Bytes at the beginning of the training part that merges are learned from: counts of words hardly change
with more."""

_LEAST = 2
"""Times that a pair occurs at least: one that occurs once says nothing."""

_PART = 1 << 16

_LONGEST = 96
"""Bytes of a word, behind which it is cut: where a language has no blanks, a text is one word. Characters
of 2, 3 and 4 bytes end there alike."""


@lru_cache(maxsize=1)  # asked for by the preprocessing and by the task
def learn_merges(content: bytes, count: int) -> tuple[Merge, ...]:
    """Return the merges of a text, the same for the same text.

    Args:
        content: UTF-8.
        count: how many at most; a short text has fewer.

    Raises:
        MissingDependencyError: the library is not installed.
    """
    tokenizers = require("tokenizers", extra="text", purpose="to learn sub-word tokens")
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=BYTES + count,
        min_frequency=_LEAST,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    model.pre_tokenizer = tokenizers.pre_tokenizers.Split("\n", "removed")
    model.train_from_iterator(_written(content), trainer)
    return _merges_of(json.loads(model.to_str())["model"])


def _written(content: bytes) -> Iterator[str]:
    """The words of a text, each byte as the character that the library has for it, a line each."""
    signs = _signs()
    words = words_of(content)
    for start in range(0, len(words), _PART):
        part = [_cut(word) for word in words[start : start + _PART]]
        yield "\n".join(piece.decode("latin-1").translate(signs) for pieces in part for piece in pieces)


def _cut(word: bytes) -> list[bytes]:
    return [word[start : start + _LONGEST] for start in range(0, len(word), _LONGEST)]


def _merges_of(model: dict[str, list[list[str]]]) -> tuple[Merge, ...]:
    tokens = {sign: byte for byte, sign in _signs().items()}
    merges: list[Merge] = []
    for first, second in model["merges"]:
        merges.append((tokens[first], tokens[second]))
        # the same characters may be made of other parts by a later merge: that is the same token
        tokens.setdefault(first + second, len(tokens))
    return tuple(merges)


def _signs() -> dict[int, str]:
    """A printed character for each byte (GPT-2)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(BYTES) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {
        byte: chr(BYTES + place) for place, byte in enumerate(others)
    }
