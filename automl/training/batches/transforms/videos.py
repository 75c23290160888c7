"""What transforms of videos share."""

from __future__ import annotations

import math
from typing import Any

from automl.training.batches.transforms.space import space_of

VIDEO = "video"


def frames_at(video: Any, places: Any) -> Any:
    """Return frames of videos ``(b, t, ...)`` at whole places ``(b, t)``; beyond an end its frame stays."""
    space, frames, rest = space_of(video), video.shape[1], tuple(video.shape[2:])
    start = space.arange(space.shape(video)[0], dtype="int32")[:, None] * frames
    rows = space.reshape(start + space.clip(places, 0, frames - 1), (-1,))
    flat = space.reshape(video, (-1, math.prod(rest)))
    return space.reshape(space.take(flat, rows, axis=0), (-1, frames, *rest))
