"""Boxes in pictures as arrays, laid out alike for everyone who reads them.

Legend: n pictures, k boxes of one picture or room for so many, m boxes that are predicted for each.

* raw ``(k, 6)``, one array per picture: ``x1, y1, x2, y2`` in pixels of the picture as it was read, the
  place of the label among the labels, and 1 for a crowd of things that are not told apart, else 0;
* encoded ``(n, k, 6)``: the same with corners as shares of the sides, and rows whose label is ``NO_BOX``
  where a picture has fewer boxes than others;
* predicted ``(n, m, 6)``: corners in pixels, score, label; rows of the score 0 and the label ``NO_BOX``
  behind the last box.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

COLUMNS = 6
LABEL, CROWD = 4, 5
"""Columns of raw and of encoded boxes behind the four corners."""

SCORE, NAMED = 4, 5
"""Columns of predicted boxes behind the four corners: the score, and the label."""

NO_BOX = -1.0
"""Label of a row that is no box."""


def padded(boxes: Sequence[np.ndarray]) -> np.ndarray:
    """Return boxes of pictures ``(k, 6)`` as one array ``(n, k, 6) float32``, k being at least 1."""
    import numpy as np

    room = max([1, *map(len, boxes)])
    whole = np.zeros((len(boxes), room, COLUMNS), np.float32)
    whole[..., LABEL] = NO_BOX
    for row, own in enumerate(boxes):
        whole[row, : len(own)] = own
    return whole


def areas(corners: np.ndarray) -> np.ndarray:
    """Return the areas of boxes ``(..., 4)``, 0 where one has none."""
    import numpy as np

    sides = np.maximum(corners[..., 2:4] - corners[..., :2], 0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def overlaps(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the intersection over union of boxes ``(..., a, 4)`` with others ``(..., b, 4)``."""
    import numpy as np

    first, second = one[..., :, None, :4], other[..., None, :, :4]
    low, high = np.maximum(first[..., :2], second[..., :2]), np.minimum(first[..., 2:4], second[..., 2:4])
    shared = np.maximum(high - low, 0).prod(axis=-1)
    union = areas(first) + areas(second) - shared
    return np.asarray(shared / np.maximum(union, 1e-12))
