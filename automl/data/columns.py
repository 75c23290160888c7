"""The columns of a table through their kinds: what each is, whether it is used, its cells as raw arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.catalog import KINDS
from automl.data.cells import as_text
from automl.data.kinds.kind import Column, Facts, Judged, Kind, Place, Raw
from automl.data.modality import Handling, joint_handling
from automl.data.source import Source
from automl.data.tables import read_table, written_as


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Columns that were read.

    Attributes:
        columns: with all facts that reading other tables needs.
        inputs: raw arrays by input name.
        kept: positions of the rows that could be read in every column ``(n,) int64``.
        notes: what a user should know of the cells.
    """

    columns: tuple[Column, ...]
    inputs: Mapping[str, np.ndarray]
    kept: np.ndarray
    notes: tuple[str, ...]

    @property
    def handling(self) -> Handling:
        """How examples with such columns are handled."""
        return joint_handling(KINDS[column.kind].handling for column in self.columns)

    @property
    def words(self) -> dict[str, str]:
        """What each column was taken for, as users are told, by name."""
        return {column.name: KINDS[column.kind].words for column in self.columns}


def usable_kinds() -> tuple[str, ...]:
    """Return the names of all kinds; without those of other packages that cannot be loaded."""
    return tuple(kind.name for kind in KINDS.sound())


def recognise(
    frame: pd.DataFrame,
    kinds: Sequence[str],
    *,
    keep: Sequence[str] = (),
    targets: Sequence[np.ndarray] | None = None,
) -> tuple[list[Column], list[str]]:
    """Let kinds bid for every column of a table of features; return those used, and notes.

    Args:
        frame: the features.
        kinds: names of the kinds that bid.
        keep: columns that are used whatever they hold.
        targets: of the rows, each ``(n,)`` labels or ``(n, k)`` numbers: a column that counts the rows is
            used where it goes with one of them; None to use it anyway.
    """
    bidders = list(KINDS.sound(kinds))
    columns: list[Column] = []
    notes: list[str] = []
    taken: set[str] = set()
    for name in frame.columns:
        kind, judged = _won(Facts(series=frame[name], name=name, targets=targets), bidders)
        if judged.drop and name not in keep:
            notes.append(Note(f"Column {name!r} {judged.drop} and is dropped{judged.hint}."))
            continue
        notes.extend(judged.notes)
        columns.append(
            Column(name=name, input=_input_name(name, taken), kind=kind.name, facts=judged.facts)
        )
    return columns, notes


def columns_of(schema: Mapping[str, Any]) -> list[Column]:
    """Return the columns of the table that a schema describes; none where it describes no such table."""
    return [Column(**item) for item in schema.get("columns", ()) if isinstance(item, Mapping)]


def input_names(names: Iterable[str]) -> list[str]:
    """Return the names that columns have among the inputs of a model; all differ."""
    taken: set[str] = set()
    return [_input_name(name, taken) for name in names]


def learn_columns(frame: pd.DataFrame, columns: Iterable[Column], place: Place) -> Columns:
    """Read the columns of the training data.

    Raises:
        DataError: one cannot be read.
    """
    return _joined([KINDS[item.kind].learn(frame[item.name], item, place) for item in columns], len(frame))


def read_columns(frame: pd.DataFrame, columns: Iterable[Column], place: Place) -> Columns:
    """Read the columns of other data.

    Raises:
        DataError: one cannot be read.
    """
    return _joined([KINDS[item.kind].read(frame[item.name], item, place) for item in columns], len(frame))


def place_of(source: Source, image_size: int | None = None, frames: int | None = None) -> Place:
    """Return where the cells of a table lie: what they name, they name from its folder."""
    return Place(
        where=str(source.path or source.name),
        folder=source.path.parent if source.path is not None else Path.cwd(),
        image_size=image_size,
        frames=frames,
        cache=source.cache,
        phases=source.phases,
    )


def refuse_unreadable(
    source: Source, columns: Sequence[Column], styles: Mapping[str, Any] | None = None
) -> None:
    """Refuse a table with a cell that its column cannot hold.

    Args:
        source: the table.
        columns: those that the model reads.
        styles: how their numbers are written in training, see ``tables.plain_styles``.

    Raises:
        DataError: with the first such cell.
    """
    frame = read_table(written_as(source, styles, [column.name for column in columns])).frame
    for column in columns:
        if column.name not in frame.columns:
            continue
        series = frame[column.name]
        found = KINDS[column.kind].strict(series, column)
        if found is not None:
            row, expected = found
            cell = as_text(series.iloc[[row]])[0]
            raise DataError(f"Column {column.name!r}, row {row + 1}: expected {expected}, got {cell!r}.")


def _won(facts: Facts, bidders: Sequence[Kind]) -> tuple[Kind, Judged]:
    winner = max(bidders, key=lambda kind: kind.bid(facts))
    return winner, winner.judge(facts)


def _joined(parts: Sequence[Raw], rows: int) -> Columns:
    """The rows that every column could read."""
    common = np.arange(rows)
    for part in parts:
        if part.kept is not None:
            common = np.intersect1d(common, part.kept)
    return Columns(
        columns=tuple(part.column for part in parts),
        inputs={part.column.input: _of_rows(part, common, rows) for part in parts},
        kept=common,
        notes=tuple(note for part in parts for note in part.notes),
    )


def _of_rows(part: Raw, common: np.ndarray, rows: int) -> np.ndarray:
    kept = np.arange(rows) if part.kept is None else part.kept
    # what is whole is not copied: pictures may be mapped from a file
    return part.values if len(common) == len(kept) else part.values[np.searchsorted(kept, common)]


def _input_name(name: str, taken: set[str]) -> str:
    """A name that Keras takes and no other column has."""
    plain = name.replace("/", "_") or "column"
    candidate, number = plain, 2
    while candidate in taken:
        candidate, number = f"{plain}_{number}", number + 1
    taken.add(candidate)
    return candidate
