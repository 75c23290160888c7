"""Decoding of videos: each once, in parallel, into one array of so many frames, which a cache may keep.

Containers disagree on how many frames there are and how fast they follow; webm says neither. So the time
stamps of all packets are read first, which decodes nothing, and frames are taken by time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from automl.core.optional import require
from automl.core.phases import Phases
from automl.data.cache import ArrayCache
from automl.data.decoded import Decoding, heads_of
from automl.data.video_form import VideoForm, VideoHeads, choose_form, notes_of_heads, told

UNREADABLE = (OSError, ValueError, TypeError, LookupError, RuntimeError, MemoryError, EOFError)
"""What reading raises for files that are cut off, garbled or no videos."""

READING = "videos 1"
"""Version of how files become frames; what was kept under another one is not taken up."""


@dataclass(frozen=True, kw_only=True)
class Videos:
    """Decoded videos.

    Attributes:
        frames: ``(n, frames, height, width, 3) uint8`` of all files, zeros where there is none.
        notes: what a user should know of the files.
    """

    frames: np.ndarray
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """When the frames of a file are shown, by its packets.

    Attributes:
        count: of the frames.
        start: of the first one, in units of the file.
        end: of the last one.
        seconds: from start to end.
        height: as stored, in pixels.
        width: as height.
    """

    count: int
    start: float
    end: float
    seconds: float
    height: int
    width: int


def learn_videos(
    paths: Sequence[Path | None],
    where: str,
    *,
    frames: int | None = None,
    side: int | None = None,
    cache: ArrayCache | None = None,
    phases: Phases,
) -> tuple[Videos, VideoForm]:
    """Read the videos of the training data and choose their form.

    Args:
        paths: the files; None for a gap.
        where: what messages call their source.
        frames: that are asked for, or None.
        side: side length in pixels that is asked for, or None.
        cache: keeps what was read, or None.
        phases: is told how far reading is.

    Raises:
        DataError: none is readable, or too many are not; they do not fit into memory.
        MissingDependencyError: the library that reads videos is not installed.
        TimeUpError: the deadline of the phases has passed.
    """
    named = [path for path in paths if path is not None]
    heads = read_heads(named, cache, phases)
    form = choose_form(heads, named, frames=frames, side=side)
    videos = decode(paths, form, where, cache, phases)
    notes = (*videos.notes, *notes_of_heads(heads, form), told(heads, form))
    return Videos(frames=videos.frames, notes=notes), form


def read_videos(
    paths: Sequence[Path | None], form: VideoForm, where: str, cache: ArrayCache | None, phases: Phases
) -> Videos:
    """Read other videos to the form of training; see ``learn_videos`` for arguments and errors."""
    return decode(paths, form, where, cache, phases)


def read_heads(paths: Sequence[Path], cache: ArrayCache | None, phases: Phases) -> VideoHeads:
    """Read the time stamps of files; unreadable ones have no say."""
    _library()

    def head(path: Any) -> tuple[float, float, float, float]:
        try:
            found = timeline(path)
        except UNREADABLE:
            return 0.0, 0.0, 0.0, 0.0
        return float(found.count), found.seconds, float(found.height), float(found.width)

    found = heads_of(
        paths, head, words="videos", form=(4, np.float64), key=(READING,), cache=cache, phases=phases
    )
    known = np.asarray(found[found[:, 0] > 0])
    return VideoHeads(
        frames=known[:, 0].astype(np.int64), seconds=known[:, 1], sizes=known[:, 2:].astype(np.int64)
    )


def decode(
    paths: Sequence[Path | None], form: VideoForm, where: str, cache: ArrayCache | None, phases: Phases
) -> Videos:
    """Decode files in parallel threads.

    Raises:
        DataError: more than 5 % are unreadable.
    """
    decoding = Decoding(
        words="videos",
        shape=form.shape,
        dtype=np.uint8,
        read=lambda path: read_video(path, form),
        unreadable=UNREADABLE,
        key=(READING, *astuple(form)),
        files="video files",
    )
    found = decoding.rows(paths, where, cache, phases)
    return Videos(frames=found.rows, notes=found.notes)


def timeline(path: Path) -> Timeline:
    """Read the time stamps of a file without decoding it.

    Raises one of ``UNREADABLE`` when it cannot.
    """
    with _opened(path) as (container, stream):
        stamps = [
            # avi knows the order of decoding alone, which has as many steps
            packet.dts if packet.pts is None else packet.pts
            for packet in container.demux(stream)
            if packet.size and not packet.is_corrupt and not packet.is_discard
        ]
        height, width = stream.codec_context.height, stream.codec_context.width
        unit = float(stream.time_base or 0) or 1.0
    times = sorted(float(place if stamp is None else stamp) for place, stamp in enumerate(stamps))
    if not times or not height or not width:
        raise ValueError("it holds no frames")
    step = (times[-1] - times[0]) / max(1, len(times) - 1) or 1.0
    end = times[-1] + step
    return Timeline(
        count=len(times),
        start=times[0],
        end=end,
        seconds=(end - times[0]) * unit,
        height=height,
        width=width,
    )


def read_video(path: Path, form: VideoForm) -> np.ndarray:
    """Decode the frames that are shown in the middles of so many equal parts of a video's time.

    They are turned as its metadata says and resized bilinearly, over the whole area of each new pixel when
    shrinking, which the exported model does as well. Of fewer frames some are repeated.

    Returns:
        ``(frames, height, width, 3) uint8``.

    Raises one of ``UNREADABLE`` when it cannot.
    """
    known = timeline(path)
    part = (known.end - known.start) / form.frames
    wanted = [known.start + (place + 0.5) * part for place in range(form.frames)]
    shown = _shown(path, wanted)
    frames = np.empty(form.shape, np.uint8)
    last: Any = None
    for place, frame in enumerate(shown):
        frames[place] = frames[place - 1] if frame is last else _pixels(frame, form)
        last = frame
    return frames


def _shown(path: Path, wanted: Sequence[float]) -> Iterator[Any]:
    """The frame that is shown at each of some ascending times."""
    place, before = 0, None
    with _opened(path) as (container, stream):
        for count, frame in enumerate(container.decode(stream)):
            time = float(count if frame.pts is None else frame.pts)
            while before is not None and place < len(wanted) and wanted[place] < time:
                yield before
                place += 1
            before = frame
        if before is None:
            raise ValueError("none of its frames can be decoded")
        for _ in wanted[place:]:
            yield before


def _pixels(frame: Any, form: VideoForm) -> np.ndarray:
    pixels = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90) % 4)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize((form.width, form.height), Image.Resampling.BILINEAR))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """A container and its first video stream; what FFmpeg finds wrong comes as a ValueError."""
    library = _library()
    try:
        with library.open(str(path)) as container:
            if not container.streams.video:
                raise ValueError("it holds no video")
            stream = container.streams.video[0]
            # files are read side by side already
            stream.codec_context.thread_count = 1
            yield container, stream
    except library.error.FFmpegError as error:
        raise ValueError(error.strerror or type(error).__name__) from error


def _library() -> Any:
    return require("av", extra="video", purpose="to read videos")
