"""Pictures: cells are paths of files; raw arrays ``(n, height, width, channels)`` of one size and scale.

Pixels are uint8 of 8-bit pictures, else float32 of the values that pictures are stored with; see
``image_scales``. A picture of zeros stands for one that is missing: where a cell is empty, or a file cannot
be read. Models are told by a number, where the training data lacks some.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from automl.core.tensors import Promised
from automl.data.image_files import PICTURE_FILES
from automl.data.kinds.file_paths import FilePaths, within
from automl.data.kinds.kind import Column, Kind, Place, Raw, fitted_by
from automl.data.kinds.promised import NUMBERS
from automl.data.look import learn_pictures, look_of, read_pictures
from automl.data.modality import Handling

_PATHS = FilePaths(files=PICTURE_FILES)
names_pictures = _PATHS.named_by


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _PATHS.paths(series, place)
    _PATHS.refuse_none(paths, column, place)
    pictures, look, notes = learn_pictures(paths, _within(column, place), gaps=True)
    missing = len(pictures.kept) < len(paths)
    return _PATHS.raw(paths, pictures.pixels, column.knowing(**look.as_json(), missing=missing), notes)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _PATHS.paths(series, place)
    pictures, notes = read_pictures(paths, look_of(column.facts), _within(column, place), gaps=True)
    return _PATHS.raw(paths, pictures.pixels, column, notes)


def _within(column: Column, place: Place) -> Place:
    return replace(place, where=within(column, place))


def _raw_array(column: Column) -> tuple[tuple[int | None, ...], str]:
    return ((None, None, column.facts["channels"]), "float32")


def _promises(column: Column) -> tuple[Promised, ...]:
    image = Promised(kind="image", source=column.input)
    return (image, *NUMBERS) if column.facts.get("missing") else (image,)


PICTURE = Kind(
    name="picture",
    words="images",
    handling=Handling(examples_per_epoch=50_000, tensors_kept=True),
    bid=_PATHS.bid,
    judge=_PATHS.judge,
    options=("image_size",),
    raw=_raw_array,
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.image:fit_pictures"),
    learn=_learn,
    read=_read,
    example=_PATHS.example,
)
