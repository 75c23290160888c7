"""A further table that is large, read part by part by the schema of the first, so that memory suffices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.data.emptied import Emptied
from automl.data.kinds.kind import Column
from automl.data.large.parts import parts_of
from automl.data.large.sampling import size_of
from automl.data.large.tally import Tally
from automl.data.large.text_file import NotInPartsError, blocks, open_text
from automl.data.modality import Examples, Modality, ReadsParts
from automl.data.source import Source
from automl.data.tables import Table, written_as

LARGE = 1 << 26
"""Bytes of a table from which it is read part by part, as a text or at eight bytes a cell: at once it would
take several times as many."""


class PartsAgain:
    """The examples of a large table, part by part.

    Args:
        source: the table, a file.
        schema: of the data of the search.
        modality: reads the parts.
        targets: whether rows need a target; the others are then left out.

    Attributes:
        notes: what a user should know of all rows; complete behind the last part.
    """

    def __init__(
        self, source: Source, schema: Mapping[str, Any], modality: ReadsParts, *, targets: bool
    ) -> None:
        self._source, self._schema, self._modality = source, schema, modality
        self._targets = targets
        self._tally = Tally()
        self._emptied = Emptied(schema)
        self._marks: dict[str, str] = {}
        self._manner: frozenset[str] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """See above."""
        return (*self._tally.notes(), *self._emptied.notes())

    def __iter__(self) -> Iterator[Examples]:
        columns, schema = columns_of(self._schema), self._schema
        styles = schema.get("styles") or {}
        names = [*(column.name for column in columns), *schema["targets"]]
        names += [item["name"] for item in schema.get("compared", ())]
        tables = parts_of(
            self._source,
            header=schema["header"],
            known=written_as(self._source, styles, names).styles,
            without=np.array([], np.int64),
            numbers=frozenset(_numbers(columns)) - styles.keys(),
        )
        for table in tables:
            examples, notes = self._modality.read_part(table, schema, self._source, targets=self._targets)
            self._refuse_other_marks(table)
            self._refuse_other_manner(table, notes[len(table.notes) :])
            self._tally.hear(notes, len(table.frame))
            self._emptied.hear(table.frame)
            yield examples

    def _refuse_other_marks(self, table: Table) -> None:
        """Read at once, a column with decimal commas and points would be told from one with either."""
        for name, style in table.styles.items():
            before = self._marks.setdefault(name, style.decimal)
            if before != style.decimal:
                raise DataError(
                    f"{table.where}: column {name!r} has numbers with {style.decimal!r} before the fraction"
                    f" from row {(table.first or 0) + 1} on, or somewhat below, and {before!r} above. Write"
                    " them all the same way, or predict these rows by themselves."
                )

    def _refuse_other_manner(self, table: Table, notes: tuple[str, ...]) -> None:
        """What is no count, such as in which form dates are read, holds for all rows or for none."""
        manner = frozenset(str(note) for note in notes if not (isinstance(note, Note) and note.share))
        before = manner if self._manner is None else self._manner
        self._manner = before
        if manner != before:
            raise DataError(
                f"{table.where}: the rows from {(table.first or 0) + 1} on, or somewhat below, are to be "
                f"read in another way than those above: {' '.join(sorted(manner ^ before))} Predict them "
                "by themselves."
            )


def parts_again(
    source: Source, schema: Mapping[str, Any], modality: Modality, *, targets: bool
) -> PartsAgain | None:
    """Return a further table in parts; None for what is read at once: small, or no plain table in a file.

    Args:
        source: the data.
        schema: of the data of the search.
        modality: that read it.
        targets: whether rows need a target.

    Raises:
        DataError: it is no table.
    """
    size = size_of(source)
    if size is None or size.bytes <= LARGE or not isinstance(modality, ReadsParts):
        return None
    columns = columns_of(schema)
    if not columns or not all(KINDS[column.kind].plain for column in columns):
        return None
    if source.kind != "parquet" and not _in_blocks(source, header=schema["header"]):
        return None
    return PartsAgain(source, schema, modality, targets=targets)


def _in_blocks(source: Source, *, header: bool) -> bool:
    """Whether a text can be read in parts to its end; looked at before anything is written of it."""
    if source.path is None:
        return False
    try:
        for block in blocks(open_text(source.path, header=header)):
            block.content.decode()
    except (NotInPartsError, UnicodeError):
        return False
    return True


def _numbers(columns: list[Column]) -> Iterator[str]:
    return (item.name for item in columns if KINDS[item.kind].raw(item)[1] == "float64")
