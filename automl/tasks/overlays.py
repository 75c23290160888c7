"""Pictures with the classes of their pixels laid over them.

Symbols: h x w pixels, c channels.
"""

from __future__ import annotations

import base64
import colorsys
import io

import numpy as np

from automl.core.figures import Picture
from automl.tasks.mask_files import MaskForm

SIDE = 160
"""Longest side of a picture in a report, in pixels."""

OPACITY = 0.45
WRONG = (255, 40, 40)
GOLDEN = 0.618034
"""Share of the circle of hues between the colours of one class and the next: no two are alike."""


def colours_of(form: MaskForm) -> np.ndarray:
    """Return a colour for each class ``(k, 3) uint8``: its own where masks have colours."""
    if form.mode == "RGB":
        return np.array([(value >> 16, value >> 8 & 255, value & 255) for value in form.values], np.uint8)
    palette = np.array(form.palette, np.uint8).reshape(-1, 3)
    if len(palette) > max(form.values):
        return palette[list(form.values)]
    if len(form.values) == 2:
        return np.array([(30, 30, 30), (60, 160, 255)], np.uint8)
    made = [colorsys.hsv_to_rgb(at * GOLDEN % 1.0, 0.75, 0.95) for at in range(len(form.values))]
    return np.array([[round(255 * part) for part in colour] for colour in made], np.uint8)


def plain_picture(pixels: np.ndarray) -> np.ndarray:
    """Return raw pixels ``(h, w, c)`` as ``(h, w, 3) uint8``; other than bytes are stretched to 0..255."""
    values = pixels.astype(np.float64)
    if pixels.dtype != np.uint8:
        low, high = float(values.min()), float(values.max())
        values = (values - low) * (255.0 / ((high - low) or 1.0))
    return np.broadcast_to(values.clip(0, 255).astype(np.uint8), (*pixels.shape[:2], 3))


def overlaid(picture: np.ndarray, codes: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Return a picture ``(h, w, 3) uint8`` under the colours of its classes ``(h, w)``, -1 for none."""
    coloured = (1 - OPACITY) * picture + OPACITY * colours[np.maximum(codes, 0)]
    return np.where((codes >= 0)[..., None], coloured, picture).astype(np.uint8)


def with_errors(picture: np.ndarray, truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Return a picture ``(h, w, 3) uint8`` with red where the answer is wrong."""
    wrong = (truth >= 0) & (truth != answer)
    coloured = (1 - OPACITY) * picture + OPACITY * np.array(WRONG)
    return np.where(wrong[..., None], coloured, 0.6 * picture).astype(np.uint8)


def png_of(pixels: np.ndarray, side: int = SIDE) -> str:
    """Return pixels ``(h, w, 3) uint8`` as a small PNG in base64."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def cell_of(pixels: np.ndarray) -> Picture:
    """Return pixels ``(h, w, 3) uint8`` as a cell of a table."""
    return Picture(png=png_of(pixels))
