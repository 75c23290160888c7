"""Changes of pictures that move what they show, and boxes and maps of classes with it.

Legend: n steps, b examples per step, h and w the sides of a picture.

Each transform says by kind of tensor what it does to it. Other kinds stay as they are: a class or a number
holds for the changed picture, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from automl.core.errors import ConfigError, suggest
from automl.tasks.declaration import BOXES, CLASS_MAP
from automl.training.batches.transforms.moved_boxes import reframed_boxes, transposed_boxes
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch, Draws, Fetch

if TYPE_CHECKING:
    import numpy as np

SYMMETRIES = ("none", "mirrored", "turned")

PICTURE = "image"

GRAIN = 1024
"""Parts of a picture that windows are cut by: their places are then exact in float32, so that every backend
picks the same pixels.
"""


@dataclass(frozen=True, kw_only=True)
class Symmetry:
    """Show pictures mirrored or turned, each of the ways that there are with the same probability.

    Attributes:
        symmetry: ``none``; ``mirrored``: left and right may be swapped; ``turned``: upside down as
            well, and square pictures by quarter turns (the eight symmetries of a square), as for
            pictures from above or through a microscope.
    """

    symmetry: str = "none"

    dials: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if self.symmetry not in SYMMETRIES:
            raise ConfigError(f"Unknown symmetry {self.symmetry!r}. {suggest(self.symmetry, SYMMETRIES)}")

    @property
    def active(self) -> bool:
        """Whether anything is mirrored."""
        return self.symmetry != "none"

    def check(self, data: Batch) -> None:
        """Take all data: what is no picture or map of one stays as it is."""

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``swapped`` ``(n, b, 3) bool``: left and right, top and bottom, rows and columns."""
        import numpy as np

        swapped = random.integers(0, 2, (*rows.shape, 3)).astype(bool)
        return {"swapped": swapped & np.array([True, *[self.symmetry == "turned"] * 2])}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Mirror and turn every picture with what lies on it."""
        swapped = partial(_turned, swapped=draws["swapped"])
        boxes = partial(_turned_boxes, swapped=draws["swapped"], square=_is_square(batch))
        return batch.change({PICTURE: swapped}, {CLASS_MAP: swapped, BOXES: boxes})


@dataclass(frozen=True, kw_only=True)
class Rescale:
    """Show a part of a picture larger, or all of it smaller, at a random place.

    Attributes:
        rescale: largest change of the sides, as a share: a window has sides from ``1 - rescale`` times to
            ``1 / (1 - rescale)`` times those of the picture. What a larger window uncovers has the mean
            colour and no class.
    """

    rescale: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("rescale",)

    @property
    def active(self) -> bool:
        """Whether anything is resized."""
        return self.rescale > 0

    def check(self, data: Batch) -> None:
        """Raise ConfigError where a window would have no size."""
        if self.rescale >= 1:
            raise ConfigError(f"rescale must be below 1, got {self.rescale}.")

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``windows`` ``(n, b, 3) float32``: top and left, in sides of the picture, and size."""
        import numpy as np

        reach = -np.log(1 - self.rescale)
        sizes = np.exp(random.uniform(-reach, reach, (*rows.shape, 1)))
        corners = random.uniform(size=(*rows.shape, 2)) * (1 - sizes)
        windows = np.rint(np.concatenate([corners, sizes], axis=-1) * GRAIN) / GRAIN
        return {"windows": windows.astype(np.float32)}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Show the window of every picture, and of what lies on it."""
        seen = {
            kind: partial(change, windows=draws["windows"])
            for kind, change in ((PICTURE, _seen), (CLASS_MAP, _seen_classes), (BOXES, _seen_boxes))
        }
        return batch.change(seen, seen)


@dataclass(frozen=True, kw_only=True)
class Lighting:
    """Change brightness and contrast of each picture; what lies on it stays.

    Attributes:
        lighting: largest change, in standard deviations of the pixels and as a share of the contrast.
    """

    lighting: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("lighting",)

    @property
    def active(self) -> bool:
        """Whether anything is changed."""
        return self.lighting > 0

    def check(self, data: Batch) -> None:
        """Take all data: what is no picture stays as it is."""

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``light`` ``(n, b, 2) float32``: factor and summand."""
        import numpy as np

        changes = random.uniform(-self.lighting, self.lighting, (*rows.shape, 2))
        return {"light": (changes + np.array([1.0, 0.0])).astype(np.float32)}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Change every picture."""
        return batch.change({PICTURE: partial(_lit, light=draws["light"])})


def _turned(values: Any, swapped: Any) -> Any:
    """Pictures or maps ``(b, h, w, ...)`` with sides swapped."""
    ops, rank = space_of(values), len(values.shape)

    def where(place: int, changed: Any, kept: Any) -> Any:
        return ops.where(ops.reshape(swapped[:, place], (-1, *(1,) * (rank - 1))), changed, kept)

    values = where(0, ops.flip(values, axis=2), values)
    values = where(1, ops.flip(values, axis=1), values)
    if values.shape[1] != values.shape[2]:
        return values
    return where(2, ops.transpose(values, (0, 2, 1, *range(3, rank))), values)


def _is_square(batch: Batch) -> bool:
    pictures = [value for name, value in batch.inputs.items() if batch.kinds.inputs.get(name) == PICTURE]
    return all(picture.shape[1] == picture.shape[2] for picture in pictures)


def _turned_boxes(boxes: Any, swapped: Any, *, square: bool) -> Any:
    """Encoded boxes ``(b, k, 6)`` of such pictures."""
    ops = space_of(boxes)
    mirrored = cast(swapped[:, :2], "float32")
    boxes = reframed_boxes(boxes, 1.0 - 2.0 * mirrored, mirrored)
    return ops.where(swapped[:, 2:, None], transposed_boxes(boxes), boxes) if square else boxes


def _seen_boxes(boxes: Any, windows: Any) -> Any:
    """Encoded boxes ``(b, k, 6)`` within windows."""
    ops = space_of(boxes)
    corner = ops.stack([windows[:, 1], windows[:, 0]], axis=-1)
    scale = 1.0 / ops.concatenate([windows[:, 2:], windows[:, 2:]], axis=-1)
    return reframed_boxes(boxes, scale, -corner * scale)


def _seen(pictures: Any, windows: Any) -> Any:
    """Windows of pictures ``(b, h, w, c)``, bilinear; 0 outside of the picture."""
    ops = space_of(pictures)
    rows = _shares(ops, windows[:, 0], windows[:, 2], pictures.shape[1])
    columns = _shares(ops, windows[:, 1], windows[:, 2], pictures.shape[2])
    return cast(_resampled(ops, rows, columns, pictures), pictures.dtype)


def _seen_classes(classes: Any, windows: Any) -> Any:
    """Windows of maps of classes ``(b, h, w) int``, the nearest pixel; -1 outside of the map.

    A product with rows of one 1 and zeros picks whole numbers without a loss.
    """
    ops = space_of(classes)
    rows = _picks(ops, windows[:, 0], windows[:, 2], classes.shape[1])
    columns = _picks(ops, windows[:, 1], windows[:, 2], classes.shape[2])
    picked = _resampled(ops, rows, columns, cast(classes, "float32") + 1.0)
    return cast(ops.round(picked - 1.0), classes.dtype)


def _resampled(ops: Any, rows: Any, columns: Any, values: Any) -> Any:
    """New pixels of old ones ``(b, h, w, ...)``, by what they take of them along either axis."""
    swap = (0, 2, 1, *range(3, len(values.shape)))
    lines = _along(ops, rows, values)
    return ops.transpose(_along(ops, columns, ops.transpose(lines, swap)), swap)


def _along(ops: Any, weights: Any, values: Any) -> Any:
    """A product with weights ``(b, new, old)`` along the second axis."""
    side, rest = values.shape[1], tuple(values.shape[2:])
    flat = ops.reshape(values, (-1, side, math.prod(rest)))
    return ops.reshape(ops.matmul(weights, flat), (-1, side, *rest))


def _places(ops: Any, first: Any, size: Any, side: int) -> Any:
    """Where the middles of new pixels lie, in pixels of the old ``(b, side)``."""
    middles = ops.arange(side, dtype="float32") + 0.5
    return first[:, None] * side + middles[None, :] * size[:, None] - 0.5


def _shares(ops: Any, first: Any, size: Any, side: int) -> Any:
    """What each new pixel takes of each old one ``(b, side, side)``; none where it lies outside."""
    places = _places(ops, first, size, side)
    inside = _inside(ops, places, side)
    places = ops.clip(places, 0, side - 1)
    old = ops.arange(side, dtype="float32")
    return ops.maximum(1.0 - abs(old[None, None, :] - places[:, :, None]), 0.0) * inside[:, :, None]


def _picks(ops: Any, first: Any, size: Any, side: int) -> Any:
    """Which old pixel each new one is, as a 1 among zeros ``(b, side, side)``."""
    places = _places(ops, first, size, side)
    chosen = ops.clip(ops.round(places), 0, side - 1)
    old = ops.arange(side, dtype="float32")
    same = cast(old[None, None, :] == chosen[:, :, None], "float32")
    return same * _inside(ops, places, side)[:, :, None]


def _inside(ops: Any, places: Any, side: int) -> Any:
    return cast(ops.logical_and(places >= -0.5, places <= side - 0.5), "float32")


def _lit(pictures: Any, light: Any) -> Any:
    ops = space_of(pictures)
    factor, summand = (ops.reshape(light[:, at], (-1, 1, 1, 1)) for at in range(2))
    return cast(pictures * factor + summand, pictures.dtype)
