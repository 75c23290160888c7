"""What transforms of sounds share, and those that take videos as well."""

from __future__ import annotations

from typing import Any

from automl.core.errors import ConfigError
from automl.training.batches.transforms.space import space_of
from automl.training.batches.transforms.transform import Batch
from automl.training.batches.transforms.videos import VIDEO

SOUND = "sound"


def check_plays(data: Batch, option: str) -> None:
    """Raise ConfigError when there is no sound or video."""
    if not {SOUND, VIDEO} & {*data.kinds.inputs.values()}:
        raise ConfigError(f"{option} needs sounds or videos, and there are none. Set {option} to 0.")


def samples_at(sound: Any, places: Any) -> Any:
    """Return the samples of sounds ``(b, s)`` at whole places ``(b, s)``, of which some lie outside.

    Before a clip there is silence. Behind the room goes on what was there at its end: silence, or nothing.
    """
    space, samples = space_of(sound), sound.shape[1]
    inside = space.take_along_axis(sound, space.clip(places, 0, samples - 1), axis=1)
    begun = space.where(places < 0, 0.0 * sound[:, :1], inside)
    return space.where(places >= samples, 0.0 * sound[:, -1:], begun)
