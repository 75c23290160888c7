"""The part of the data that a search never looks at, as users write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from automl.core.errors import ConfigError

NO_HOLDOUT = "0"
"""Nothing is kept from a search."""

MOST_SHARE = 0.5
"""Of the data: of more there is too little left to learn from."""


@dataclass(frozen=True, kw_only=True)
class Holdout:
    """How much of the data.

    Attributes:
        share: of the examples; 0 for none.
        part: which one of several equal parts, from 1 on; 0 where a share is drawn.
        parts: how many these are; 0 where a share is drawn.
    """

    share: float
    part: int = 0
    parts: int = 0

    @property
    def text(self) -> str:
        """As job files have it."""
        return f"{self.part}/{self.parts}" if self.parts else f"{self.share:g}"


def parse_holdout(value: str | float, name: str = "holdout") -> str:
    """Return the text of a holdout in its usual form, from ``10%``, ``0.1``, ``0`` or ``2/5``.

    Raises:
        ConfigError: it is something else, or more than a half.
    """
    return holdout_of(value, name).text


def holdout_of(value: str | float, name: str = "holdout") -> Holdout:
    """Return the holdout that a text tells; see ``parse_holdout``."""
    text = str(value).strip()
    fold = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    if fold and 1 <= int(fold[1]) <= int(fold[2]) and int(fold[2]) >= 2:
        return Holdout(share=1 / int(fold[2]), part=int(fold[1]), parts=int(fold[2]))
    match = re.fullmatch(r"(\d*\.?\d+)\s*(%?)", text)
    share = float(match[1]) / (100 if match[2] else 1) if match else -1.0
    if not 0 <= share <= MOST_SHARE:
        raise ConfigError(
            f"{name}: expected a share of the data such as 10%, at most {MOST_SHARE:.0%}, 0 for none, or "
            f"one of several parts such as 2/5, got {value!r}. How ratings are divided is split_by."
        )
    return Holdout(share=share)
