"""Pairs of texts whose relation is asked for: entailment, paraphrase, relatedness, an answer's fit.

The exported model takes two strings per example, named as the columns. Both are read with one vocabulary,
so that families can compare them word by word. Rows are named by their number in the source, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.core.tensors import Promised
from automl.data.bids import CERTAIN, NO, Bid
from automl.data.columns import columns_of, input_names, learn_columns, place_of
from automl.data.couples import couple_of, extends
from automl.data.kinds.kind import Column
from automl.data.kinds.text import TEXT, is_free_text
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.rows import Features, Rows, dataset_of_rows, open_rows
from automl.data.source import Source
from automl.data.table_facts import facts_of_table
from automl.data.tables import listed
from automl.data.typed_rows import OfColumns, open_table, read_typed_rows_again

PAIR = "pair"
"""Source of the tensors that are made of both texts."""


@dataclass(frozen=True, kw_only=True)
class Pairs(OfColumns):
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "pairs"
    reads: tuple[str, ...] = ()

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for tables of two texts that go together, and of nothing else that tells something."""
        facts = facts_of_table(source, options)
        if facts is None or set(facts.names) != {TEXT.name} or facts.joins:
            return Bid(strength=NO)
        names = facts.names[TEXT.name]
        table = open_table(source, options.target, header=options.header)
        pair = couple_of(table.frame, names)
        if pair is None or any(name not in pair and not extends(name, pair) for name in names):
            return Bid(strength=NO)
        said = f"{listed(pair)} are a pair of texts, which are compared; --modality text joins them to one."
        return Bid(strength=CERTAIN, reason=said)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training: find the pair and the task, drop rows without a target."""
        table = open_table(source, options.target, header=options.header)
        rows = open_rows(source, table, options, what="A table", aside=(options.time_column,))
        pair = _pair(rows, options.keep)
        others = [name for name in rows.features.columns if name not in pair]
        columns = [
            Column(name=name, input=made, kind=TEXT.name)
            for name, made in zip(pair, input_names(pair), strict=True)
        ]
        read = learn_columns(rows.features, columns, place_of(source))
        features = Features(
            inputs=read.inputs,
            schema={"columns": [column.as_json() for column in read.columns]},
            kinds=read.words,
            notes=(*_told(pair, others), *read.notes),
            handling=TEXT.handling,
        )
        return dataset_of_rows(rows, features, source, options)

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        return read_typed_rows_again(source, schema, targets=targets)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Tokens of both texts, and what each finds of itself in the other."""
        return (Promised(kind="pair", source=PAIR), Promised(kind="pair_marks", source=PAIR))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit one vocabulary on both texts of the training rows; nothing in it is random."""
        from automl.data.preprocessing.pairs import fit_pair

        names = [column.input for column in columns_of(dataset.schema)]
        raw = {name: dataset.examples.inputs[name][rows] for name in names}
        return fit_pair(raw, source=PAIR)


PAIRS = Pairs()


def _pair(rows: Rows, keep: Sequence[str]) -> tuple[str, ...]:
    """The two columns to compare.

    Raises:
        DataError: it is not clear which they are.
    """
    frame, where = rows.features, rows.table.where
    names = list(frame.columns)
    if len(keep) == 2:
        return tuple(name for name in names if name in keep)
    texts = [name for name in names if name in keep or is_free_text(frame[name])]
    for candidates in (texts, names):
        found = couple_of(frame, candidates) or (tuple(candidates) if len(candidates) == 2 else None)
        if found is not None:
            return found
    raise DataError(
        f"{where}: expected two columns of texts, a pair, and found {len(texts)}"
        f" ({listed(texts) if texts else 'none'}) among {listed(names)}."
        " Name the two: --keep COLUMN --keep COLUMN."
    )


def _told(pair: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    if not others:
        return ()
    told = f"{listed(pair)} are read as a pair of texts; ignored: {listed(others)}"
    return (f"{told} (--modality mixed reads all columns).",)
