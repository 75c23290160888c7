"""Tables of ratings, and of what is known of users or items, as tables in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.file_bytes import unpacked_bytes
from automl.data.interactions.layout import Layout, single
from automl.data.kinds.words import as_category
from automl.data.large.text_file import NotInPartsError
from automl.data.source import Kept, Source
from automl.data.tables import Table, read_table


def read_ratings(source: Source, layout: Layout) -> Table:
    """Read a table of ratings; columns that are known by their place are called by their roles.

    Raises:
        DataError: it cannot be read.
        NotInPartsError: it is to be sampled: a sample of the ratings has few of each user.
    """
    if source.sampling is not None:
        raise NotInPartsError("a sample of ratings would have few of each user")
    if source.kind == "arrays":
        return _of_arrays(source, layout)
    table = read_table(with_single_separators(source), header=layout.header)
    if not layout.placed:
        return table
    return replace(table, frame=table.frame.set_axis([*layout.names], axis=1))


def with_single_separators(source: Source) -> Source:
    """Return a source whose text has one tab where it has two colons."""
    if source.kind != "table" or source.path is None:
        return source
    head = unpacked_bytes(source.path, 1 << 18, content=source.content)
    if single(head) is head:
        return source
    whole = single(unpacked_bytes(source.path, content=source.content))
    return replace(source, content=whole, kept=Kept())


def ids_of(
    frame: pd.DataFrame, layout: Layout
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Note, ...]]:
    """Return users and items as texts, the rows that have both, and a note on the others.

    Args:
        frame: the ratings.
        layout: where they stand.

    Returns:
        users and items ``(m,)`` object of the rows at positions ``(m,) int64``.
    """
    users, items = as_category(frame[layout.user]), as_category(frame[layout.item])
    whole = np.flatnonzero((users != "") & (items != ""))
    gone = len(frame) - len(whole)
    if not len(whole):
        raise DataError(f"No row has both a user ({layout.user!r}) and an item ({layout.item!r}).")
    said = f"{gone} of {len(frame)} rows lack a user or an item and are dropped."
    return users[whole], items[whole], whole, (Note(said, gone / len(frame)),) if gone else ()


def _of_arrays(source: Source, layout: Layout) -> Table:
    """Arrays ``(n, 2)`` of users and items, with ratings ``(n,)`` where there are some."""
    content = source.content
    pairs, values = content if isinstance(content, tuple) else (content, None)
    cells = np.asarray(pairs)
    if cells.ndim != 2 or cells.shape[1] != 2:
        raise DataError(f"Expected an array of users and items (n, 2), got shape {cells.shape}.")
    columns = {layout.user: cells[:, 0], layout.item: cells[:, 1]}
    if values is not None and layout.value:
        rated = np.asarray(values).reshape(-1)
        if len(rated) != len(cells):
            raise DataError(
                f"Pairs have {len(cells)} rows and ratings {len(rated)}: expected as many of both."
            )
        columns[layout.value] = rated
    return Table(frame=pd.DataFrame(columns).infer_objects(), notes=(), where=source.name)
