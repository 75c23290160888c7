"""All rows of a large table, part by part, each a table as its reader makes one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
import pyarrow as pa

from automl.data.frames import checked, frame_of
from automl.data.large.parquet_file import batches
from automl.data.large.text_file import blocks, open_text
from automl.data.numbers import NumberStyle
from automl.data.source import Source
from automl.data.tables import Table
from automl.data.text_table import read_rows


def parts_of(
    source: Source,
    *,
    header: bool,
    known: Mapping[str, NumberStyle] | None,
    without: np.ndarray,
    numbers: Collection[str] = (),
) -> Iterator[Table]:
    """Read a table part by part.

    Args:
        source: a file.
        header: False when the first row of a text table is data.
        known: how numbers are written in the sample, by column.
        without: places of rows that are left out ``(h,)`` int64, ascending, counted as those of ``Drawn``.
        numbers: columns of a text that are read as numbers at once, where all of their cells are some.

    Raises:
        DataError: it cannot be read.
    """
    return (
        _of_parquet(source, known, without)
        if source.kind == "parquet"
        else _of_text(source, header, known, without, numbers)
    )


def _of_text(
    source: Source,
    header: bool,
    known: Mapping[str, NumberStyle] | None,
    without: np.ndarray,
    numbers: Collection[str],
) -> Iterator[Table]:
    if source.path is None:
        return
    file, where, first = open_text(source.path, header=header), str(source.path), 0
    for block in blocks(file):
        content = block.without(without)
        if not content.strip():
            continue
        above = file.heading.lines + block.lines
        read = read_rows(content, file.heading, where, above=above, known=known, numbers=numbers)
        if len(read.frame):
            yield Table(frame=read.frame, notes=read.notes, where=where, styles=read.styles, first=first)
        first += len(read.frame)


def _of_parquet(
    source: Source, known: Mapping[str, NumberStyle] | None, without: np.ndarray
) -> Iterator[Table]:
    if source.path is None:
        return
    above, first, where = 0, 0, str(source.path)
    for batch in batches(source.path):
        left_out = np.isin(np.arange(above, above + batch.num_rows), without)
        above += batch.num_rows
        rows = pa.Table.from_batches([batch]).filter(pa.array(~left_out))
        if rows.num_rows:
            read = checked(frame_of(rows), where, known)
            yield Table(frame=read.frame, notes=read.notes, where=where, styles=read.styles, first=first)
        first += rows.num_rows
