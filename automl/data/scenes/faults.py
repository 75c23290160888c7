"""What is wrong with boxes: counted, told, and mended or left out.

Legend: k boxes of a picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from automl.core.boxes import COLUMNS, CROWD, LABEL
from automl.core.notes import Note
from automl.data.scenes.scene import Scene

SLACK = 0.5
"""Pixels by which a box may reach over the edge without being told: sides are rounded."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What was found.

    Attributes:
        boxes: how often, of boxes, by the sentence that tells it.
        pictures: the same of pictures.
    """

    boxes: Counter[str]
    pictures: Counter[str]

    def notes(self, boxes: int, pictures: int) -> tuple[Note, ...]:
        """Return what to tell, each with its share of all boxes or pictures."""
        told = [(self.boxes, boxes, "boxes"), (self.pictures, pictures, "images")]
        return tuple(
            Note(f"{count:,} of {whole:,} {unit} {said}.", count / max(1, whole))
            for tally, whole, unit in told
            for said, count in tally.items()
            if count
        )


def new_tally() -> Tally:
    """Return one without an entry."""
    return Tally(boxes=Counter(), pictures=Counter())


def mended(item: Scene, sides: tuple[int, int], places: Mapping[str, int], tally: Tally) -> np.ndarray:
    """Return the boxes of a picture that can be used ``(k, 6)``, see ``core.boxes``, in its own pixels.

    Args:
        item: the picture.
        sides: its width and height in pixels.
        places: place of each label; boxes of others are left out.
        tally: is told what was done.
    """
    wide, high = sides
    edges = np.array([wide, high, wide, high], np.float64)
    corners = item.corners * edges if item.shares else item.corners
    labels = np.array([places.get(label, -1) for label in item.labels], np.float64)
    written = np.isfinite(corners).all(axis=1)
    area = (corners[:, 2:] > corners[:, :2]).all(axis=1)
    clipped = np.clip(corners, 0, edges)
    inside = (clipped[:, 2:] > clipped[:, :2]).all(axis=1)
    good = written & area & inside & (labels >= 0)
    cut = good & (np.abs(clipped - corners) > SLACK).any(axis=1)
    faults = {
        "have a corner that is no number and were left out": ~written,
        "have no area and were left out": written & ~area,
        "lie outside of their image and were left out": written & area & ~inside,
        "reach over the edge of their image and were cut there": cut,
        "have a label that is not known and were left out": written & area & inside & (labels < 0),
    }
    for said, found in faults.items():
        tally.boxes[said] += int(found.sum())
    tally.pictures["have no boxes: all of it is background"] += not good.any()
    if item.size is not None and item.size != sides:
        tally.pictures["have another size than their annotation says; corners are taken as they are"] += 1
    made = np.zeros((len(corners), COLUMNS))
    made[:, :4], made[:, LABEL], made[:, CROWD] = clipped, labels, item.crowd
    return np.asarray(made[good])
