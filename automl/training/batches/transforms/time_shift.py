"""Shift sounds and videos in time: silence, or a frame that stands still, fills the rest.

Legend: n steps, b examples per step, s samples of a sound, t frames of a video.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from automl.training.batches.transforms.sounds import SOUND, check_plays, samples_at
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch, Draws, Fetch
from automl.training.batches.transforms.videos import VIDEO, frames_at

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class TimeShift:
    """Shift each example by a random time of its own.

    Attributes:
        time_shift: longest shift to either side, as a share of the room that clips have; 0 for none.
    """

    time_shift: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("time_shift",)

    @property
    def active(self) -> bool:
        """Whether anything is shifted."""
        return self.time_shift > 0

    def check(self, data: Batch) -> None:
        """Raise ConfigError when there is no sound or video."""
        check_plays(data, "time_shift")

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``shifts`` ``(n, b) float32``, as shares of the room."""
        return {"shifts": random.uniform(-self.time_shift, self.time_shift, rows.shape).astype("float32")}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Shift every sound and video of the batch."""
        shifts = draws["shifts"]
        return batch.change(
            {SOUND: lambda sound: _shifted(sound, shifts), VIDEO: lambda video: _later(video, shifts)}
        )


def _shifted(sound: Any, shifts: Any) -> Any:
    """Sounds ``(b, s)``, NaN behind the end of each, later by ``shifts (b,)`` of s."""
    space, samples = space_of(sound), sound.shape[1]
    by = cast(space.floor(shifts * samples), "int32")
    return samples_at(sound, space.arange(samples, dtype="int32")[None, :] - by[:, None])


def _later(video: Any, shifts: Any) -> Any:
    """Videos ``(b, t, ...)``, later by ``shifts (b,)`` of t; the first or the last frame stands still."""
    space, frames = space_of(video), video.shape[1]
    by = cast(space.floor(shifts * frames + 0.5), "int32")
    return frames_at(video, space.arange(frames, dtype="int32")[None, :] - by[:, None])
