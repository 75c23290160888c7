"""Play sounds and videos faster or slower; voices become higher or lower as well (Ko et al., 2015).

A few speakers sound like many: what a network learns then holds for voices that it never heard.

Legend: n steps, b examples per step, s samples of a sound, t frames of a video.
"""

from __future__ import annotations

import math
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
class Speed:
    """Play each example at a random speed of its own; what goes beyond the room is cut.

    Attributes:
        speed: by how much faster, or slower, at most, as a share; 0 for none. 0.1 in the paper.
    """

    speed: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("speed",)

    @property
    def active(self) -> bool:
        """Whether any speed is changed."""
        return self.speed > 0

    def check(self, data: Batch) -> None:
        """Raise ConfigError when there is no sound or video."""
        check_plays(data, "speed")

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``speeds`` ``(n, b) float32``; as often faster as slower."""
        import numpy as np

        most = math.log1p(self.speed)
        return {"speeds": np.exp(random.uniform(-most, most, rows.shape)).astype("float32")}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Change the speed of every sound and video of the batch."""
        speeds = draws["speeds"]
        return batch.change(
            {SOUND: lambda sound: _played(sound, speeds), VIDEO: lambda video: _shown(video, speeds)}
        )


def _played(sound: Any, speeds: Any) -> Any:
    """Sounds ``(b, s)``, NaN behind the end of each, read between samples at ``speeds (b,)``."""
    space = space_of(sound)
    places = space.arange(sound.shape[1], dtype="float32")[None, :] * speeds[:, None]
    before = space.floor(places)
    share = places - before
    first = cast(before, "int32")
    return (1 - share) * samples_at(sound, first) + share * samples_at(sound, first + 1)


def _shown(video: Any, speeds: Any) -> Any:
    """Videos ``(b, t, ...)`` at ``speeds (b,)`` around their middles; frames at the ends stand still."""
    space, frames = space_of(video), video.shape[1]
    middle = (frames - 1) / 2
    places = middle + (space.arange(frames, dtype="float32")[None, :] - middle) * speeds[:, None]
    return frames_at(video, cast(space.floor(places + 0.5), "int32"))
