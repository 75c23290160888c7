"""What a picture looks like, in a few numbers that survive saving it again.

A picture is made small and grey, and brought to one brightness and contrast. What all pictures of a data
set share, such as the outline of a chest, is taken away by whitening their main components: pictures of
different things are then as alike as random directions, and copies stay alike. The cosine of two pictures
is compared, and not a hash of some bits: for as many as a data set has, a product of matrices finds every
pair.

Symbols: n pictures, s side in pixels, d components.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SIDE = 16
"""Pixels of the small picture; what is finer is lost by compression and scaling first."""

COMPONENTS = 32
"""Main components at most: those of lower variance are mostly noise of compression."""

EACH = 4
"""Pictures at least for each component, so that its direction is no chance."""

LEAST_VARIANCE = 1e-5
"""Of a component, as a share of the largest: what is smaller is rounding."""

CHUNK = 256
"""Pictures that are looked at together: they may be mapped from files."""

FLAT = 1e-3
"""Spread, as a share of the range of brightness, below which a picture shows nothing."""


def is_pictures(array: Any) -> bool:
    """Whether an input is of pictures ``(n, height, width, channels)``."""
    return len(array.shape) == 4 and array.shape[-1] <= 4 and array.dtype.kind in "uf"


def is_clips(array: Any) -> bool:
    """Whether an input is of frames of videos ``(n, frames, height, width, channels)``."""
    return len(array.shape) == 5 and array.shape[-1] <= 4 and array.dtype.kind in "uf"


def small_pictures(array: Any, rows: np.ndarray) -> np.ndarray:
    """Return pictures grey and small ``(n, s * s) float32``; of clips the mean of their frames.

    Args:
        array: pictures or clips.
        rows: positions of those to take.
    """
    step = max(1, CHUNK // (array.shape[1] if is_clips(array) else 1))
    parts = [_small(np.asarray(array[rows[at : at + step]])) for at in range(0, len(rows), step)]
    return np.concatenate(parts) if parts else np.zeros((0, SIDE * SIDE), np.float32)


def look_of(small: np.ndarray) -> np.ndarray:
    """Return directions ``(n, d) float32`` of length 1, of which the product says how alike pictures are.

    A picture of one colour has none, and is the zero vector.

    Args:
        small: of ``small_pictures``.
    """
    flat = small.std(axis=1) <= FLAT * max(float(np.ptp(small)), 1e-12) if len(small) else np.zeros(0, bool)
    centred = small - small.mean(axis=1, keepdims=True)
    centred /= np.maximum(centred.std(axis=1, keepdims=True), 1e-12)
    centred[flat] = 0
    shown = centred[~flat] - centred[~flat].mean(axis=0) if (~flat).any() else centred[:0]
    if len(shown) < 2:
        return np.zeros((len(small), 1), np.float32)
    values, vectors = np.linalg.eigh(shown.T.astype(np.float64) @ shown / len(shown))
    varied = int((values > LEAST_VARIANCE * values[-1]).sum())
    main = slice(-1, -1 - max(1, min(COMPONENTS, len(shown) // EACH, varied)), -1)
    found = shown @ (vectors[:, main] / np.sqrt(np.maximum(values[main], 1e-12))).astype(np.float32)
    directions = np.zeros((len(small), found.shape[1]), np.float32)
    directions[~flat] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    return directions


def mirrored(small: np.ndarray) -> np.ndarray:
    """Return small pictures with left and right exchanged."""
    side = int(np.sqrt(small.shape[1]))
    return np.ascontiguousarray(small.reshape(-1, side, side)[:, :, ::-1]).reshape(small.shape)


def _small(pixels: np.ndarray) -> np.ndarray:
    grey: np.ndarray = pixels.astype(np.float32).mean(axis=-1)
    if grey.ndim == 4:  # frames
        grey = grey.mean(axis=1)
    for axis in (1, 2):
        grey = _means(grey, axis)
    return np.asarray(grey.reshape(len(grey), -1))


def _means(values: np.ndarray, axis: int) -> np.ndarray:
    """Means over parts of an axis, as equal as can be; fewer pixels than parts are repeated."""
    size = values.shape[axis]
    if size < SIDE:
        return np.asarray(values.take(np.arange(SIDE) * size // SIDE, axis=axis))
    begins = np.arange(SIDE) * size // SIDE
    counts = np.diff([*begins, size]).astype(np.float32)
    shape = [1] * values.ndim
    shape[axis] = SIDE
    return np.asarray(np.add.reduceat(values, begins, axis=axis) / counts.reshape(shape))
