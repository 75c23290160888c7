"""Sounds: cells are paths of files; raw arrays ``(n, samples) float32`` at one rate.

NaN stands behind the end of a clip, and throughout for one that is missing: where a cell is empty, or a
file cannot be read. See ``automl.data.sounds``.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from automl.core.tensors import Promised
from automl.data.class_folders import FileKind
from automl.data.kinds.file_paths import FilePaths, within
from automl.data.kinds.kind import Column, Kind, Place, Raw, fitted_by
from automl.data.modality import Handling
from automl.data.sound_form import SoundForm
from automl.data.sounds import learn_sounds, read_sounds
from automl.data.source import SOUND_SUFFIXES

SOUND_FILES = FileKind(words="sounds", suffixes=SOUND_SUFFIXES)

_PATHS = FilePaths(files=SOUND_FILES)
names_sounds = _PATHS.named_by


def form_of(column: Column) -> SoundForm:
    """Return what the sounds of a column are brought to."""
    return SoundForm(rate=column.facts["rate"], samples=column.facts["samples"])


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _PATHS.paths(series, place)
    _PATHS.refuse_none(paths, column, place)
    sounds, form = learn_sounds(paths, within(column, place), place.cache, place.phases)
    return _PATHS.raw(paths, sounds.samples, column.knowing(**form.as_json()), sounds.notes)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _PATHS.paths(series, place)
    sounds = read_sounds(paths, form_of(column), within(column, place), place.cache, place.phases)
    return _PATHS.raw(paths, sounds.samples, column, sounds.notes)


def _promises(column: Column) -> tuple[Promised, ...]:
    return (
        Promised(kind="sound", source=column.input),
        Promised(kind="cepstrum", source=column.input),
    )


SOUND = Kind(
    name="sound",
    words="sounds",
    extra="audio",
    handling=Handling(examples_per_epoch=20_000, tensors_kept=True, cpu_backend="jax"),
    bid=_PATHS.bid,
    judge=_PATHS.judge,
    raw=lambda column: ((None,), "float32"),
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.sound:fit_sounds"),
    learn=_learn,
    read=_read,
    example=_PATHS.example,
)
