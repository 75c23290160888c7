"""Class maps: the class of each pixel of a picture. They are read from mask files beside the pictures."""

from __future__ import annotations

import numpy as np

from automl.data.target_kinds.kind import Elsewhere


def _told(targets: np.ndarray) -> str:
    """The number of classes, and the share of pixels without one."""
    unknown = float((targets < 0).mean())
    left_out = f", {100 * unknown:.2g}% of the pixels without one" if unknown else ""
    return f", {int(targets.max()) + 1} classes of pixels{left_out}"


KIND = Elsewhere(told=_told)
