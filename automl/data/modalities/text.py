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
from automl.data.array_facts import facts_of_array
from automl.data.bids import CERTAIN, NO, Bid
from automl.data.columns import columns_of
from automl.data.kinds.kind import Column
from automl.data.kinds.text import TEXT as TEXT_KIND
from automl.data.kinds.text import blank_note, holds_words, is_free_text
from automl.data.modality import Dataset, Examples, ReadOptions
from automl.data.rows import (
    Features,
    dataset_of_rows,
    examples_of_rows,
    open_rows,
    refuse_missing,
    with_targets,
)
from automl.data.source import NAMELESS_SERIES, Source
from automl.data.table_facts import facts_of_table
from automl.data.tables import Table, as_text, listed, read_table, written_as
from automl.data.typed_rows import OfColumns, open_table


@dataclass(frozen=True, kw_only=True)
class Text(OfColumns):
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "text"
    reads: tuple[str, ...] = ()

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for arrays of texts, and for tables by their columns of free text."""
        array = facts_of_array(source)
        if array is not None:
            return Bid(strength=CERTAIN if array.holds_texts else NO)
        facts = facts_of_table(source, options)
        return Bid(strength=NO if facts is None else facts.share((TEXT_KIND.name,)))

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


TEXT = Text()


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
    if hasattr(texts, "columns"):
        return open_table(source, target, header=header)
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
