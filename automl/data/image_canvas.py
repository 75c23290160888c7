"""The canvas of a job whose pictures keep their proportions: how large it is."""

from __future__ import annotations

import math

import numpy as np

from automl.core.errors import DataError
from automl.data.image_heads import MEMORY_LIMIT, Form, Heads, choose_channels


def choose_canvas(
    heads: Heads, side: int | None, *, longest: int, multiple: int = 1, beside: int = 0
) -> Form:
    """Choose a canvas of the proportions that most pictures have, and of their size within limits.

    Args:
        heads: of the training files.
        side: longer side asked for in pixels, or None.
        longest: the longer side is not above it unless asked for.
        multiple: sides are multiples of it, rounded up.
        beside: bytes that a pixel takes beside its channels.

    Raises:
        DataError: no file is readable, or the canvas asked for takes too much memory.
    """
    channels, count = choose_channels(heads), len(heads.sizes)
    ratio = float(np.median(heads.sizes[:, 0] / heads.sizes[:, 1]))
    shares = min(1.0, ratio), min(1.0, 1 / ratio)
    each = (4 * channels + beside) * shares[0] * shares[1]
    affordable = int((MEMORY_LIMIT / (each * count)) ** 0.5)
    if side is not None and not 1 <= side <= affordable:
        raise DataError(
            f"{count} images with a longer side of {side} pixels do not fit: expected an image size "
            f"between 1 and {affordable} (4 GiB as float32). Choose a smaller image size."
        )
    usual = int(np.median(heads.sizes.max(axis=1)))
    longer = min(longest, usual, affordable) if side is None else side
    rows, columns = (
        multiple * max(1, math.ceil(max(1, round(longer * share)) / multiple)) for share in shares
    )
    return Form(height=rows, width=columns, channels=channels, letterbox=True)
