"""Frames of video files: taken by time, turned, repeated; broken files; the cache."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.core.phases import Phases
from automl.data.cache import ArrayCache
from automl.data.video_form import VideoForm, VideoHeads, choose_form
from automl.data.videos import learn_videos, read_video, timeline
from tests.data.videos import FRAMES, SIDE, squares, write


def grey(level: int, height: int = SIDE, width: int = SIDE) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def levels(path: Path, frames: int) -> list[int]:
    """Brightness of each frame that is taken, in tens."""
    video = read_video(path, VideoForm(frames=frames, height=4, width=4))
    assert video.shape == (frames, 4, 4, 3)
    return np.round(video.mean(axis=(1, 2, 3)) / 10).astype(int).tolist()


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".webm", ".gif", ".mkv"])
def test_every_format_gives_its_frames(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"a{suffix}", [grey(level) for level in (50, 100, 150, 200)])

    known = timeline(path)

    assert (known.count, known.height, known.width) == (4, SIDE, SIDE)
    assert known.seconds == pytest.approx(0.4, abs=0.05)
    assert levels(path, 4) == [5, 10, 15, 20]


def test_frames_in_the_middles_of_equal_parts_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", [grey(20 * place) for place in range(1, 11)])

    assert levels(path, 5) == [4, 8, 12, 16, 20]
    assert levels(path, 2) == [6, 16]
    assert levels(path, 20)[::2] == [2 * place for place in range(1, 11)]


def test_frames_are_taken_by_their_times(tmp_path: Path) -> None:
    """The second of three frames is shown for half the time."""
    frames = [grey(50), grey(100), grey(200)]
    path = write(tmp_path / "a.mkv", frames, times=[0, 2, 6])

    assert timeline(path).seconds == pytest.approx(
        0.9
    )  # the last is shown as long as the others on average
    assert levels(path, 9) == [5, 5, 10, 10, 10, 10, 20, 20, 20]


def test_a_video_is_turned_as_its_camera_noted(tmp_path: Path) -> None:
    picture = grey(20, 32, 64)
    picture[:, :32] = 220  # the left half is bright
    path = write(tmp_path / "a.mp4", [picture] * 3)
    plain = read_video(path, VideoForm(frames=1, height=4, width=4))[0, :, :, 0]

    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 44
    turned = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)  # a quarter turn clockwise
    content[matrix : matrix + 36] = struct.pack(">9i", *turned)
    path.write_bytes(content)
    seen = read_video(path, VideoForm(frames=1, height=4, width=4))[0, :, :, 0]

    assert plain[:, 0].min() > 150 > 60 > plain[:, 3].max()
    assert seen[0].min() > 150 > 60 > seen[3].max()  # what was left is above now


def test_broken_files_count_as_missing_and_too_many_are_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{place}.mp4", squares(1, seed=place)) for place in range(21)]
    paths[3].write_bytes(paths[3].read_bytes()[:200])

    videos, _ = learn_videos(paths, "here", phases=Phases())

    assert videos.frames.shape == (21, 32, SIDE, SIDE, 3)
    assert not videos.frames[3].any()
    assert all(videos.frames[place].any() for place in range(21) if place != 3)
    assert "1 of 21 videos of here cannot be read, the first is" in videos.notes[0]
    paths[4].write_bytes(b"no video")
    with pytest.raises(DataError, match="2 of 21 videos of here cannot be read"):
        learn_videos(paths, "here", phases=Phases())
    with pytest.raises(DataError, match="None of the 1 video files is readable"):
        learn_videos(paths[4:5], "here", phases=Phases())


def test_what_is_read_is_told(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{place}.mp4", squares(1, frames=5 + place)) for place in range(3)]

    videos, form = learn_videos(paths, "here", frames=6, side=8, phases=Phases())

    assert form == VideoForm(frames=6, height=8, width=8)
    assert any("1 of 3 videos have fewer than 6 frames" in note for note in videos.notes)
    assert "3 videos were read as 6 frames of 8 x 8 pixels, RGB (0.5 to 0.7 s long)" in videos.notes[-1]


def test_files_are_decoded_once(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{place}.mp4", squares(1, seed=place)) for place in range(2)]
    cache = ArrayCache(tmp_path / "cache")
    first, _ = learn_videos(paths, "here", frames=FRAMES, cache=cache, phases=Phases())
    stamps = [file.stat().st_mtime_ns for file in sorted((tmp_path / "cache").rglob("*.npy"))]

    again, _ = learn_videos(paths, "here", frames=FRAMES, cache=cache, phases=Phases())

    np.testing.assert_array_equal(again.frames, first.frames)
    assert stamps == [file.stat().st_mtime_ns for file in sorted((tmp_path / "cache").rglob("*.npy"))]


@pytest.mark.parametrize(("count", "frames"), [(50, 32), (3_000, 16), (9_000, 8)])
def test_of_many_videos_fewer_frames_are_taken(count: int, frames: int) -> None:
    heads = VideoHeads(
        frames=np.full(count, 50), seconds=np.full(count, 2.0), sizes=np.full((count, 2), (240, 320))
    )

    form = choose_form(heads, [], frames=None, side=None)

    assert form == VideoForm(frames=frames, height=64, width=64)


@pytest.mark.parametrize("frames", [1, 10_000])
def test_frames_that_do_not_fit_are_refused(frames: int) -> None:
    heads = VideoHeads(frames=np.full(9, 50), seconds=np.full(9, 2.0), sizes=np.full((9, 2), 240))

    with pytest.raises(DataError, match=r"expected a number of frames between 2 and \d+"):
        choose_form(heads, [], frames=frames, side=224)
