"""The modality ``video``: class folders and tables of paths of videos.

Every source becomes a table with one column of videos, see ``automl.data.file_tables``. The exported model
takes ``(n, frames, height, width, 3)`` of 0 to 255, any number of frames of any size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.data.file_groups import GroupWords
from automl.data.file_tables import FileTables
from automl.data.kinds.kind import Column
from automl.data.kinds.video import CLIP, VIDEO_FILES, form_of
from automl.data.modality import Handling
from automl.data.source import PICTURE_SUFFIXES, SOUND_SUFFIXES, VIDEO_SUFFIXES, Source

GROUPS = GroupWords(
    one="source video",
    many="source videos",
    columns=frozenset({"source", "video", "group", "recording", "camera", "subject", "person", "origin"}),
)

FOLDS_BELOW = 5_000
"""Of fewer videos none is left out of training: networks of folds are averaged."""

SEEN, MOST_PASSES = 10_000, 60
"""Videos that a trial sees at least, and passes that it makes for it."""

PIXEL_SECONDS = 3e-7
"""Of one core, for a pixel of a frame in a pass of training: ``cnn`` took 37 ms for 32 of 64 x 64."""


def _holds_videos(source: Source) -> bool:
    """Whether there are more videos than pictures and sounds below a folder."""
    suffixes = Counter(item.suffix.lower() for item in source.files)
    others = sum(suffixes[name] for name in (*PICTURE_SUFFIXES, *SOUND_SUFFIXES))
    return sum(suffixes[name] for name in VIDEO_SUFFIXES) > others


def _handling(column: Column) -> Handling:
    """How videos of a form are handled."""
    form = form_of(column)
    return replace(
        CLIP.handling,
        folds_below=FOLDS_BELOW,
        least_examples=SEEN,
        most_epochs=MOST_PASSES,
        example_seconds=PIXEL_SECONDS * form.frames * form.height * form.width,
    )


def _present(frames: np.ndarray) -> np.ndarray:
    """Which are not black throughout."""
    return np.array([bool(video.any()) for video in frames], dtype=bool)


def _in_memory(content: Any, column: Column) -> np.ndarray:
    """Videos in memory ``(n, any, height, width, 3)`` of 0 to 255; the model brings them to its form."""
    values = np.asarray(content)
    if values.ndim != 5 or values.shape[-1] != 3 or values.dtype.kind not in "uif":
        raise DataError(
            "Expected videos as an array (n, frames, height, width, 3) of numbers from 0 to 255, got shape "
            f"{values.shape} of {values.dtype}."
        )
    return values


VIDEO = FileTables(
    name="video",
    reads=("image_size", "frames"),
    kind=CLIP,
    files=VIDEO_FILES,
    holds=_holds_videos,
    present=_present,
    handling=_handling,
    in_memory=_in_memory,
    not_learned="how fast frames in memory follow is not known",
    groups=GROUPS,
)
"""Videos, brought to one number of frames and one size when they are read.

Raw examples are one input ``video`` ``(n, frames, height, width, 3) uint8``.
"""
