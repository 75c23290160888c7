"""What is known of users, or of items, beside what they have dealt with: a table with a row for each.

Every column becomes one of codes, or several: categories as they are, numbers by tenths of the rows, and
lists such as ``Action|Comedy`` as a column of yes and no for each of their words. So families take features
of either side in one form, and a cell that is missing or too rare to learn from has code 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.names import first_names
from automl.core.notes import Note
from automl.data.cells import as_number, as_text, is_missing
from automl.data.interactions.layout import ITEM, ITEMS, USER, USERS, Layout, look_at
from automl.data.interactions.reading import with_single_separators
from automl.data.kinds.words import as_category
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from automl.data.tables import read_table

LIST, LEAST_LISTS, MOST_WORDS = "|", 0.2, 50
"""What separates the words of a list, the share of cells that must be one, and how many words count."""

MOST_LEVELS, PARTS = 20, 10
"""Numbers of more different values are told apart by parts of equally many rows."""

LEAST_ROWS, MOST_CATEGORIES = 5, 200
"""Categories of fewer rows count as missing, and so do all but the most frequent."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """What is known of users, or of items.

    Attributes:
        ids: each once.
        codes: ``(ids, c) int32``; 0 is missing.
        sizes: number of codes of each column, 0 among them.
        names: of the columns of the table that tell something.
    """

    ids: tuple[str, ...]
    codes: np.ndarray
    sizes: tuple[int, ...]
    names: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        columns = [column.tolist() for column in self.codes.T]
        return {
            "ids": list(self.ids),
            "codes": columns,
            "sizes": list(self.sizes),
            "names": list(self.names),
        }


def side_of(plain: dict[str, Any]) -> Side:
    """Bring a side back from JSON."""
    return Side(
        ids=tuple(plain["ids"]),
        codes=np.array(plain["codes"], np.int32).T,
        sizes=tuple(plain["sizes"]),
        names=tuple(plain["names"]),
    )


def read_sides(
    options: ReadOptions, layout: Layout, users: np.ndarray, items: np.ndarray
) -> tuple[dict[str, Side], tuple[Note, ...]]:
    """Read the tables beside the ratings that there are, by ``user`` and ``item``.

    Args:
        options: with the tables' files.
        layout: of the ratings.
        users: of each row of the ratings ``(n,)`` texts.
        items: the same.

    Raises:
        DataError: as ``read_side``.
    """
    sides: dict[str, Side] = {}
    notes: tuple[Note, ...] = ()
    for name, path, column, known, dealt in (
        (USER, options.user_table, layout.user, USERS, users),
        (ITEM, options.item_table, layout.item, ITEMS, items),
    ):
        if path is not None:
            sides[name], told = read_side(path, column, known, dealt, f"{name}s")
            notes += told
    return sides, notes


def told_of(sides: Mapping[str, Side]) -> dict[str, str]:
    """Return what is known of either side, in words, by a name of its own."""
    return {
        f"of {name}s": f"of {name}s: {first_names(list(side.names), 8)}; {len(side.ids):,} {name}s"
        for name, side in sides.items()
    }


def read_side(
    path: str, column: str, known: frozenset[str], dealt: np.ndarray, what: str
) -> tuple[Side, tuple[Note, ...]]:
    """Read a table of users or items.

    Args:
        path: of the table.
        column: of the ids in the ratings, whose name the table may share.
        known: other names that such a column has, letters and digits of them alone.
        dealt: ids in the ratings.
        what: ``users`` or ``items``.

    Raises:
        DataError: it cannot be read, its ids are not found, none of them occurs in the ratings, or no
            column tells anything.
    """
    frame, named, where = _opened(path)
    place = _column_of_ids(list(frame.columns), named, column, known, where)
    ids = as_category(frame[place])
    first = np.flatnonzero((ids != "") & ~pd.Series(ids).duplicated().to_numpy())
    met = np.isin(np.unique(dealt).astype(str), ids.astype(str))
    if not met.any():
        raise DataError(
            f"{where}, column {place!r}: none of its {len(first)} ids occurs among the {what} of the"
            f" ratings. It has {ids[0]!r}, the ratings have {dealt[0]!r}. Is it the right file?"
        )
    columns: list[np.ndarray] = []
    names: list[str] = []
    unused: list[str] = []
    for name in frame.columns:
        made = list(_codes(frame[name].iloc[first])) if name != place else []
        columns += made
        names += [str(name)] if made else []
        unused += [] if made or name == place else [str(name)]
    if not columns:
        raise DataError(f"{where}: no column tells anything of {what} besides {place!r}.")
    side = Side(
        ids=tuple(ids[first].tolist()),
        codes=np.stack(columns, axis=1).astype(np.int32),
        sizes=tuple(int(codes.max()) + 1 for codes in columns),
        names=tuple(names),
    )
    return side, _notes(where, what, unused, float(1 - met.mean()), len(met), len(ids) - len(first))


def _opened(path: str) -> tuple[pd.DataFrame, bool, str]:
    """The table, and whether its columns have names."""
    source = open_source(path)
    where = str(source.path or source.name)
    look = look_at(source, header=True)
    named = look is None or look.header
    return read_table(with_single_separators(source), header=named).frame, named, where


def _column_of_ids(
    names: Sequence[str], named: bool, column: str, known: frozenset[str], where: str
) -> str:
    if not named:
        return names[0]
    found = [name for name in names if name == column]
    found = found or [name for name in names if re.sub(r"[^a-z0-9]", "", name.lower()) in {*known, "id"}]
    if len(found) != 1:
        listed = first_names([repr(name) for name in names], 20)
        raise DataError(
            f"{where}: which column holds the ids? Expected {column!r}, as in the ratings, got {listed}."
        )
    return found[0]


def _codes(series: pd.Series[Any]) -> Iterator[np.ndarray]:
    """Columns of codes ``(ids,)`` that a column becomes; none where it tells nothing."""
    numbers, odd = as_number(series)
    amounts = not odd and not pd.api.types.is_bool_dtype(series.dtype)
    if amounts and len(np.unique(numbers[~np.isnan(numbers)])) > MOST_LEVELS:
        yield _parts(numbers)
        return
    cells = [None if is_missing(text) else text for text in as_text(series).tolist()]
    present = [text for text in cells if text]
    lists = sum(LIST in text for text in present)
    if present and lists >= LEAST_LISTS * len(present):
        yield from _flags(cells)
        return
    codes = _categories(as_category(series))
    if codes.max(initial=0) > 1 or (codes.max(initial=0) == 1 and (codes == 0).any()):
        yield codes


def _parts(numbers: np.ndarray) -> np.ndarray:
    known = ~np.isnan(numbers)
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, PARTS + 1)[1:-1]))
    return np.where(known, 1 + np.searchsorted(edges, np.where(known, numbers, 0.0), side="right"), 0)


def _flags(cells: Sequence[str | None]) -> Iterator[np.ndarray]:
    words = [{word.strip() for word in (text or "").split(LIST)} - {""} for text in cells]
    counts = Counter(word for found in words for word in found)
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]:
        if LEAST_ROWS <= count < len(cells):
            yield np.array([word in found for found in words], np.int32)


def _categories(words: np.ndarray) -> np.ndarray:
    counts = Counter(words.tolist())
    counts.pop("", None)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_CATEGORIES]
    number = {word: place for place, (word, count) in enumerate(frequent, start=1) if count >= LEAST_ROWS}
    return np.array([number.get(word, 0) for word in words.tolist()], np.int32)


def _notes(
    where: str, what: str, unused: Sequence[str], absent: float, dealt: int, doubled: int
) -> tuple[Note, ...]:
    told = []
    if unused:
        columns = first_names([repr(name) for name in unused], 10)
        told.append(Note(f"{where}: columns that say too little of many {what} are left out: {columns}."))
    if absent:
        said = f"{round(absent * dealt):,} of {dealt:,} {what} of the ratings are not in {where}."
        told.append(Note(said, absent))
    if doubled:
        told.append(
            Note(f"{where}: {doubled} rows have no id or one that was there before; the first counts.")
        )
    return tuple(told)
