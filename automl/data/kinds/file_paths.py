"""What kinds share whose cells are paths of files, such as pictures and sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note, said_of
from automl.data.cells import as_text, is_missing
from automl.data.class_folders import FileKind
from automl.data.image_files import path_of
from automl.data.kinds.kind import CERTAIN, NO, Column, Facts, Judged, Place, Raw

LOOKED_AT = 50
"""Rows by which a column of paths is recognised."""

NAMED = 0.9
"""Share of cells that must name such files."""


@dataclass(frozen=True, kw_only=True)
class FilePaths:
    """Columns of paths of one kind of file.

    Attributes:
        files: what they name.
    """

    files: FileKind

    def named_by(self, series: pd.Series[Any]) -> bool:
        """Whether more than nine of ten of the first cells that are not empty name such files."""
        cells = [cell for cell in as_text(series).tolist() if not is_missing(cell)][:LOOKED_AT]
        named = sum(cell.lower().endswith(self.files.suffixes) for cell in cells)
        return bool(cells) and named > NAMED * len(cells)

    def bid(self, facts: Facts) -> float:
        """Bid for columns of such names."""
        return CERTAIN if facts.once(self.named_by) else NO

    def judge(self, facts: Facts) -> Judged:
        """Nothing more: what is wrong with files is seen when they are read."""
        return Judged()

    def paths(self, series: pd.Series[Any], place: Place) -> list[Path | None]:
        """The file that each cell names, None for an empty cell."""
        cells = as_text(series).tolist()
        return [None if is_missing(cell) else path_of(place.folder, cell) for cell in cells]

    def example(self, series: pd.Series[Any], column: Column, place: Place) -> Any:
        """Paths from the root ``(n,)``: a server runs in a folder of its own."""
        paths = self.paths(series, place)
        return np.array([str(path.absolute()) if path else "" for path in paths], dtype=object)

    def refuse_none(self, paths: Sequence[Path | None], column: Column, place: Place) -> None:
        """Refuse a column when none of the first files exists.

        Raises:
            DataError: with the first of them.
        """
        named = [path for path in paths if path is not None]
        if not any(path.is_file() for path in named[:LOOKED_AT]):
            raise DataError(
                f"{place.where}: column {column.name!r} names {self.files.words}, but none of the first "
                f"{len(named[:LOOKED_AT])} exists ({named[0].absolute()}). "
                f"Relative paths start from {place.folder.absolute()}. "
                f"Correct them, or leave the column out: --drop {column.name!r}."
            )

    def raw(
        self, paths: Sequence[Path | None], values: np.ndarray, column: Column, notes: Sequence[str]
    ) -> Raw:
        """What was read of the files, with what a user should know of them and of empty cells."""
        told = [said_of(f"Column {column.name!r}", note) for note in (*notes, *self._gaps(paths))]
        return Raw(column=column, values=values, notes=tuple(told))

    def _gaps(self, paths: Sequence[Path | None]) -> tuple[Note, ...]:
        count = sum(path is None for path in paths)
        said = f"{count} of {len(paths)} cells are empty; their {self.files.words} count as missing."
        return (Note(said, count / len(paths)),) if count else ()


def within(column: Column, place: Place) -> str:
    """What messages call a column of a source."""
    return f"{place.where}, column {column.name!r}"
