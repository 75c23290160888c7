"""Short videos of a bright square that stands still, or moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIDE, FRAMES = 16, 6
CODECS = {".mp4": "libx264", ".avi": "mpeg4", ".webm": "libvpx-vp9", ".gif": "gif", ".mkv": "libx264"}


def squares(speed: int, frames: int = FRAMES, side: int = SIDE, seed: int = 0) -> np.ndarray:
    """A square on noise, so many pixels farther right in each frame ``(frames, side, side, 3) uint8``."""
    random = np.random.default_rng(seed)
    ground = random.integers(20, 60, (side, side, 3))
    video = np.repeat(ground[None], frames, axis=0)
    first = int(random.integers(0, side))
    for place, frame in enumerate(video):
        frame[4:10, [(first + speed * place + at) % side for at in range(6)]] = 230
    return video.astype(np.uint8)


def write(
    path: Path, video: Iterable[np.ndarray], *, rate: int = 10, times: Sequence[int] | None = None
) -> Path:
    """Write a video; its folder is made.

    Args:
        path: its suffix says how it is stored.
        video: the frames ``(side, side, 3) uint8``.
        rate: frames of a second.
        times: when each frame is shown, in parts of ``1 / rate`` seconds; by default one after the other.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        pictures = list(video)
        stream = container.add_stream(CODECS[path.suffix], rate=rate)
        stream.codec_context.time_base = Fraction(1, rate)
        stream.pix_fmt = "rgb8" if path.suffix == ".gif" else "yuv420p"
        stream.height, stream.width = pictures[0].shape[:2]
        for place, pixels in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = times[place] if times else place, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def moving(folder: Path, count: int = 12) -> list[str]:
    """Write videos that stand still and move in turn; return their names."""
    names = [f"{place}.mp4" for place in range(count)]
    for place, name in enumerate(names):
        write(folder / name, squares(place % 2 * 3, seed=place))
    return names


def class_folders(root: Path, count: int = 8) -> Path:
    """Write videos into the folders ``still`` and ``moving``."""
    for speed, name in ((0, "still"), (3, "moving")):
        for place in range(count):
            write(root / name / f"{place}.mp4", squares(speed, seed=place))
    return root
