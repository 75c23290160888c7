"""Attributions of pixels laid over their picture, as small PNGs.

Symbols: h x w pixels.
"""

from __future__ import annotations

import base64
import io

import numpy as np

from automl.core.figures import Picture

SIDE = 160
"""Longest side of a drawn picture, in pixels."""

STRONGEST = 0.99
"""Quantile of a map that is drawn at full strength: a few pixels must not outshine all others."""

FAINT = 0.75
"""Opacity of the strongest places."""

FOR, AGAINST = (255, 60, 0), (0, 90, 255)
"""Colours of what speaks for the answer and of what speaks against it."""


def plain_pixels(values: np.ndarray) -> np.ndarray:
    """Return raw pixels ``(h, w, c)`` as ``(h, w, 3) uint8``; values that are no bytes are stretched."""
    pixels = np.nan_to_num(np.asarray(values, np.float64))
    if values.dtype != np.uint8 and (pixels.max(initial=0.0) > 255 or pixels.max(initial=0.0) <= 1):
        low, high = float(pixels.min()), float(pixels.max())
        pixels = (pixels - low) * (255.0 / ((high - low) or 1.0))
    colours = pixels[..., :3] if pixels.shape[-1] == 4 else pixels
    return np.asarray(np.broadcast_to(colours.clip(0, 255).astype(np.uint8), (*pixels.shape[:2], 3)))


def scale_of_heat(heat: np.ndarray) -> float:
    """Return the size from which places of a map are drawn at full strength."""
    known = np.abs(np.nan_to_num(heat))
    return float(np.quantile(known, STRONGEST)) or float(known.max()) or 1.0


def overlaid(pixels: np.ndarray, heat: np.ndarray, scale: float | None = None) -> np.ndarray:
    """Return a picture under its map: red speaks for the answer, blue against it.

    Args:
        pixels: ``(h, w, 3) uint8``.
        heat: ``(h, w)``.
        scale: size of its strongest places; of this map by default.
    """
    known = np.nan_to_num(heat)
    strength = (np.abs(known) / (scale or scale_of_heat(known))).clip(0, 1)[..., None] * FAINT
    colour = np.where(known[..., None] >= 0, np.array(FOR), np.array(AGAINST))
    grey = pixels.mean(axis=-1, keepdims=True)  # colours of the picture would be taken for those of the map
    return np.asarray(((1 - strength) * grey + strength * colour).astype(np.uint8))


def png_of(pixels: np.ndarray, side: int = SIDE) -> bytes:
    """Return pixels ``(h, w, 3) uint8`` as a PNG whose longest side is ``side``."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    factor = side / max(image.size)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    file = io.BytesIO()
    image.resize(size, Image.Resampling.NEAREST if factor > 1 else Image.Resampling.BOX).save(file, "PNG")
    return file.getvalue()


def cell_of(png: bytes) -> Picture:
    """Return a PNG as a cell of a table."""
    return Picture(png=base64.b64encode(png).decode())


def smoothed(heat: np.ndarray) -> np.ndarray:
    """Return a map without its grain: gradients differ from pixel to pixel, and eyes see places."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(np.nan_to_num(heat), max(heat.shape) / 32))
