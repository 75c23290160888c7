"""One suspicious thing about data: what, where, how bad, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mood: TypeAlias = Literal["careful", "bad"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found.

    Attributes:
        kind: of the finding, in a word or two.
        where: column, class or part.
        mood: ``bad`` where scores cannot be believed, ``careful`` where they may mislead.
        told: what was found, one sentence with its figures.
        advice: what to do, one sentence.
        size: how bad it is by the finding's own measure.
    """

    kind: str
    where: str
    mood: Mood
    told: str
    advice: str
    size: float = 0.0

    @property
    def text(self) -> str:
        """Finding and advice as one line."""
        return f"{self.told} {self.advice}"
