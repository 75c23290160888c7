"""Yes and no: ``True``, ``true``, ``T``, ``yes``, ``Y``, ``on`` and ``1`` are one thing within a column.

A column keeps the spelling that it mostly has in the training file; other files and DataFrames are brought
to that spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
import pandas as pd

from automl.core.notes import Note

YES = frozenset({"1", "true", "t", "yes", "y", "on"})
NO = frozenset({"0", "false", "f", "no", "n", "off"})


@dataclass(frozen=True, kw_only=True)
class Flags:
    """How a column of yes and no spells them.

    Attributes:
        yes: for instance ``True``.
        no: for instance ``False``.
    """

    yes: str
    no: str

    def spell(self, words: np.ndarray) -> np.ndarray:
        """Bring words ``(n,)`` to this spelling; ``""`` and words that are neither stay."""
        codes, different = pd.factorize(words)
        return np.array([self._one(word) for word in different.tolist()], dtype=object)[codes]

    def _one(self, word: str) -> str:
        lower = word.lower()
        return self.yes if lower in YES else self.no if lower in NO else word


def find_flags(words: np.ndarray) -> Flags | None:
    """Return how a column spells yes and no; None when it has other words, or only one of the two.

    Args:
        words: cells ``(n,)`` object array of str, ``""`` for missing.
    """
    codes, different = pd.factorize(words)
    if len(different) > len(YES | NO) * 4:
        return None
    counts = Counter(dict(zip(different.tolist(), np.bincount(codes).tolist(), strict=True)))
    counts.pop("", None)
    if not _all_flags(counts):
        return None
    sides = [_most_frequent(counts, side) for side in (YES, NO)]
    return Flags(yes=sides[0], no=sides[1]) if all(sides) else None


def spellings_note(name: str, words: Iterable[str]) -> tuple[Note, ...]:
    """Tell that a column of yes and no spells them in several ways."""
    found = sorted({word for word in words if word})
    if len(found) <= 2:
        return ()
    listed = ", ".join(map(repr, found))
    return (Note(f"Column {name!r} spells yes and no as {listed}: read as the same two values."),)


def look_alikes(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of different words that differ only by case or blanks, at most three."""
    seen: dict[str, str] = {}
    pairs = []
    for word in sorted(word for word in words if word):
        first = seen.setdefault("".join(normalize("NFKC", word).split()).casefold(), word)
        if first != word:
            pairs.append((first, word))
    return pairs[:3]


def look_alikes_note(what: str, words: Sequence[str]) -> tuple[Note, ...]:
    """Tell of words that differ only by case or blanks.

    Args:
        what: the column or target, as the note begins.
        words: its different words.
    """
    pairs = look_alikes(words)
    if not pairs:
        return ()
    listed = ", ".join(f"{first!r} and {second!r}" for first, second in pairs)
    return (
        Note(f"{what} holds {listed}, which differ only in case or spaces and are treated as different."),
    )


def _all_flags(counts: Counter[str]) -> bool:
    return bool(counts) and len(counts) <= 24 and all(word.lower() in YES | NO for word in counts)


def _most_frequent(counts: Counter[str], side: frozenset[str]) -> str:
    return next((word for word, _ in counts.most_common() if word.lower() in side), "")
