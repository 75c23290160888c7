"""What each piece of each input adds to an answer, whatever the method that found it.

Symbols: n examples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.figures import numbers, rounded


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """Of one example.

    Attributes:
        row: position of the example.
        words: what is explained, as text: ``probability of cat``.
        score: what it is.
        start: what it is for nothing but usual values; None where a method has no such start.
        parts: by raw input, in the shape of its pieces (``pieces.Pieces``); ``()`` for an input as a whole.
        gap: by how much they fail to add up to ``score - start``, as a share of it; None where they need
            not.
    """

    row: int
    words: str
    score: float
    parts: Mapping[str, np.ndarray]
    start: float | None = None
    gap: float | None = None

    @property
    def told(self) -> str:
        """The answer, as text."""
        text = f"{self.words}: {rounded(self.score, 3)}"
        return text if self.start is None else f"{text}, {rounded(self.start, 3)} for usual values"

    def plain(self) -> dict[str, Any]:
        """Plain JSON; maps of many pixels are left out, whose pictures stand beside it."""
        small = {name: values for name, values in self.parts.items() if values.size <= MOST_NUMBERS}
        return {
            "row": self.row,
            "explained": self.words,
            "score": rounded(self.score, 6),
            "start": rounded(self.start, 6),
            "gap": rounded(self.gap, 3),
            "parts": {name: _nested(values) for name, values in small.items()},
        }


MOST_NUMBERS = 4000
"""Of one part in JSON."""


def _nested(values: np.ndarray) -> Any:
    if values.ndim == 0:
        return rounded(values, 6)
    if values.ndim == 1:
        return list(numbers(values))
    return [_nested(item) for item in values]
