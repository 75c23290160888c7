"""Another frame for each picture: mirrored, larger or smaller, cut elsewhere; boxes and masks go along.

Scale jitter as detectors are trained with (Ghiasi et al., 2021). What comes into the frame is the mean
colour and has no class.

Legend: n steps, b examples per step, k room for boxes, h and w sides of a picture. Points are shares of the
sides; a point p of the picture comes to ``scale * p + shift``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from automl.core.errors import ConfigError
from automl.tasks.declaration import BOXES, CLASS_MAP
from automl.training.batches.transforms.moved_boxes import reframed_boxes
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch, Draws, Fetch

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Framing:
    """Change the frame of pictures with boxes, with masks or with both.

    Attributes:
        mirrored: share of the pictures that are mirrored left to right.
        upended: share of them that are mirrored upside down.
        framing: by how much they are made larger or smaller at most: 0.5 is from 1/1.5 to 1.5; what does
            not fit is cut, anywhere.
    """

    mirrored: float = 0.0
    upended: float = 0.0
    framing: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("mirrored", "upended", "framing")

    @property
    def active(self) -> bool:
        """Whether anything is changed."""
        return max(self.mirrored, self.upended, self.framing) > 0

    def check(self, data: Batch) -> None:
        """Raise ConfigError unless there is a picture, and boxes or masks alone are asked for in it."""
        unknown = {kind for kind in data.kinds.targets.values() if kind not in _TARGETS}
        if unknown or not any(kind in _INPUTS for kind in data.kinds.inputs.values()):
            raise ConfigError(
                "framing is for images with boxes or masks. Set mirrored, upended and framing to 0."
            )

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``scale`` and ``shift`` ``(n, b, 2) float32``, horizontal first.

        A mirrored picture has a negative scale. Where it is larger than the frame, the frame is anywhere in
        it; where it is smaller, it is anywhere in the frame.
        """
        import numpy as np

        spread = np.log1p(self.framing)
        size = np.exp(random.uniform(-spread, spread, (*rows.shape, 1)))
        shift = random.uniform(size=(*rows.shape, 2)) * (1 - size)
        swapped = random.uniform(size=(*rows.shape, 2)) < (self.mirrored, self.upended)
        scale = np.where(swapped, -size, size)
        shift = np.where(swapped, shift + size, shift)
        return {"scale": scale.astype(np.float32), "shift": shift.astype(np.float32)}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Change every picture, and what is known of places in it."""
        to = {"scale": draws["scale"], "shift": draws["shift"]}
        inputs, targets = (
            {kind: partial(change, **to) for kind, change in known.items()} for known in (_INPUTS, _TARGETS)
        )
        return batch.change(inputs, targets)


def reframed_pictures(pictures: Any, scale: Any, shift: Any) -> Any:
    """Return reframed pictures ``(b, h, w, channels)``, sampled bilinearly; see ``reframed_boxes``."""
    turned = _resampled(pictures, scale[:, 1], shift[:, 1])
    ops = space_of(pictures)
    turned = ops.transpose(turned, (0, 2, 1, 3))
    return ops.transpose(_resampled(turned, scale[:, 0], shift[:, 0]), (0, 2, 1, 3))


def reframed_classes(classes: Any, scale: Any, shift: Any) -> Any:
    """Return reframed maps of classes ``(b, h, w) int``, the nearest pixel; see ``reframed_boxes``."""
    ops = space_of(classes)
    turned = ops.transpose(_picked(classes, scale[:, 1], shift[:, 1]), (0, 2, 1))
    return ops.transpose(_picked(turned, scale[:, 0], shift[:, 0]), (0, 2, 1))


def _resampled(pictures: Any, scale: Any, shift: Any) -> Any:
    """Pictures with other rows: each one between two of them, by weight; whole rows are copied at once."""
    ops = space_of(pictures)
    rows, columns, channels = pictures.shape[1:]
    wanted = _wanted(pictures, scale, shift)
    place = wanted * rows - 0.5
    below = ops.floor(place)
    share = cast((place - below)[..., None], pictures.dtype)
    flat = ops.reshape(pictures, (-1, columns * channels))
    start = ops.arange(ops.shape(pictures)[0], dtype="int32")[:, None] * rows

    def taken(at: Any) -> Any:
        inside = cast(ops.clip(at, 0, rows - 1), "int32")
        values = ops.take(flat, ops.reshape(start + inside, (-1,)), axis=0)
        return ops.reshape(values, (-1, rows, columns * channels))

    mixed = taken(below) * (1 - share) + taken(below + 1) * share
    within = cast(ops.logical_and(wanted >= 0, wanted <= 1)[..., None], pictures.dtype)
    return ops.reshape(mixed * within, (-1, rows, columns, channels))


def _picked(classes: Any, scale: Any, shift: Any) -> Any:
    """Maps of classes with other rows, each that of the nearest middle; -1 outside of the map."""
    ops = space_of(classes)
    rows, columns = classes.shape[1:]
    wanted = _wanted(classes, scale, shift)
    at = cast(ops.clip(ops.floor(wanted * rows), 0, rows - 1), "int32")
    start = ops.arange(ops.shape(classes)[0], dtype="int32")[:, None] * rows
    flat = ops.reshape(classes, (-1, columns))
    values = ops.reshape(ops.take(flat, ops.reshape(start + at, (-1,)), axis=0), (-1, rows, columns))
    within = ops.logical_and(wanted >= 0, wanted <= 1)[..., None]
    return ops.where(within, values, ops.full_like(values, -1))


def _wanted(values: Any, scale: Any, shift: Any) -> Any:
    """Where the middles of new rows lie in the old picture ``(b, rows)``, as shares of its side."""
    ops, rows = space_of(values), values.shape[1]
    middles = (ops.arange(rows, dtype="float32") + 0.5) / rows
    return (middles[None] - shift[:, None]) / scale[:, None]


_INPUTS: Mapping[str, Callable[..., Any]] = {"image": reframed_pictures}
_TARGETS: Mapping[str, Callable[..., Any]] = {BOXES: reframed_boxes, CLASS_MAP: reframed_classes}
"""What is changed, by kind."""
