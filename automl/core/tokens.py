"""Tokens of running text: characters, bytes or parts of words as whole numbers, and back.

T  tokens of a text, V  size of the vocabulary
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from automl.core import subwords

PADDING, UNKNOWN, FIRST = 0, 1, 2
"""Ids of what is no text, of a unit that training did not have, and of the first one that it had."""

DOCUMENT_END = "\x03"
"""Ends each of several documents: Unicode's own control character END OF TEXT."""

STRANGE = "\ufffd"
"""What stands for an unknown character in a text."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """How a text becomes tokens.

    Attributes:
        unit: ``character`` (a code point of Unicode), ``byte`` (of UTF-8) or ``subword``.
        known: characters of the training part in the order of their ids, which is that of their code
            points; empty for the others, of which all are known.
        merges: of sub-words, see ``core.subwords``.
    """

    unit: Literal["character", "byte", "subword"]
    known: str = ""
    merges: tuple[subwords.Merge, ...] = ()

    @property
    def size(self) -> int:
        """V: padding and the unknown unit among it."""
        return FIRST + (len(self.known) if self.unit == "character" else len(self._pieces))

    def encode(self, text: str | bytes, known: dict[bytes, list[int]] | None = None) -> np.ndarray:
        """Return the ids of a text, or of a stretch of its units ``(T,) int32``.

        Args:
            text: it.
            known: of sub-words, see ``subwords.encode``.
        """
        if self.unit != "character":
            content = text.encode("utf-8", "replace") if isinstance(text, str) else text
            if self.merges:
                return np.array(subwords.encode(content, self._ranks, known), np.int32) + FIRST
            return np.frombuffer(content, np.uint8).astype(np.int32) + FIRST
        points, letters = code_points(str(text)), code_points(self.known)
        places = np.searchsorted(letters, points).clip(max=max(len(letters) - 1, 0))
        found = letters[places] == points if len(letters) else np.zeros(len(points), bool)
        return np.where(found, places + FIRST, UNKNOWN).astype(np.int32)

    def encode_window(self, text: str | bytes, known: dict[bytes, list[int]] | None = None) -> np.ndarray:
        """Return the ids of a text as models read it: of sub-words the first byte is one by itself.

        Args: as ``encode``.
        """
        if self.unit != "subword":
            return self.encode(text)
        content = text.encode("utf-8", "replace") if isinstance(text, str) else text
        return np.concatenate([self.encode(content[:1]), self.encode(content[1:], known)])

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; padding is left out."""
        kept = [int(item) for item in ids if item != PADDING]
        if self.unit != "character":
            return b"".join(self._pieces[max(item - FIRST, 0)] for item in kept).decode("utf-8", "replace")
        return "".join(self.known[item - FIRST] if item >= FIRST else STRANGE for item in kept)

    def shower(self) -> Callable[[int], str]:
        """Return what gives the text of one id after another; of bytes, once their character is whole."""
        if self.unit != "character":
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            return lambda item: decoder.decode(self._pieces[max(item - FIRST, 0)])
        return lambda item: self.decode([item])

    def unknown(self, text: str) -> str:
        """Return the characters of a text that training did not have, each once and in order."""
        if self.unit != "character":
            return ""
        return "".join(sorted(set(text) - set(self.known)))

    @cached_property
    def _ranks(self) -> subwords.Ranks:
        return subwords.ranks_of(self.merges)

    @cached_property
    def _pieces(self) -> tuple[bytes, ...]:
        """The bytes of each token from ``FIRST`` on."""
        return subwords.pieces_of(self.merges).pieces


def code_points(text: str) -> np.ndarray:
    """Return the code points of a text ``(T,) uint32``."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def begins_character(content: bytes) -> np.ndarray:
    """Say of each byte of UTF-8 whether a character begins with it ``(T,) bool``."""
    return np.asarray((np.frombuffer(content, np.uint8) & 0xC0) != 0x80)
