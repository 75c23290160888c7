"""Tables of ratings, and of what is known of users or items, as tables in memory."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.file_bytes import unpacked_bytes
from automl.data.interactions.layout import Layout, single
from automl.data.kinds.words import as_category
from automl.data.large.parts import parts_of
from automl.data.large.text_file import NotInPartsError
from automl.data.source import Kept, Source
from automl.data.tables import Table, read_table

IN_PARTS = 1 << 24
"""Bytes of a text from which on it is read part by part."""


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
    plain = with_single_separators(source)
    if plain is source and _is_large(source):
        with suppress(NotInPartsError):
            return _in_parts(source, layout)
    table = read_table(plain, header=layout.header)
    return replace(table, frame=_called(table.frame, layout))


def _is_large(source: Source) -> bool:
    path = source.path if source.kind == "table" and source.content is None else None
    return path is not None and path.stat().st_size >= IN_PARTS


def _called(frame: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    return frame.set_axis([*layout.names], axis=1) if layout.placed else frame


def _in_parts(source: Source, layout: Layout) -> Table:
    """Read a file part by part: of a text, cells take several times the memory of what they say.

    Ids are categories; columns without a role are left out.
    """
    roles = [name for name in (layout.user, layout.item, layout.value, layout.time) if name]
    ids = {name: Numbered() for name in (layout.user, layout.item)}
    frames, notes = [], dict[str, None]()
    none = np.zeros(0, np.int64)
    for part in parts_of(source, header=layout.header, known=source.styles, without=none):
        frame = _called(part.frame, layout)[roles]
        frames.append(frame.assign(**{name: own.numbers(frame[name]) for name, own in ids.items()}))
        notes |= dict.fromkeys(part.notes)
    whole = pd.concat(frames, ignore_index=True)
    for name, own in ids.items():
        whole[name] = pd.Categorical.from_codes(whole[name].to_numpy(), categories=pd.Index(own.known))
    return Table(frame=whole, notes=tuple(notes), where=str(source.path))


class Numbered:
    """Ids by number, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def known(self) -> list[str]:
        """Every id."""
        return list(self._numbers)

    def numbers(self, column: pd.Series[Any]) -> np.ndarray:
        """Return the numbers of ids ``(n,) int32``."""
        places, found = pd.factorize(as_category(column))
        of_found = [self._numbers.setdefault(word, len(self._numbers)) for word in found]
        return np.array(of_found, np.int32)[places]


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
