"""Pictures with boxes, as their annotations have them; no picture is opened yet.

Legend: k boxes of a picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from automl.data.parts import UNNAMED


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One picture with its boxes.

    Attributes:
        path: of the picture.
        name: relative to the source.
        corners: ``x1, y1, x2, y2`` of each box ``(k, 4) float64``, in pixels from the outer edge of the top
            left pixel; NaN where one is written that is no number.
        labels: of each box.
        crowd: whether it is a crowd of things ``(k,) bool``.
        part: see ``automl.data.parts``.
        size: width and height of the picture as its annotation tells them, or None.
        shares: whether corners are shares of the sides instead of pixels.
    """

    path: Path
    name: str
    corners: np.ndarray
    labels: tuple[str, ...]
    crowd: np.ndarray
    part: str = UNNAMED
    size: tuple[int, int] | None = None
    shares: bool = False


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """What the annotations of a source say.

    Attributes:
        scenes: in the order of their names.
        layout: what users are told it is.
        where: what messages call the source.
        labels: in an order of the source's own; empty for that of the alphabet.
        counts: what was found that a user should know, each with how often.
        notes: what else a user should know.
    """

    scenes: tuple[Scene, ...]
    layout: str
    where: str
    labels: tuple[str, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


def scene(
    path: Path,
    name: str,
    boxes: Sequence[tuple[str, Sequence[float], bool]],
    *,
    part: str = UNNAMED,
    size: tuple[int, int] | None = None,
    shares: bool = False,
) -> Scene:
    """Return a picture with boxes, each a label, four corners and whether it is a crowd."""
    return Scene(
        path=path,
        name=name,
        corners=np.array([corners for _, corners, _ in boxes], np.float64).reshape(-1, 4),
        labels=tuple(label for label, _, _ in boxes),
        crowd=np.array([crowd for _, _, crowd in boxes], bool),
        part=part,
        size=size,
        shares=shares,
    )


def number(text: object) -> float:
    """Return a number as an annotation writes it, NaN for anything else."""
    try:
        return float(str(text).strip())
    except ValueError:
        return float("nan")
