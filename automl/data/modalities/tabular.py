"""Tables of numbers, categories and dates: classification, multi-label classification and regression.

The group column and the id column are no features. The time column is one (its parts), besides giving
the order of the rows. Rows are named by their number in the source, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.tensors import Promised
from automl.data.array_facts import facts_of_array
from automl.data.bids import CERTAIN, FALLBACK, NO, Bid
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.source import Source
from automl.data.table_facts import facts_of_table, plain_kinds
from automl.data.typed_rows import promises_of, read_typed_rows, read_typed_rows_again


@dataclass(frozen=True, kw_only=True)
class Tabular:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "tabular"

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for bundled tables, arrays of rows, and tables by their numbers, categories and dates."""
        if source.kind == "sklearn":
            return Bid(strength=FALLBACK)
        array = facts_of_array(source)
        if array is not None:
            return Bid(strength=CERTAIN if array.axes <= 2 and not array.is_list else NO)
        facts = facts_of_table(source, options)
        return Bid(strength=NO if facts is None else max(FALLBACK, facts.share(plain_kinds())))

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training: find the columns' kinds and the task, drop rows without target."""
        return read_typed_rows(source, options, plain_kinds())

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


TABULAR = Tabular()
