"""Tables with a column of free text: classification, multi-label classification and regression.

The exported model takes one string per example, ``text``. Rows are named by their number in the source,
from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.data.columns import columns_of
from automl.data.kinds.kind import Column
from automl.data.kinds.text import SAMPLE, blank_note, holds_words, is_free_text
from automl.data.kinds.text import TEXT as TEXT_KIND
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.rows import (
    Features,
    dataset_of_rows,
    examples_of_rows,
    open_rows,
    refuse_missing,
    with_targets,
)
from automl.data.source import NAMELESS_SERIES, Source
from automl.data.tables import Table, as_text, listed, read_table, written_as
from automl.data.targets import column_targets

FEWEST, CELLS = 100, 100_000
DOMINANT = 2 / 3


@dataclass(frozen=True, kw_only=True)
class Text:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "text"

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training: find the text columns and the task, drop rows without target."""
        table = _table(source, options.target, header=options.header)
        rows = open_rows(source, table, options, what="Text", aside=(options.time_column,))
        columns, ignored = _text_columns(table, list(rows.features.columns), options.keep)
        texts = _texts(table, columns)
        features = Features(
            inputs={"text": texts},
            schema={"columns": [_column(name).as_json() for name in columns]},
            kinds=dict.fromkeys(columns, "texts"),
            notes=(*ignored, *blank_note(texts)),
            handling=TEXT_KIND.handling,
        )
        return dataset_of_rows(rows, features, source, options)

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        columns = [column.name for column in columns_of(schema)]
        source = written_as(source, schema.get("styles"), schema["targets"])
        table = _table(source, schema["targets"], header=schema["header"], columns=columns)
        refuse_missing(table, columns, schema, targets=targets)
        texts = np.array(_joined(table, columns), dtype=object)
        features = Features(
            inputs={"text": texts},
            schema={},
            kinds=dict.fromkeys(columns, "texts"),
            notes=blank_note(texts),
        )
        return examples_of_rows(table, features, schema, targets=targets)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Words in order, and n-grams with their weights: two views of the same text."""
        return tuple(Promised(kind=kind, source="text") for kind in ("tokens", "ngrams", "ngram_weights"))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit vocabularies and weights on the training rows; nothing in it is random."""
        part = dataset.examples.take(rows)
        groups = column_targets(dataset.task).groups((part.targets or {})[TARGET])
        from automl.data.preprocessing.text import fit_text

        return fit_text(part.inputs["text"], groups)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """Nothing beyond the targets."""
        return {}


TEXT = Text()


def looks_like_text(frame: pd.DataFrame, target: Sequence[str]) -> bool:
    """Whether a table is mostly free text: such columns hold two thirds of its characters and more.

    A column is free text when its cells have 3 words on average, half of them are different and half of
    their characters are letters. The first 2,000 rows are looked at, fewer where a row has many cells.

    Args:
        frame: the table.
        target: names of the target columns, which do not count.
    """
    head = frame.head(max(FEWEST, min(SAMPLE, CELLS // max(1, frame.shape[1]))))
    names = [name for name in head.columns if name not in set(target)]
    sizes = {name: sum(len(cell) for cell in as_text(head[name])) for name in names}
    free = sum(sizes[name] for name in names if is_free_text(head[name]))
    return free > 0 and free >= DOMINANT * sum(sizes.values())


def _table(
    source: Source, target: Sequence[str], *, header: bool, columns: Sequence[str] = ("text",)
) -> Table:
    """The source as a table; texts of an array or a nameless Series stand in the first of ``columns``."""
    if source.kind != "arrays":
        table = read_table(source, header=header)
        if list(table.frame.columns) == [NAMELESS_SERIES] and len(columns) == 1:
            table = replace(table, frame=table.frame.set_axis([*columns], axis=1))
        return table
    content = source.content
    texts, targets = content if isinstance(content, tuple) else (content, None)
    cells = np.asarray(texts, dtype=object)
    odd = [cell for cell in cells.flat if not isinstance(cell, str) and not _is_gone(cell)]
    if cells.ndim != 1 or odd:
        kind = type(odd[0] if odd else cells.flat[0]).__name__ if cells.size else "nothing"
        raise DataError(
            f"Expected a list or array of str, one per example, got shape {cells.shape} of {kind}."
        )
    if len(cells) == 0:
        raise DataError("The array of texts is empty: expected at least one text.")
    return with_targets(pd.DataFrame({columns[0]: cells}), targets, target, source.name)


def _is_gone(cell: Any) -> bool:
    """Whether a cell is None, NaN or NA, as pandas writes a missing text."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def _column(name: str) -> Column:
    """All texts of an example are one input of the model."""
    return Column(name=name, input="text", kind=TEXT_KIND.name)


def _text_columns(
    table: Table, names: Sequence[str], keep: Sequence[str]
) -> tuple[list[str], tuple[str, ...]]:
    """The columns to read as text, and a note on those left aside."""
    if not names:
        raise DataError(f"{table.where} has no column besides the target: expected one with texts.")
    if len(names) == 1:
        return list(names), ()
    chosen = [name for name in names if name in keep or is_free_text(table.frame[name])]
    if not chosen:
        raise DataError(
            f"{table.where}: none of the columns {listed(names)} looks like free text"
            " (3 words and more per cell, mostly different). Name the text column: --keep COLUMN, or read"
            " the file as a table: --modality tabular."
        )
    ignored = [name for name in names if name not in chosen]
    aside = f"; ignored, because they are not free text: {listed(ignored)}" if ignored else ""
    return chosen, (f"Text is read from {listed(chosen)}{aside}.",)


def _texts(table: Table, columns: Sequence[str]) -> np.ndarray:
    texts = np.array(_joined(table, columns), dtype=object)
    if not holds_words(texts):
        raise DataError(
            f"{table.where}: the text column {listed(columns)} is empty in all {len(texts)} rows:"
            " expected words in it."
        )
    return texts


def _joined(table: Table, columns: Sequence[str]) -> list[str]:
    cells = [as_text(table.frame[name]).tolist() for name in columns]
    return [" ".join(part for part in parts if part) for parts in zip(*cells, strict=True)]
