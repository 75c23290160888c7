"""Tables whose columns are of several kinds: pictures, texts, numbers, categories and dates in one row.

Every column is an input of the model by itself: pictures as arrays, texts as strings, numbers as float64.
The id and the group column are no features; the time column is one, besides giving the order of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.tensors import Promised
from automl.data.bids import CERTAIN, NO, Bid
from automl.data.columns import usable_kinds
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.source import Source
from automl.data.table_facts import facts_of_table
from automl.data.typed_rows import promises_of, read_typed_rows, read_typed_rows_again


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "mixed"

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for tables that hold more than numbers, categories and dates; every column can be read."""
        facts = facts_of_table(source, options)
        if facts is None or facts.is_plain:
            return Bid(strength=NO)
        fewer = "--modality tabular, image or text reads only what it knows, --drop leaves a column out"
        said = f"{source.name} holds {facts.text}: one model reads them all ({fewer})."
        return Bid(strength=CERTAIN, reason=said)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training; rows without a target or with a broken picture are left out."""
        return read_typed_rows(source, options, usable_kinds())

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        return read_typed_rows_again(source, schema, targets=targets)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """What the kinds of its columns promise."""
        return promises_of(dataset)

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit each kind's piece on the training rows; nothing in it is random."""
        from automl.data.preprocessing.columns import fit_columns

        return fit_columns(dataset, rows)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """Nothing beyond the targets."""
        return {}


MIXED = Mixed()
