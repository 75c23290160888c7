"""Rows whose columns are read each as its own kind: tables of one kind or of many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.tensors import Promised
from automl.data.bids import Bid
from automl.data.catalog import KINDS
from automl.data.collinear import are_collinear
from automl.data.columns import columns_of, learn_columns, place_of, read_columns, recognise, usable_kinds
from automl.data.emptied import SCHEMA_KEY, emptied_notes, missing_shares
from automl.data.kinds.kind import Column, Place
from automl.data.kinds.promised import COMPONENTS
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.rows import (
    Features,
    dataset_of_rows,
    examples_of_rows,
    open_rows,
    refuse_missing,
    with_targets,
)
from automl.data.source import Source
from automl.data.tables import Table, listed, read_table, written_as


def read_typed_rows(source: Source, options: ReadOptions, kinds: Sequence[str]) -> Dataset:
    """Read a table for training: the kinds bid for its columns, rows without target are left out.

    Args:
        source: the table.
        options: how it is to be read.
        kinds: names of the kinds of column that are looked for.

    Raises:
        DataError: see ``open_rows``; no column tells anything, or one cannot be read.
    """
    table = open_table(source, options.target, header=options.header)
    rows = open_rows(source, table, options, what="A table")
    present = np.flatnonzero(rows.present)
    frame = rows.features if len(present) == len(rows.features) else rows.features.iloc[present]
    columns, dropped = recognise(frame, kinds, keep=options.keep, targets=rows.of(present))
    if not columns:
        known = listed(rows.target.names)
        raise DataError(f"{table.where} has no column to learn from besides {known}. {' '.join(dropped)}")
    read = learn_columns(frame, columns, place_of(source, options.image_size, options.frames))
    features = Features(
        inputs=read.inputs,
        rows=present[read.kept],
        schema={
            "columns": [column.as_json() for column in read.columns],
            SCHEMA_KEY: missing_shares(frame, [column.name for column in read.columns]),
        },
        kinds=read.words,
        notes=(*dropped, *read.notes, *_without_effect(options, read.columns)),
        handling=read.handling,
    )
    return dataset_of_rows(rows, features, source, options)


def read_typed_rows_again(
    source: Source, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    """Read another table by the schema of the first; see ``Modality.read_again``."""
    columns = columns_of(schema)
    names = [column.name for column in columns]
    compared = [item["name"] for item in schema.get("compared", ())]
    source = written_as(source, schema.get("styles"), (*names, *schema["targets"], *compared))
    table = open_table(source, schema["targets"], header=schema["header"])
    examples, notes = examples_of_table(table, schema, place_of(source), targets=targets)
    return examples, (*notes, *emptied_notes(table.frame, schema))


def examples_of_table(
    table: Table, schema: Mapping[str, Any], place: Place, *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    """Return the rows of another table as examples, by the schema of the first.

    Args:
        table: the table, its numbers written plainly.
        schema: of the first table.
        place: where it lies.
        targets: whether the targets must be there.
    """
    columns = columns_of(schema)
    refuse_missing(table, [column.name for column in columns], schema, targets=targets)
    read = read_columns(table.frame, columns, place)
    features = Features(inputs=read.inputs, rows=read.kept, schema={}, kinds=read.words, notes=read.notes)
    return examples_of_rows(table, features, schema, targets=targets)


def promises_of(dataset: Dataset) -> tuple[Promised, ...]:
    """Return the tensors that fitting the columns of a data set will give."""
    columns = columns_of(dataset.schema)
    every = (KINDS[column.kind].promises(column) for column in columns)
    numbers = [column.input for column in columns if KINDS[column.kind].raw(column) == ((), "float64")]
    collinear = are_collinear(dataset.examples.inputs, numbers)
    more = [Promised(kind=COMPONENTS, source="numbers")] if collinear else []
    return tuple(dict.fromkeys([*(tensor for tensors in every for tensor in tensors), *more]))


class OfColumns:
    """What modalities share whose columns each have a kind: the kinds promise and fit."""

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


@dataclass(frozen=True, kw_only=True)
class TypedTables(OfColumns):
    """A modality of tables: some kinds bid for the columns, and each kind reads and fits its own.

    Implements ``automl.data.modality.Modality``; modalities differ in their bid and in the kinds.

    Attributes:
        name: of the modality.
        bid: see ``Modality.bid``.
        kinds: gives the names of the kinds that are looked for.
        reads: see ``Modality``.
    """

    name: str
    bid: Callable[[Source, ReadOptions], Bid]
    kinds: Callable[[], Sequence[str]]
    reads: tuple[str, ...] = ()

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training; rows without a target, or that cannot be read, are left out."""
        return read_typed_rows(source, options, self.kinds())

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        return read_typed_rows_again(source, schema, targets=targets)

    def read_part(
        self, table: Table, schema: Mapping[str, Any], source: Source, *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read a part of a table; see ``modality.ReadsParts``."""
        return examples_of_table(table, schema, place_of(source), targets=targets)


def open_table(source: Source, target: Sequence[str], *, header: bool) -> Table:
    """Return a source as a table; arrays get the columns x0, x1, ... and ``target``.

    Raises:
        DataError: it is no table.
    """
    if source.kind != "arrays":
        return read_table(source, header=header)
    content = source.content
    inputs, targets = content if isinstance(content, tuple) else (content, None)
    return with_targets(_feature_frame(inputs), targets, target, source.name)


def _without_effect(options: ReadOptions, columns: Sequence[Column]) -> tuple[Note, ...]:
    """Tell of options for kinds that no column is of."""
    used = {option for column in columns for option in KINDS[column.kind].options}
    owners: dict[str, list[str]] = {}
    for kind in (KINDS[name] for name in usable_kinds()):
        for option in kind.options:
            owners.setdefault(option, []).append(kind.words)
    return tuple(
        Note(f"{option} has no effect: no column holds {' or '.join(words)}.")
        for option, words in owners.items()
        if option not in used and getattr(options, option) is not None
    )


def _feature_frame(inputs: Any) -> pd.DataFrame:
    if hasattr(inputs, "columns"):
        return read_table(Source(kind="frame", name="inputs", content=inputs)).frame
    array = np.asarray(inputs)
    if array.ndim != 2:
        raise DataError(f"Expected an array of rows and columns (2 axes), got shape {array.shape}.")
    if len(array) == 0:
        raise DataError("The array of inputs has no rows.")
    return pd.DataFrame(
        array, columns=[f"x{position}" for position in range(array.shape[1])]
    ).infer_objects()
