"""Transcripts: what is said in recordings; lists of recordings give them, see ``data.transcripts``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.notes import Note
from automl.core.transcripts import Unit, different, parts_of
from automl.data.target_kinds.kind import Elsewhere

SHOWN = 5
"""Characters or words that are named."""


@dataclass(frozen=True, kw_only=True)
class Transcripts(Elsewhere):
    """The kind; see ``TellsUnseen`` for what it tells of a split."""

    def unseen(
        self, train: np.ndarray, held: np.ndarray, what: str, schema: Mapping[str, Any]
    ) -> tuple[Note, ...]:
        """Tell of characters or words that the training part does not have: nobody can learn those."""
        unit = schema["unit"]
        return notes_on_strange(f"{what} has", different(train.tolist(), unit), held.tolist(), unit)


def notes_on_strange(
    begin: str, known: Iterable[str], texts: Sequence[str], unit: Unit
) -> tuple[Note, ...]:
    """Tell of characters or words that are not known; none where all are.

    Args:
        begin: of the message: ``The validation part has``.
        known: what can be written.
        texts: cleaned transcripts.
        unit: what texts are put together of.
    """
    may, every = set(known), [part for text in texts for part in parts_of(text, unit)]
    strange = Counter(part for part in every if part not in may)
    if not strange:
        return ()
    named = ", ".join(f"{one!r} ({count})" for one, count in strange.most_common(SHOWN))
    share = sum(strange.values()) / len(every)
    said = f"{begin} {unit}s that training does not have, which count as errors: {named}."
    return (Note(said, share),)


def _told(targets: np.ndarray) -> str:
    """How many words there are."""
    counts = [len(text.split()) for text in targets]
    return f", {sum(counts):,} words, {min(counts)} to {max(counts)} in a recording"


KIND = Transcripts(told=_told)
