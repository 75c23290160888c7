"""What requests are answered: a table of predictions with notes, as JSON or as CSV."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from automl.core.notes import warnings_of
from automl.data.frames import with_columns
from automl.jobs.answers import itemised
from automl.jobs.written import csv_of, records_of


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request is answered.

    Attributes:
        table: of predictions, as ``Result.predict`` gives it; files by their names.
        notes: on how the data was read.
        lists: columns that hold lists as JSON.
        said: what is said of each item of a list, for CSV; see ``TaskDeclaration.lists``.
        files: predictions that are files, such as masks, by name.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]
    lists: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The rows of the table as plain data."""
        return records_of(self.table, self.lists)

    def as_json(self) -> dict[str, Any]:
        """Plain data: ``predictions``, ``notes``, ``warnings``; ``files`` in base64, if there are any."""
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return {
            "predictions": self.records,
            "notes": [str(note) for note in self.notes],
            "warnings": [str(note) for note in warnings_of(self.notes)],
            **({"files": files} if files else {}),
        }

    def as_csv(self) -> str:
        """The predictions alone, as ``automl predict`` writes them."""
        return csv_of(itemised(self.table, self.said), header=True)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one request is answered of several that were read as one, about whose reading nothing is told.

    Attributes:
        whole: the answer to all of them.
        first, last: its rows.
        place: the column that numbers rows; those of each request count from 0.
    """

    whole: Answer
    first: int
    last: int
    place: str

    @property
    def table(self) -> pd.DataFrame:
        """As that of ``Answer``."""
        own = self.whole.table.iloc[self.first : self.last].reset_index(drop=True)
        return with_columns(own, {self.place: np.arange(len(own))})

    @property
    def notes(self) -> tuple[str, ...]:
        """None: see above."""
        return ()

    def as_json(self) -> dict[str, Any]:
        """As ``Answer.as_json``."""
        own = self.whole.records[self.first : self.last]
        return {
            "predictions": [{**record, self.place: row} for row, record in enumerate(own)],
            "notes": [],
            "warnings": [],
        }

    def as_csv(self) -> str:
        """As ``Answer.as_csv``."""
        return replace(self.whole, table=self.table).as_csv()


Answered: TypeAlias = Answer | Share
