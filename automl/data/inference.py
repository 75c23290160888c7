"""Which modality a source holds, when the user does not say: the one that bids the highest."""

from __future__ import annotations

from dataclasses import dataclass

from automl.data.bids import ASKED, Bid
from automl.data.catalog import MODALITIES
from automl.data.modality import ReadOptions
from automl.data.source import Source


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A modality that was chosen.

    Attributes:
        name: of the modality.
        reason: what the user is told of the choice; empty where there is nothing to say.
    """

    name: str
    reason: str = ""


def infer_modality(source: Source, options: ReadOptions) -> Choice:
    """Let all modalities bid for a source; of equal bids that of the first in the catalog wins.

    Raises:
        DataError: the source cannot be read.
    """
    bids: dict[str, Bid] = {}
    for name in MODALITIES:
        bids[name] = MODALITIES[name].bid(source, options)
        if bids[name].strength == ASKED:
            break  # others need not look at what they may not even be able to read
    best = max(bids, key=lambda name: bids[name].strength)
    return Choice(name=best, reason=bids[best].reason)
