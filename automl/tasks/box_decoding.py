"""From maps of heat and sides to boxes in pixels: peaks, the best of them, one box for each thing.

It is the last layer of an exported detector, and computes with NumPy where epochs are scored.

Legend: n pictures, h and w sides of the map, c labels, m boxes of a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.boxes import COLUMNS, NO_BOX
from automl.core.letterbox import fitted_sides
from automl.tasks.box_loss import HEAT, SIDES, boxes_at

FRAME = "frame"
"""Raw output: height and width ``(n, 2)`` in pixels of the picture that a model was given."""

MOST = 100
"""Boxes of a picture at most, as the field's metrics count them."""

SAME = 0.5
"""Intersection over union from which two boxes of a label are taken for one thing (Zhou et al., 2019)."""


def decoded(outputs: Mapping[str, Any], typical: Sequence[float], sides: Sequence[int]) -> Any:
    """Return predicted boxes ``(n, m, 6)``, see ``core.boxes``: arrays in NumPy, tensors by a layer.

    Args:
        outputs: ``HEAT``, ``SIDES`` and ``FRAME``.
        typical: width and height of a typical box, as shares.
        sides: height and width that pictures are brought to, in pixels.
    """
    parts = [outputs[name] for name in (HEAT, SIDES, FRAME)]
    if all(isinstance(part, np.ndarray) for part in parts):
        return _decoded(parts, typical, sides, np)
    return DecodeBoxes(typical, sides, name="boxes")(parts)


@keras.saving.register_keras_serializable(package="automl")
class DecodeBoxes(keras.layers.Layer):  # type: ignore[misc]
    """From ``[heat, sides, frame]`` to boxes ``(n, m, 6) float32`` in pixels of the picture given.

    Args:
        typical: width and height of a typical box, as shares.
        sides: height and width that pictures are brought to, in pixels.
    """

    def __init__(self, typical: Sequence[float], sides: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.typical, self.sides = [float(side) for side in typical], [int(side) for side in sides]

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        """Decode a batch."""
        return _decoded(inputs, self.typical, self.sides, ops)

    def compute_output_spec(self, inputs: list[KerasTensor]) -> KerasTensor:
        """As many boxes as there is room for."""
        return KerasTensor((inputs[0].shape[0], _room(inputs[0].shape), COLUMNS), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "typical": self.typical, "sides": self.sides}


def _room(shape: Sequence[int]) -> int:
    return int(min(MOST, shape[1] * shape[2] * shape[3]))


def _decoded(parts: Sequence[Any], typical: Sequence[float], form: Sequence[int], space: Any) -> Any:
    heat, sides, frame = parts
    height, width, labels = heat.shape[1:]
    scores = _peaks(0.5 * (1 + space.tanh(0.5 * heat)), space)
    scores, places = _best(space.reshape(scores, (-1, height * width * labels)), _room(heat.shape), space)
    cells, label = places // labels, places % labels
    every = space.reshape(boxes_at(sides, typical, space), (-1, height * width, 4))
    corners = space.take_along_axis(every, cells[..., None], axis=1)
    corners = _in_pixels(corners, frame, form, space)
    named = _cast(label, space)
    kept = _one_of_each(corners, named, space)
    scores = space.where(kept, scores, 0.0)
    scores, order = _best(scores, int(scores.shape[1]), space)
    rows = space.concatenate([corners, named[..., None]], axis=-1)
    rows = space.take_along_axis(rows, order[..., None], axis=1)
    real = scores[..., None] > 0
    named = space.where(real, rows[..., 4:], NO_BOX)
    found = space.concatenate([space.where(real, rows[..., :4], 0.0), scores[..., None], named], axis=-1)
    return _cast(found, space)


def _peaks(chances: Any, space: Any) -> Any:
    """Chances ``(n, h, w, c)`` where none of the eight cells around is more likely, else 0."""
    height, width = chances.shape[1:3]
    wide = space.pad(chances, ((0, 0), (1, 1), (1, 1), (0, 0)))
    highest = chances
    for down in range(3):
        for right in range(3):
            highest = space.maximum(highest, wide[:, down : down + height, right : right + width])
    return space.where(chances >= highest, chances, 0.0)


def _best(scores: Any, most: int, space: Any) -> tuple[Any, Any]:
    """The highest of scores ``(n, ...)`` and their places, the first of equal ones first."""
    if space is not np:
        best, places = ops.top_k(scores, most)
        return best, ops.cast(places, "int32")
    places = np.argsort(-scores, axis=1, kind="stable")[:, :most]
    return np.take_along_axis(scores, places, axis=1), places


def _in_pixels(corners: Any, frame: Any, form: Sequence[int], space: Any) -> Any:
    """Shares of a picture that was put into the top left of a canvas as pixels of itself, none outside."""
    high, wide = frame[:, :1, None], frame[:, 1:2, None]
    height, width = (_cast(side, space) for side in fitted_sides(high, wide, form, space))
    x = space.maximum(space.minimum(corners[..., 0::2] * (form[1] * wide / width), wide), 0.0)
    y = space.maximum(space.minimum(corners[..., 1::2] * (form[0] * high / height), high), 0.0)
    return space.stack([x[..., 0], y[..., 0], x[..., 1], y[..., 1]], axis=-1)


def _one_of_each(corners: Any, labels: Any, space: Any) -> Any:
    """Which boxes stay ``(n, m) bool``: those that no better one of their label covers.

    A box goes if one goes over it that stays itself. To start from all and to ask again until nothing
    changes gives what going through them one by one gives: the first is right at once, the next after it.
    """
    low = space.maximum(corners[:, :, None, :2], corners[:, None, :, :2])
    high = space.minimum(corners[:, :, None, 2:], corners[:, None, :, 2:])
    sides = space.maximum(high - low, 0.0)
    shared = sides[..., 0] * sides[..., 1]
    sides = corners[..., 2:] - corners[..., :2]
    area = sides[..., 0] * sides[..., 1]
    union = space.maximum(area[:, :, None] + area[:, None, :] - shared, 1e-9)
    many = int(corners.shape[1])
    # better ones stand first: rows go over columns
    before = space.triu(space.ones((many, many), dtype="float32"), k=1)[None]
    alike = labels[:, :, None] == labels[:, None, :]
    covers = _cast(space.logical_and(shared > SAME * union, alike), space) * before
    return _settled(covers, space)


def _settled(covers: Any, space: Any) -> Any:
    def asked(kept: Any) -> Any:
        return _cast(space.matmul(kept[:, None, :], covers)[:, 0] < 0.5, space)

    kept = space.ones_like(covers[:, 0])
    if space is np:
        for _ in range(kept.shape[1]):
            before, kept = kept, asked(kept)
            if (before == kept).all():
                break
        return kept > 0.5

    def changes(kept: Any, before: Any) -> Any:
        return ops.any(kept != before)

    # no two boxes go in turns for longer than there are boxes
    kept, _ = ops.while_loop(
        changes,
        lambda kept, before: (asked(kept), kept),
        (asked(kept), kept),
        maximum_iterations=int(covers.shape[1]),
    )
    return kept > 0.5


def _cast(values: Any, space: Any) -> Any:
    return values.astype("float32") if space is np else ops.cast(values, "float32")
