"""Transcripts: what is said in recordings; lists of recordings give them, see ``data.transcripts``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from automl.core.notes import Note
from automl.data.target_kinds.kind import Elsewhere

SHOWN = 5
"""Transcripts, or characters, that are named."""


@dataclass(frozen=True, kw_only=True)
class Transcripts(Elsewhere):
    """The kind; see ``TellsUnseen`` for what it tells of a split."""

    def unseen(self, train: np.ndarray, held: np.ndarray, what: str) -> tuple[Note, ...]:
        """Tell of characters that the training part does not have: nobody can learn to write them."""
        known = set("".join(train))
        strange = Counter(one for text in held for one in text if one not in known)
        if not strange:
            return ()
        named = ", ".join(f"{one!r} ({count})" for one, count in strange.most_common(SHOWN))
        share = sum(strange.values()) / max(1, sum(map(len, held)))
        said = f"{what} has characters that training does not have, which count as errors: {named}."
        return (Note(said, share),)


def _told(targets: np.ndarray) -> str:
    """How many words there are."""
    counts = [len(text.split()) for text in targets]
    return f", {sum(counts):,} words, {min(counts)} to {max(counts)} in a recording"


KIND = Transcripts(told=_told)
