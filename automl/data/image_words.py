"""Colours of 16 bits, of which Pillow's modes hold the upper 8: read twice, once for either byte."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

_WORDS = re.compile(r"(LA|RGBA|RGBX|RGB);16[BLN]")
_OTHER = {"B": "L", "L": "B"}


def stored_as(picture: Image.Image) -> str:
    """How the decoder of an opened, not yet loaded file is told to read it, such as ``RGB;16B``."""
    tiles: Any = getattr(picture, "tile", None)
    if not tiles:
        return ""
    told = tiles[0].args
    return str(told[0] if isinstance(told, tuple) and told else told)


def holds_words(stored: str) -> bool:
    """Whether a file holds colours of 16 bits that can be read whole."""
    return _WORDS.fullmatch(stored) is not None


def read_words(path: Path, stored: str) -> np.ndarray:
    """Read a file of colours with 16 bits.

    Returns:
        ``(height, width, 1 or 3) float32`` of 0..65535; transparent parts are white.
    """
    kind, _, order = stored.partition(";16")
    if kind == "LA":  # the four bytes of grey and alpha look like one of Pillow's colours
        parts = _decoded(path, "RGBA")
        words = parts[..., 0::2] * 256 + parts[..., 1::2]
        if order == "L":
            words = parts[..., 1::2] * 256 + parts[..., 0::2]
    else:
        native = "L" if sys.byteorder == "little" else "B"
        other = f"{kind};16{_OTHER[native if order == 'N' else order]}"
        words = _decoded(path, stored) * 256 + _decoded(path, other)
    if kind in ("LA", "RGBA"):
        alpha = words[..., -1:] / 65535
        return np.asarray(words[..., :-1] * alpha + 65535 * (1 - alpha), np.float32)
    return np.asarray(words[..., :3])


def _decoded(path: Path, rawmode: str) -> np.ndarray:
    """Bytes ``(height, width, channels) float32`` as the decoder gives them for another raw mode."""
    with Image.open(path) as picture:
        opened: Any = picture
        opened.tile = [tile._replace(args=_told(tile.args, rawmode)) for tile in opened.tile]
        return np.asarray(ImageOps.exif_transpose(picture), np.float32)


def _told(args: Any, rawmode: str) -> Any:
    return (rawmode, *args[1:]) if isinstance(args, tuple) else rawmode
