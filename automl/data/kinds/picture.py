"""Pictures: cells are paths of files; raw arrays ``(n, height, width, channels)`` of one size and scale.

Pixels are uint8 of 8-bit pictures, else float32 of the values that pictures are stored with; see
``image_scales``. A picture of zeros stands for one that is missing: where a cell is empty, or a file cannot
be read. Models are told by a number, where the training data lacks some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note, said_of
from automl.core.tensors import Promised
from automl.data.cells import as_text, is_missing
from automl.data.image_files import path_of
from automl.data.images import Pictures
from automl.data.kinds.kind import CERTAIN, NO, Column, Facts, Judged, Kind, Place, Raw, fitted_by
from automl.data.kinds.promised import NUMBERS
from automl.data.look import learn_pictures, look_of, read_pictures
from automl.data.modality import Handling
from automl.data.source import PICTURE_SUFFIXES

LOOKED_AT = 50
"""Rows by which a column of paths is recognised."""

NAMED = 0.9
"""Share of cells that must name picture files."""


def names_pictures(series: pd.Series[Any]) -> bool:
    """Whether more than nine of ten of the first cells that are not empty end as names of picture files."""
    cells = [cell for cell in as_text(series).tolist() if not is_missing(cell)][:LOOKED_AT]
    named = sum(cell.lower().endswith(PICTURE_SUFFIXES) for cell in cells)
    return bool(cells) and named > NAMED * len(cells)


def _bid(facts: Facts) -> float:
    return CERTAIN if facts.once(names_pictures) else NO


def _judge(facts: Facts) -> Judged:
    return Judged()


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _paths(series, place)
    _refuse_none([path for path in paths if path is not None], column, place)
    pictures, look, notes = learn_pictures(paths, _within(column, place), gaps=True)
    missing = len(pictures.kept) < len(paths)
    return _raw(paths, pictures, column.knowing(**look.as_json(), missing=missing), notes)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _paths(series, place)
    pictures, notes = read_pictures(paths, look_of(column.facts), _within(column, place), gaps=True)
    return _raw(paths, pictures, column, notes)


def _example(series: pd.Series[Any], column: Column, place: Place) -> Any:
    """Paths from the root: a server runs in a folder of its own."""
    return np.array([str(path.absolute()) if path else "" for path in _paths(series, place)], dtype=object)


def _raw(paths: Sequence[Path | None], pictures: Pictures, column: Column, notes: Sequence[str]) -> Raw:
    told = [said_of(f"Column {column.name!r}", note) for note in (*notes, *_gaps(paths))]
    return Raw(column=column, values=pictures.pixels, notes=tuple(told))


def _gaps(paths: Sequence[Path | None]) -> tuple[Note, ...]:
    count = sum(path is None for path in paths)
    said = f"{count} of {len(paths)} cells are empty; their images count as missing."
    return (Note(said, count / len(paths)),) if count else ()


def _paths(series: pd.Series[Any], place: Place) -> list[Path | None]:
    cells = as_text(series).tolist()
    return [None if is_missing(cell) else path_of(place.folder, cell) for cell in cells]


def _refuse_none(paths: Sequence[Path], column: Column, place: Place) -> None:
    if not any(path.is_file() for path in paths[:LOOKED_AT]):
        raise DataError(
            f"{place.where}: column {column.name!r} names images, but none of the first "
            f"{len(paths[:LOOKED_AT])} exists ({paths[0].absolute()}). "
            f"Relative paths start from {place.folder.absolute()}. "
            f"Correct them, or leave the column out: --drop {column.name!r}."
        )


def _within(column: Column, place: Place) -> Place:
    return replace(place, where=f"{place.where}, column {column.name!r}")


def _raw_array(column: Column) -> tuple[tuple[int | None, ...], str]:
    return ((None, None, column.facts["channels"]), "float32")


def _promises(column: Column) -> tuple[Promised, ...]:
    image = Promised(kind="image", source=column.input)
    return (image, *NUMBERS) if column.facts.get("missing") else (image,)


PICTURE = Kind(
    name="picture",
    words="images",
    handling=Handling(examples_per_epoch=50_000, tensors_kept=True),
    bid=_bid,
    judge=_judge,
    options=("image_size",),
    raw=_raw_array,
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.image:fit_pictures"),
    learn=_learn,
    read=_read,
    example=_example,
)
