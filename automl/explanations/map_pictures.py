"""Maps on what can be looked at: pictures, spectrograms of sounds, frames of videos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.explanations.overlay import overlaid, plain_pixels, scale_of_heat, smoothed
from automl.explanations.pieces import Clip, Pieces, Pixels, Sound

KEY_FRAMES = 4
"""Frames of a video that are shown: those with most on them."""


@dataclass(frozen=True, kw_only=True)
class MapPicture:
    """A map on a picture.

    Attributes:
        name: which part of the input it is, as text; empty for all of it.
        mark: the same in the name of a file.
        below: the picture ``(h, w, 3) uint8``.
        map: the picture under its map, in the same form.
    """

    below: np.ndarray
    map: np.ndarray
    name: str = ""
    mark: str = ""


def takes_maps(item: Pieces) -> bool:
    """Whether attributions of its pieces lie on a picture."""
    return isinstance(item, Pixels | Sound | Clip)


def map_note(item: Pieces) -> str:
    """Return how to read its maps."""
    note = "Red speaks for the answer, blue against it; each map by its own strongest places."
    if isinstance(item, Sound):
        note += (
            f" Time goes from left to right, frequency on the mel scale up to {item.filter.rate // 2:,} Hz."
        )
    if isinstance(item, Clip):
        note += f" Of each video the {KEY_FRAMES} frames with most on them, by one scale."
    return note


def map_pictures(item: Pieces, value: Any, heat: np.ndarray) -> list[MapPicture]:
    """Return attributions of a value as maps; none where they do not lie on a picture.

    Args:
        item: how the value is taken apart.
        value: raw, of one example.
        heat: attributions; of another shape than the pieces they are of the whole, and have no places.
    """
    if heat.shape != item.shape(value):
        return []
    if isinstance(item, Pixels):
        pixels = plain_pixels(np.asarray(value))
        return [MapPicture(below=pixels, map=overlaid(pixels, smoothed(heat)))]
    if isinstance(item, Sound):
        pixels = item.filter.picture(np.asarray(value))
        return [MapPicture(below=pixels, map=overlaid(pixels, item.filter.laid_out(heat)))]
    return _frames(np.asarray(value), heat) if isinstance(item, Clip) else []


def _frames(clip: np.ndarray, heat: np.ndarray) -> list[MapPicture]:
    """The frames with most on them, in their order."""
    much = np.abs(np.nan_to_num(heat)).sum(axis=(1, 2))
    places = sorted(np.argsort(-much, kind="stable")[:KEY_FRAMES].tolist())
    maps = [smoothed(heat[at]) for at in places]
    scale = scale_of_heat(np.stack(maps))
    pictures = [plain_pixels(clip[at]) for at in places]
    return [
        MapPicture(
            below=pixels,
            map=overlaid(pixels, each, scale),
            name=f"frame {at + 1} of {len(clip)}",
            mark=f"-{at + 1}",
        )
        for at, pixels, each in zip(places, pictures, maps, strict=True)
    ]
