"""The form that all videos of a job are brought to: a number of frames, and one size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.image_heads import LARGEST_SIDE, choose_size
from automl.data.source import VIDEO_SUFFIXES

FRAMES = (32, 16, 8)
"""Frames that are taken of a video, fewer where many videos have to fit: two seconds at 16 a second; C3D
(Tran et al., 2015) takes 16, I3D (Carreira and Zisserman, 2017) 64."""

LEAST_FRAMES = 2
"""Of fewer there is no motion."""

MEMORY_LIMIT = 4 << 30
"""Bytes that the videos of a job may take, as float32."""

MANY_SECONDS = 60.0
"""Of longer videos so few frames say little."""


@dataclass(frozen=True, kw_only=True)
class VideoForm:
    """What videos are brought to.

    Attributes:
        frames: that are taken, evenly in time.
        height: of each, in pixels.
        width: as height.
    """

    frames: int
    height: int
    width: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of one video, RGB."""
        return self.frames, self.height, self.width, 3

    @property
    def text(self) -> str:
        """For messages: ``32 frames of 64 x 64 pixels, RGB``."""
        return f"{self.frames} frames of {self.height} x {self.width} pixels, RGB"

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``VideoForm(**data)`` restores it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class VideoHeads:
    """What is known of the readable files without decoding them.

    Attributes:
        frames: that each has ``(n,) int64``.
        seconds: how long each is ``(n,) float64``.
        sizes: height and width as stored ``(n, 2) int64``.
    """

    frames: np.ndarray
    seconds: np.ndarray
    sizes: np.ndarray


def choose_form(
    heads: VideoHeads, paths: Sequence[Path], *, frames: int | None, side: int | None
) -> VideoForm:
    """Choose the form of a job.

    Args:
        heads: of the training files.
        paths: all files, unreadable ones too, for the message.
        frames: that are asked for, or None.
        side: length in pixels that is asked for, or None; by default as for pictures, see
            ``image_heads.choose_form``.

    Raises:
        DataError: no file is readable, or what is asked for takes too much memory.
    """
    count = len(heads.frames)
    if not count:
        raise DataError(
            f"None of the {len(paths)} video files is readable, the first is {paths[0]}. "
            f"Expected videos in one of the formats {', '.join(VIDEO_SUFFIXES)}, .gif."
        )
    most = MEMORY_LIMIT // (12 * count * (side or LARGEST_SIDE) ** 2)
    if frames is None:
        frames = next((some for some in FRAMES if some <= most), FRAMES[-1])
    elif not LEAST_FRAMES <= frames <= most:
        raise DataError(
            f"{count} videos of {frames} frames do not fit: expected a number of frames between "
            f"{LEAST_FRAMES} and {most} (4 GiB as float32). Choose fewer, or a smaller image size."
        )
    sizes = [(row[0], row[1]) for row in heads.sizes.tolist()]
    height, width = choose_size(sizes, side, 3 * frames)
    return VideoForm(frames=frames, height=height, width=width)


def notes_of_heads(heads: VideoHeads, form: VideoForm) -> tuple[str, ...]:
    """What a user should know of how videos are brought to a form."""
    count, notes = max(1, len(heads.frames)), []
    fewer, longer = int((heads.frames < form.frames).sum()), int((heads.seconds > MANY_SECONDS).sum())
    if fewer:
        said = f"{fewer} of {count} videos have fewer than {form.frames} frames; some are repeated."
        notes.append(Note(said, fewer / count))
    if longer:
        said = (
            f"{longer} of {count} videos are longer than {MANY_SECONDS:.0f} s: {form.frames} frames, "
            "evenly in time, are all that is seen of each. Cut them into clips where more matters."
        )
        notes.append(Note(said, longer / count))
    return tuple(notes)


def told(heads: VideoHeads, form: VideoForm) -> str:
    """What the videos of a job were read as."""
    shortest, longest = float(heads.seconds.min()), float(heads.seconds.max())
    lengths = f"{shortest:.1f} to {longest:.1f} s long" if longest > shortest else f"{longest:.1f} s long"
    return f"{len(heads.frames)} videos were read as {form.text} ({lengths})."
