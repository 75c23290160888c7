"""Bids of modalities for a source: how sure each is that the source is its own."""

from __future__ import annotations

from dataclasses import dataclass

ASKED, ANNOTATED, CERTAIN, FALLBACK, NO = 2.0, 1.5, 1.0, 0.1, 0.0
"""The user's options say so; somebody has annotated it for this; the source can be nothing else; nothing
else is known; not mine."""


@dataclass(frozen=True, kw_only=True)
class Bid:
    """A bid; the highest wins, of equal ones that of the modality that stands first in the catalog.

    Attributes:
        strength: of a table the share of its columns that the modality takes for what they are.
        reason: what the user is told where it wins; empty where the columns, which are told, say it all.
    """

    strength: float
    reason: str = ""
