"""Another frame for each picture: mirrored, larger or smaller, cut elsewhere; boxes in it go along.

Scale jitter as detectors are trained with (Ghiasi et al., 2021). What comes into the frame is the mean
colour. A box of which little is left in the frame is no box any more.

Legend: n steps, b examples per step, k room for boxes, h and w sides of a picture. Points are shares of the
sides; a point p of the picture comes to ``scale * p + shift``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from automl.core.boxes import LABEL, NO_BOX
from automl.core.errors import ConfigError
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch, Draws, Fetch

if TYPE_CHECKING:
    import numpy as np

LEAST_LEFT = 0.25
"""Share of a box that must be in the frame: of less, nobody could tell what it is."""


@dataclass(frozen=True, kw_only=True)
class Framing:
    """Change the frame of pictures with boxes.

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
        """Raise ConfigError unless there is a picture, and boxes alone are asked for in it."""
        unknown = {kind for kind in data.kinds.targets.values() if kind not in _TARGETS}
        if unknown or not any(kind in _INPUTS for kind in data.kinds.inputs.values()):
            raise ConfigError("framing is for images with boxes. Set mirrored, upended and framing to 0.")

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
        """Change every picture, and all boxes in it."""
        to = {"scale": draws["scale"], "shift": draws["shift"]}
        inputs, targets = (
            {kind: partial(change, **to) for kind, change in known.items()} for known in (_INPUTS, _TARGETS)
        )
        return batch.change(inputs, targets)


def reframed_boxes(boxes: Any, scale: Any, shift: Any) -> Any:
    """Return encoded boxes ``(b, k, 6)`` of reframed pictures, see ``core.boxes``.

    Args:
        boxes: of the pictures as they were.
        scale: ``(b, 2)``.
        shift: ``(b, 2)``.
    """
    ops = space_of(boxes)
    first = boxes[..., :2] * scale[:, None] + shift[:, None]
    second = boxes[..., 2:4] * scale[:, None] + shift[:, None]
    # the corners of what was mirrored change places
    low, high = ops.minimum(first, second), ops.maximum(first, second)
    inner_low, inner_high = ops.clip(low, 0.0, 1.0), ops.clip(high, 0.0, 1.0)
    whole, left = _area(high - low), _area(inner_high - inner_low)
    kept = left > LEAST_LEFT * whole
    label = ops.where(kept, boxes[..., LABEL], ops.full_like(left, NO_BOX))
    return ops.concatenate([inner_low, inner_high, label[..., None], boxes[..., LABEL + 1 :]], axis=-1)


def reframed_pictures(pictures: Any, scale: Any, shift: Any) -> Any:
    """Return reframed pictures ``(b, h, w, channels)``, sampled bilinearly; see ``reframed_boxes``."""
    turned = _resampled(pictures, scale[:, 1], shift[:, 1])
    ops = space_of(pictures)
    turned = ops.transpose(turned, (0, 2, 1, 3))
    return ops.transpose(_resampled(turned, scale[:, 0], shift[:, 0]), (0, 2, 1, 3))


def _resampled(pictures: Any, scale: Any, shift: Any) -> Any:
    """Pictures with other rows: each one between two of them, by weight; whole rows are copied at once."""
    ops = space_of(pictures)
    rows, columns, channels = pictures.shape[1:]
    middles = (ops.arange(rows, dtype="float32") + 0.5) / rows
    wanted = (middles[None] - shift[:, None]) / scale[:, None]
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


def _area(sides: Any) -> Any:
    return sides[..., 0] * sides[..., 1]


_INPUTS: Mapping[str, Callable[..., Any]] = {"image": reframed_pictures}
_TARGETS: Mapping[str, Callable[..., Any]] = {"boxes": reframed_boxes}
"""What is changed, by kind."""
