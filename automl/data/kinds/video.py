"""Videos: cells are paths of files; raw arrays ``(n, frames, height, width, 3) uint8`` of one form.

Zeros stand for a video that is missing: where a cell is empty, or a file cannot be read. See
``automl.data.videos``.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from automl.core.tensors import Promised
from automl.data.class_folders import FileKind
from automl.data.kinds.file_paths import FilePaths, within
from automl.data.kinds.kind import Column, Kind, Place, Raw, fitted_by
from automl.data.modality import Handling
from automl.data.source import VIDEO_SUFFIXES
from automl.data.video_form import VideoForm
from automl.data.videos import learn_videos, read_videos

VIDEO_FILES = FileKind(words="videos", suffixes=(*VIDEO_SUFFIXES, ".gif"))

_PATHS = FilePaths(files=VIDEO_FILES)


def form_of(column: Column) -> VideoForm:
    """Return what the videos of a column are brought to."""
    return VideoForm(**{name: column.facts[name] for name in ("frames", "height", "width")})


def _learn(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _PATHS.paths(series, place)
    _PATHS.refuse_none(paths, column, place)
    videos, form = learn_videos(
        paths,
        within(column, place),
        frames=place.frames,
        side=place.image_size,
        cache=place.cache,
        phases=place.phases,
    )
    return _PATHS.raw(paths, videos.frames, column.knowing(**form.as_json()), videos.notes)


def _read(series: pd.Series[Any], column: Column, place: Place) -> Raw:
    paths = _PATHS.paths(series, place)
    videos = read_videos(paths, form_of(column), within(column, place), place.cache, place.phases)
    return _PATHS.raw(paths, videos.frames, column, videos.notes)


def _promises(column: Column) -> tuple[Promised, ...]:
    return (
        Promised(kind="video", source=column.input),
        Promised(kind="motion", source=column.input),
    )


CLIP = Kind(
    name="video",
    words="videos",
    extra="video",
    handling=Handling(examples_per_epoch=5_000, tensors_kept=True),
    bid=_PATHS.bid,
    judge=_PATHS.judge,
    options=("image_size", "frames"),
    raw=lambda column: ((None, None, None, 3), "float32"),
    promises=_promises,
    fit=fitted_by("automl.data.preprocessing.video:fit_videos"),
    learn=_learn,
    read=_read,
    example=_PATHS.example,
)
