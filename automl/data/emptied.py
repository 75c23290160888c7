"""Columns that further data leaves wholly empty, which in training had values.

A renamed field or a failed join leaves such a column, and every prediction is made as if its value were
unknown. Whether that says anything is seen of all rows at once: the first rows of a table may be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from automl.core.notes import Note
from automl.data.cells import count_missing

SCHEMA_KEY = "missing"
"""Of the shares in a schema; those that were written before there were any have none, and say nothing."""

LEAST_SHARE = 0.1
"""Of missing cells that is expected of any column: training saw some rows only."""

CHANCE = 0.001
"""Below which that many rows are not empty by chance."""


def missing_shares(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, float]:
    """Return the share of missing cells of columns, in [0, 1], by name."""
    return {name: count_missing(frame[name]) / max(1, len(frame)) for name in names}


def emptied_notes(frame: pd.DataFrame, schema: Mapping[str, Any]) -> tuple[Note, ...]:
    """Tell of empty columns of a whole table; see ``Emptied``."""
    if LEAST_SHARE ** len(frame) >= CHANCE:
        return ()  # no column is looked at where nothing could be said, as of one row that is served
    emptied = Emptied(schema)
    emptied.hear(frame)
    return emptied.notes()


class Emptied:
    """Finds columns without any value in a table that comes as one or in parts.

    Args:
        schema: of the training data.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._empty: dict[str, float] = dict(schema.get(SCHEMA_KEY) or {})
        self._rows = 0

    def hear(self, frame: pd.DataFrame) -> None:
        """Look at some rows, or at all."""
        self._rows += len(frame)
        self._empty = {
            name: share
            for name, share in self._empty.items()
            if name in frame.columns and count_missing(frame[name]) == len(frame)
        }

    def notes(self) -> tuple[Note, ...]:
        """Tell of columns that are empty in all rows, and hardly by chance."""
        return tuple(
            Note(
                f"Column {name!r} is empty in all {self._rows:,} rows, and was in {share:.1%} of those of "
                "the search: the model predicts as if the values were unknown. Fill the column if they are "
                "known.",
                1.0,
            )
            for name, share in self._empty.items()
            if max(share, LEAST_SHARE) ** self._rows < CHANCE
        )
