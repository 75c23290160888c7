"""Boxes in pictures that are mirrored, scaled and cut.

Legend: b examples, k room for boxes. Points are shares of the sides; a point p of the picture comes to
``scale * p + shift``.
"""

from __future__ import annotations

from typing import Any

from automl.core.boxes import LABEL, NO_BOX
from automl.training.batches.transforms.space import space_of

LEAST_LEFT = 0.25
"""Share of a box that must be in the frame: of less, nobody could tell what it is."""


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


def transposed_boxes(boxes: Any) -> Any:
    """Return encoded boxes ``(b, k, 6)`` of pictures whose rows became columns."""
    ops = space_of(boxes)
    return ops.stack([boxes[..., at] for at in (1, 0, 3, 2, *range(4, boxes.shape[-1]))], axis=-1)


def _area(sides: Any) -> Any:
    return sides[..., 0] * sides[..., 1]
