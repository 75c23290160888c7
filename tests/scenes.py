"""Drawn pictures with masks: a bright disc and a bright bar on noise, in a folder as users have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def scene(seed: int, height: int = 24, width: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """A picture ``(h, w) uint8`` and the classes of its pixels: 0 ground, 1 disc, 2 bar."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    top, left = random.uniform(0.3, 0.7, 2) * (height, width)
    classes = np.where((y - top) ** 2 + (x - left) ** 2 < (0.2 * height) ** 2, 1, 0)
    classes[int(random.uniform(0, height - 4)) :][:3] = 2
    picture = random.normal(60, 10, classes.shape) + np.array([0, 80, 150])[classes]
    return picture.clip(0, 255).astype(np.uint8), classes


def folder_of_scenes(
    root: Path,
    count: int = 12,
    *,
    values: tuple[int, ...] = (0, 255),
    ending: str = "",
    size: tuple[int, int] = (24, 32),
) -> Path:
    """Write ``images/`` and ``masks/``; classes beyond the values are the last one."""
    for name in ("images", "masks"):
        (root / name).mkdir(parents=True)
    for place in range(count):
        picture, classes = scene(place, *size)
        Image.fromarray(picture).save(root / "images" / f"{place}.png")
        mask = np.array(values)[np.minimum(classes, len(values) - 1)].astype(np.uint8)
        Image.fromarray(mask).save(root / "masks" / f"{place}{ending}.png")
    return root
