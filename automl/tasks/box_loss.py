"""The loss of an anchor-free detector: where things are, as a map of heat, and how far they reach.

Objects as points (Zhou et al., 2019): the cell in which a box has its centre is to be hot, cells around
it may be, as a Gaussian of the box's size says. All cells under it learn the box, weighted by it, as in
"Training-time-friendly network" (Liu et al., 2020), so that few pictures are enough.

Legend: n pictures, k room for boxes, h and w sides of the map, c labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.boxes import CROWD, LABEL
from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss

HEAT, SIDES = "heat", "sides"
"""Raw outputs: logits ``(n, h, w, c)``, and where boxes are ``(n, h, w, 4)``, see ``boxes_at``."""

FARTHEST = 6.0
"""Largest logarithm of a side, in typical sides: a box 400 times as large."""

_SEEN = 0.01
"""Heat of a Gaussian below which a cell learns no box."""


def boxes_at(sides: Any, typical: Sequence[float], space: Any) -> Any:
    """Return corners ``(n, h, w, 4)`` of the box at each cell, as shares of the picture's sides.

    Args:
        sides: ``(n, h, w, 4)``: from the middle of the cell to that of the box, in typical sides, and the
            logarithm of its sides, in the same unit; horizontal first.
        typical: width and height of a typical box, as shares.
        space: NumPy or ``keras.ops``, as ``sides`` is of.
    """
    height, width = sides.shape[1:3]
    x = (space.arange(width, dtype="float32") + 0.5)[None, None, :] / width
    y = (space.arange(height, dtype="float32") + 0.5)[None, :, None] / height
    logarithms = space.clip(sides[..., 2:], -FARTHEST, FARTHEST)
    half_width = 0.5 * typical[0] * space.exp(logarithms[..., 0])
    half_height = 0.5 * typical[1] * space.exp(logarithms[..., 1])
    x, y = x + typical[0] * sides[..., 0], y + typical[1] * sides[..., 1]
    return space.stack([x - half_width, y - half_height, x + half_width, y + half_height], axis=-1)


@keras.saving.register_keras_serializable(package="automl")
class BoxLoss(MappingLoss):
    """Focal loss of the heat, generalised IoU and L1 distance of the boxes.

    Of each picture by itself, over the number of its boxes: one with many counts as one with few. Heat
    within a crowd is neither right nor wrong.

    Args:
        typical: width and height of a typical box, as shares of the picture's sides.
        giou_weight: of the generalised IoU (Rezatofighi et al., 2019) beside the heat.
        l1_weight: of the distances of the corners, in sides of the box.
        spread: size of the Gaussian in sides of the box: six standard deviations are so long.
    """

    dials = ("giou_weight", "l1_weight", "spread")

    def __init__(
        self,
        typical: Sequence[float],
        giou_weight: float = 5.0,
        l1_weight: float = 0.5,
        spread: float = 0.54,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"name": "boxes", **kwargs})
        self.typical = tuple(float(side) for side in typical)
        self.giou_weight, self.l1_weight, self.spread = giou_weight, l1_weight, spread

    def call(self, y_true: Any, y_pred: Any) -> KerasTensor:
        """Encoded boxes against heat and sides; gives ``(n,)``."""
        logits = ops.cast(y_pred[HEAT], "float32")
        predicted = boxes_at(ops.cast(y_pred[SIDES], "float32"), self.typical, ops)
        boxes = ops.cast(y_true[TARGET], "float32")
        crowd = boxes[..., CROWD] > 0
        real = ops.cast(ops.logical_and(boxes[..., LABEL] >= 0, ops.logical_not(crowd)), "float32")
        heat, owner, share = self._heat(boxes, real, logits.shape)
        count = ops.maximum(ops.sum(real, axis=1), 1.0)
        focal = _focal(logits, heat, ops.logical_not(_inside(boxes, crowd, logits.shape)))
        giou, distance = _box_losses(predicted, _of_owner(boxes[..., :4], owner))
        weight = ops.where(ops.max(heat, axis=-1) > _SEEN, share, 0.0)
        total = ops.maximum(ops.sum(weight, axis=(1, 2)), 1e-6)

        def mean(values: KerasTensor) -> KerasTensor:
            return ops.sum(weight * values, axis=(1, 2)) / total

        return focal / count + self.giou_weight * mean(giou) + self.l1_weight * mean(distance)

    def _heat(
        self, boxes: KerasTensor, real: KerasTensor, shape: Sequence[int]
    ) -> tuple[KerasTensor, KerasTensor, KerasTensor]:
        """The heat that is wanted ``(n, h, w, c)``, the box that each cell belongs to ``(n, h, w)``, and
        the share of that box's weight that the cell has.

        A cell belongs to the box whose Gaussian is highest there, the first one of several.
        """
        height, width, labels = shape[1:]
        rows, vertical = self._along(boxes[..., 1], boxes[..., 3], height)
        columns, horizontal = self._along(boxes[..., 0], boxes[..., 2], width)
        gaussian = rows[:, :, :, None] * columns[:, :, None, :] * real[:, :, None, None]
        owner = ops.argmax(gaussian, axis=1)
        highest = ops.max(gaussian, axis=1)
        volume = 1.0 / ops.maximum(6.2832 * vertical * horizontal, 1.0)
        of_owner = _of_owner(ops.stack([boxes[..., LABEL], volume], axis=-1), owner)
        named = ops.one_hot(ops.cast(ops.maximum(of_owner[..., 0], 0.0), "int32"), labels)
        return highest[..., None] * ops.cast(named, "float32"), owner, highest * of_owner[..., 1]

    def _along(self, low: KerasTensor, high: KerasTensor, cells: int) -> tuple[KerasTensor, KerasTensor]:
        """A Gaussian along one side ``(n, k, cells)``, 1 at the cell of the centre, and its deviation."""
        centre = ops.clip(ops.floor(0.5 * (low + high) * cells), 0.0, cells - 1.0)
        deviation = ops.maximum(self.spread * (high - low) * cells / 6.0, 0.3)
        places = ops.arange(cells, dtype="float32")[None, None, :]
        away = (places - centre[..., None]) / deviation[..., None]
        return ops.exp(-0.5 * ops.square(away)), deviation

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"typical": list(self.typical), "giou_weight": self.giou_weight}
        return {**super().get_config(), **own, "l1_weight": self.l1_weight, "spread": self.spread}


def _of_owner(values: KerasTensor, owner: KerasTensor) -> KerasTensor:
    """Of values of boxes ``(n, k, v)`` those of the box that each cell belongs to ``(n, h, w, v)``."""
    height, width = owner.shape[1:]
    flat = ops.reshape(owner, (-1, height * width, 1))
    taken = ops.take_along_axis(values, ops.cast(flat, "int32"), axis=1)
    return ops.reshape(taken, (-1, height, width, values.shape[-1]))


def _focal(logits: KerasTensor, heat: KerasTensor, counts: KerasTensor) -> KerasTensor:
    """Sum of the penalty-reduced focal loss (Law and Deng, 2018) ``(n,)``.

    Args:
        logits: ``(n, h, w, c)``.
        heat: what is wanted, 1 at centres.
        counts: which cells can be wrong by being hot ``(n, h, w) bool``.
    """
    chance = ops.sigmoid(logits)
    hot = ops.square(1 - chance) * ops.softplus(-logits)
    cold = ops.power(1 - heat, 4) * ops.square(chance) * ops.softplus(logits)
    cold = cold * ops.cast(counts, cold.dtype)[..., None]
    return ops.sum(ops.where(heat > 0.999, hot, cold), axis=(1, 2, 3))


def _inside(boxes: KerasTensor, chosen: KerasTensor, shape: Sequence[int]) -> KerasTensor:
    """Which cells have their middle in one of the chosen boxes ``(n, h, w) bool``."""
    height, width = shape[1:3]
    y = ((ops.arange(height, dtype="float32") + 0.5) / height)[None, None, :]
    x = ((ops.arange(width, dtype="float32") + 0.5) / width)[None, None, :]
    rows = ops.logical_and(y >= boxes[..., 1:2], y <= boxes[..., 3:4])
    columns = ops.logical_and(x >= boxes[..., 0:1], x <= boxes[..., 2:3])
    both = ops.logical_and(rows[:, :, :, None], columns[:, :, None, :])
    return ops.any(ops.logical_and(both, chosen[:, :, None, None]), axis=1)


def _box_losses(found: KerasTensor, true: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    """One minus the generalised IoU, and the mean distance of the corners in sides of the true box."""
    low, high = ops.maximum(found[..., :2], true[..., :2]), ops.minimum(found[..., 2:], true[..., 2:])
    shared = _area(ops.maximum(high - low, 0.0))
    sides = ops.maximum(true[..., 2:] - true[..., :2], 1e-6)
    union = _area(found[..., 2:] - found[..., :2]) + _area(sides) - shared
    low, high = ops.minimum(found[..., :2], true[..., :2]), ops.maximum(found[..., 2:], true[..., 2:])
    hull = ops.maximum(_area(high - low), 1e-12)
    giou = shared / ops.maximum(union, 1e-12) - (hull - union) / hull
    away = ops.abs(found - true) / ops.concatenate([sides, sides], axis=-1)
    return 1 - giou, ops.mean(away, axis=-1)


def _area(sides: KerasTensor) -> KerasTensor:
    return sides[..., 0] * sides[..., 1]
