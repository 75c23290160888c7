"""Tables of numbers, categories and dates: classification, multi-label classification and regression.

The group column and the id column are no features. The time column is one (its parts), besides giving
the order of the rows. Rows are named by their number in the source, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.tensors import Promised
from automl.data.columns import learn_columns, place_of, read_columns, recognise
from automl.data.kinds.kind import Column
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

KINDS = ("number", "date", "category")
"""What columns are taken for."""


@dataclass(frozen=True, kw_only=True)
class Tabular:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "tabular"

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training: infer the columns' kinds and the task, drop rows without target."""
        table = _table(source, options.target, header=options.header)
        rows = open_rows(source, table, options, what="A table")
        present, targets = rows.features[rows.present], rows.targets[rows.present]
        columns, dropped = recognise(present, KINDS, keep=options.keep, targets=targets)
        if not columns:
            known = listed(rows.target)
            raise DataError(
                f"{table.where} has no column to learn from besides {known}. {' '.join(dropped)}"
            )
        read = learn_columns(rows.features, columns, place_of(source))
        features = Features(
            inputs=read.inputs,
            schema={"columns": [column.as_json() for column in read.columns]},
            kinds=read.words,
            notes=(*dropped, *read.notes),
            handling=read.handling,
        )
        return dataset_of_rows(rows, features, source, options)

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        columns = [Column(**item) for item in schema["columns"]]
        names = [column.name for column in columns]
        source = written_as(source, schema.get("styles"), (*names, *schema["targets"]))
        table = _table(source, schema["targets"], header=schema["header"])
        refuse_missing(table, names, schema, targets=targets)
        read = read_columns(table.frame, columns, place_of(source))
        features = Features(inputs=read.inputs, schema={}, kinds=read.words, notes=read.notes)
        return examples_of_rows(table, features, schema, targets=targets)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Numbers with their ranks, and codes of categories; dates give both."""
        kinds = {item["kind"] for item in dataset.schema["columns"]}
        numbers = [Promised(kind=kind, source="numbers") for kind in ("numeric", "ranks")]
        codes = [Promised(kind="categorical", source="categories")]
        return (*(numbers if kinds - {"category"} else ()), *(codes if kinds - {"number"} else ()))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit scales, quantiles and vocabularies on the training rows; nothing in it is random."""
        from automl.data.preprocessing.tabular import fit_table

        kinds = {item["input"]: item["kind"] for item in dataset.schema["columns"]}
        return fit_table(dataset.examples.take(rows).inputs, kinds)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """Nothing beyond the targets."""
        return {}


TABULAR = Tabular()


def _table(source: Source, target: Sequence[str], *, header: bool) -> Table:
    """The source as a table; arrays get the columns x0, x1, ... and ``target``."""
    if source.kind != "arrays":
        return read_table(source, header=header)
    content = source.content
    inputs, targets = content if isinstance(content, tuple) else (content, None)
    return with_targets(_feature_frame(inputs), targets, target, source.name)


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
