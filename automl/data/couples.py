"""Which two columns of texts are a pair, whose relation a target may be about.

Names say so (``sentence_A`` and ``sentence_B``, ``premise`` and ``hypothesis``), or the texts do: they are
about as long as each other and share more words within a row than across rows. A title and a review do
not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.data.cells import as_text

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 1_000
"""Rows that are looked at."""

MOST_LONGER = 2.0
"""Times that one text of a pair is longer than the other, in the median."""

LEAST_SHARED = 1.5
"""Times that a pair shares more words than texts of different rows do."""

_MADE_UP = re.compile(r"(c|x|unnamed_)\d+")
"""Names that columns without one are given."""

_PLACES = (
    frozenset({"a", "b"}),
    frozenset({"1", "2"}),
    frozenset({"0", "1"}),
    frozenset({"x", "y"}),
    frozenset({"left", "right"}),
    frozenset({"first", "second"}),
    frozenset({"one", "two"}),
)
_COUPLES = (
    frozenset({"premise", "hypothesis"}),
    frozenset({"text", "hypothesis"}),
    frozenset({"question", "answer"}),
    frozenset({"question", "sentence"}),
    frozenset({"question", "passage"}),
    frozenset({"query", "passage"}),
    frozenset({"query", "document"}),
    frozenset({"claim", "evidence"}),
    frozenset({"context", "response"}),
    frozenset({"source", "target"}),
)


def couple_by_name(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the two columns whose names make them a pair; of several couples that of the shortest names.

    So ``sentence1`` and ``sentence2`` are found beside ``sentence1_parse`` and ``sentence2_parse``.

    Args:
        names: of columns of texts, in their order.
    """
    named = [name for name in names if not _MADE_UP.fullmatch(name)]
    found = [pair for pair in combinations(named, 2) if _go_together(*pair)]
    return min(found, key=lambda pair: len("".join(pair)), default=None)


def couple_of(frame: pd.DataFrame, names: Sequence[str]) -> tuple[str, str] | None:
    """Return the pair among columns of texts, by their names or, where there are but two, by their texts.

    Args:
        frame: the table.
        names: of its columns of texts, in their order.
    """
    named = couple_by_name(names)
    if named is not None or len(names) != 2:
        return named
    first, second = (_words(frame[name]) for name in names)
    return (names[0], names[1]) if _as_long(first, second) and _share_more(first, second) else None


def extends(name: str, pair: Sequence[str]) -> bool:
    """Whether a column is another form of a text of the pair, such as its parse tree, by its name."""
    return any(name != one and name.startswith(one) for one in pair)


def _go_together(first: str, second: str) -> bool:
    ours, theirs = _parts(first), _parts(second)
    if frozenset({first.lower(), second.lower()}) in _COUPLES:
        return True
    if len(ours) != len(theirs):
        return False
    differing = [frozenset(pair) for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and differing[0] in _PLACES


def _parts(name: str) -> list[str]:
    """Words and numbers in a name: ``sentenceA``, ``sentence_a`` and ``Sentence A`` have the same."""
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)]


def _words(series: pd.Series[Any]) -> list[frozenset[str]]:
    """The words of each text; its characters where words are not separated."""
    texts = [text.lower() for text in as_text(series.head(SAMPLE)).tolist()]
    cut = [text.split() for text in texts]
    apart = sum(map(len, cut)) >= 2 * len(cut)
    return [frozenset(words if apart else text) for words, text in zip(cut, texts, strict=True)]


def _as_long(first: Sequence[frozenset[str]], second: Sequence[frozenset[str]]) -> bool:
    ours, theirs = (float(np.median([len(words) for words in texts])) for texts in (first, second))
    return max(ours, theirs) <= MOST_LONGER * min(ours, theirs)


def _share_more(first: Sequence[frozenset[str]], second: Sequence[frozenset[str]]) -> bool:
    within = _shared(first, second)
    half = len(second) // 2  # neighbouring rows may go together, too
    return within > 0 and within >= LEAST_SHARED * _shared(first, [*second[half:], *second[:half]])


def _shared(first: Sequence[frozenset[str]], second: Sequence[frozenset[str]]) -> float:
    """Words in both of all words of a row, in the mean."""
    shares = [len(a & b) / max(1, len(a | b)) for a, b in zip(first, second, strict=True)]
    return float(np.mean(shares)) if shares else 0.0
