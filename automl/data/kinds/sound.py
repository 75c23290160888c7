"""Sounds: cells are paths of files; raw arrays ``(n, samples) float32`` at one rate.

NaN stands behind the end of a clip, and throughout for one that is missing: where a cell is empty, or a
file cannot be read. See ``automl.data.sounds``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note, said_of
from automl.core.tensors import Promised
from automl.data.cells import as_text, is_missing
from automl.data.image_files import path_of
from automl.data.kinds.kind import CERTAIN, NO, Column, Facts, Judged, Kind, Place, Raw, fitted_by
from automl.data.modality import Handling
from automl.data.sound_form import SoundForm
from automl.data.sounds import Sounds, learn_sounds, read_sounds
from automl.data.source import SOUND_SUFFIXES

LOOKED_AT = 50
"""Rows by which a column of paths is recognised."""

NAMED = 0.9
"""Share of cells that must name sound files."""


def names_sounds(series: pd.Series[Any]) -> bool:
    """Whether more than nine of ten of the first cells that are not empty end as names of sound files."""
    cells = [cell for cell in as_text(series).tolist() if not is_missing(cell)][:LOOKED_AT]
    named = sum(cell.lower().endswith(SOUND_SUFFIXES) for cell in cells)
    return bool(cells) and named > NAMED * len(cells)


def form_of(column: Column) -> SoundForm:
    """Return what the sounds of a column are brought to."""
    return SoundForm(rate=column.facts["rate"], samples=column.facts["samples"])


def _bid(facts: Facts) -> float:
    return CERTAIN if facts.once(names_sounds) else NO


def _judge(facts: Facts) -> Judged:
    return Judged()


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _paths(series, place)
    _refuse_none([path for path in paths if path is not None], column, place)
    sounds, form = learn_sounds(paths, _where(column, place), place.cache, place.phases)
    return _raw(paths, sounds, column.knowing(**form.as_json()))


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _paths(series, place)
    where = _where(column, place)
    return _raw(paths, read_sounds(paths, form_of(column), where, place.cache, place.phases), column)


def _example(series: pd.Series[Any], column: Column, place: Place) -> Any:
    """Paths from the root: a server runs in a folder of its own."""
    return np.array([str(path.absolute()) if path else "" for path in _paths(series, place)], dtype=object)


def _raw(paths: Sequence[Path | None], sounds: Sounds, column: Column) -> Raw:
    told = [said_of(f"Column {column.name!r}", note) for note in (*sounds.notes, *_gaps(paths))]
    return Raw(column=column, values=sounds.samples, notes=tuple(told))


def _gaps(paths: Sequence[Path | None]) -> tuple[Note, ...]:
    count = sum(path is None for path in paths)
    said = f"{count} of {len(paths)} cells are empty; their sounds count as missing."
    return (Note(said, count / len(paths)),) if count else ()


def _paths(series: pd.Series[Any], place: Place) -> list[Path | None]:
    cells = as_text(series).tolist()
    return [None if is_missing(cell) else path_of(place.folder, cell) for cell in cells]


def _refuse_none(paths: Sequence[Path], column: Column, place: Place) -> None:
    if not any(path.is_file() for path in paths[:LOOKED_AT]):
        raise DataError(
            f"{place.where}: column {column.name!r} names sounds, but none of the first "
            f"{len(paths[:LOOKED_AT])} exists ({paths[0].absolute()}). "
            f"Relative paths start from {place.folder.absolute()}. "
            f"Correct them, or leave the column out: --drop {column.name!r}."
        )


def _where(column: Column, place: Place) -> str:
    return f"{place.where}, column {column.name!r}"


def _promises(column: Column) -> tuple[Promised, ...]:
    return (
        Promised(kind="sound", source=column.input),
        Promised(kind="cepstrum", source=column.input),
    )


SOUND = Kind(
    name="sound",
    words="sounds",
    handling=Handling(examples_per_epoch=20_000, tensors_kept=True, cpu_backend="jax"),
    bid=_bid,
    judge=_judge,
    raw=lambda column: ((None,), "float32"),
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.sound:fit_sounds"),
    learn=_learn,
    read=_read,
    example=_example,
)
