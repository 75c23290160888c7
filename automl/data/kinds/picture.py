"""Pictures: cells are paths of files; raw arrays ``(n, height, width, channels)`` of one size and scale.

Pixels are uint8 of 8-bit pictures, else float32 of the values that pictures are stored with; see
``image_scales``. Rows whose file cannot be read are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import said_of
from automl.core.tensors import Promised
from automl.data.cells import as_text
from automl.data.image_files import path_of
from automl.data.image_heads import Form, choose_depth, choose_form, notes_of_heads, read_heads
from automl.data.image_scales import Scale, agree, check, nominal
from automl.data.images import Pictures, decode
from automl.data.kinds.kind import CERTAIN, NO, Column, Facts, Judged, Kind, Place, Raw
from automl.data.kinds.part import Part
from automl.data.modality import Handling
from automl.data.source import PICTURE_SUFFIXES

LOOKED_AT = 50
"""Rows by which a column of paths is recognised."""

NAMED = 0.9
"""Share of cells that must name picture files."""


def names_pictures(series: pd.Series[Any]) -> bool:
    """Whether more than nine of ten of the first cells end as names of picture files do."""
    cells = as_text(series.head(LOOKED_AT)).tolist()
    named = sum(cell.lower().endswith(PICTURE_SUFFIXES) for cell in cells)
    return bool(cells) and named > NAMED * len(cells)


def _bid(facts: Facts) -> float:
    return CERTAIN if facts.once(names_pictures) else NO


def _judge(facts: Facts) -> Judged:
    return Judged()


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _paths(series, place)
    _refuse_none(paths, column, place)
    heads = read_heads(paths, place.cache, place.phases)
    form, depth = choose_form(heads, place.image_size), choose_depth(heads)
    pictures = _decoded(paths, form, nominal(depth), column, place)
    scale, told = agree(pictures.pixels, depth, _where(column, place))
    known = column.knowing(
        height=form.height, width=form.width, channels=form.channels, scale=scale.as_json()
    )
    size = f"{len(paths)} pictures were read as {form.text}, {scale.text}"
    asked = "as requested" if place.image_size else "set image_size to change the size"
    notes = (*pictures.notes, *notes_of_heads(heads, nominal(depth)), *told, f"{size}; {asked}.")
    return _raw(pictures, known, notes)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    scale, paths = scale_of_column(column), _paths(series, place)
    heads = read_heads(paths, place.cache, place.phases)
    pictures = _decoded(paths, form_of_column(column), scale, column, place)
    notes = (*pictures.notes, *notes_of_heads(heads, scale))
    if scale.depth != "8-bit" and len(pictures.pixels):
        notes = (*notes, *check(pictures.pixels, scale.depth, scale, _where(column, place)))
    return _raw(pictures, column, notes)


def form_of_column(column: Column) -> Form:
    """The form that its pictures are brought to."""
    return Form(**{side: column.facts[side] for side in ("height", "width", "channels")})


def scale_of_column(column: Column) -> Scale:
    """What its pixels mean."""
    return Scale(**column.facts["scale"])


def _example(series: pd.Series[Any], column: Column, place: Place) -> Any:
    """Paths from the root: a server runs in a folder of its own."""
    return np.array([str(path.absolute()) for path in _paths(series, place)], dtype=object)


def _raw(pictures: Pictures, column: Column, notes: Sequence[str]) -> Raw:
    told = tuple(said_of(f"Column {column.name!r}", note) for note in notes)
    return Raw(column=column, values=pictures.pixels, notes=told, kept=pictures.kept)


def _paths(series: pd.Series[Any], place: Place) -> list[Path]:
    return [path_of(place.folder, cell) for cell in as_text(series).tolist()]


def _refuse_none(paths: Sequence[Path], column: Column, place: Place) -> None:
    if not any(path.is_file() for path in paths[:LOOKED_AT]):
        raise DataError(
            f"{place.where}: column {column.name!r} names pictures, and there is none of the first "
            f"{len(paths[:LOOKED_AT])}, such as {paths[0]}. Relative paths start from {place.folder}. "
            f"Correct them, or leave the column out: --drop {column.name!r}."
        )


def _decoded(paths: Sequence[Path], form: Form, scale: Scale, column: Column, place: Place) -> Pictures:
    where = _where(column, place)
    return decode(paths, form, where, scale=scale, cache=place.cache, phases=place.phases)


def _where(column: Column, place: Place) -> str:
    return f"{place.where}, column {column.name!r}"


def _raw_array(column: Column) -> tuple[tuple[int | None, ...], str]:
    return ((None, None, column.facts["channels"]), "float32")


def _promises(column: Column) -> tuple[Promised, ...]:
    return (Promised(kind="image", source=column.input),)


def _fit(part: Part) -> Any:
    from automl.data.preprocessing.image import fit_pictures

    return fit_pictures(part)


PICTURE = Kind(
    name="picture",
    words="pictures",
    handling=Handling(examples_per_epoch=50_000, tensors_kept=True),
    bid=_bid,
    judge=_judge,
    options=("image_size",),
    raw=_raw_array,
    promises=_promises,
    fit=_fit,
    learn=_learn,
    read=_read,
    example=_example,
)
