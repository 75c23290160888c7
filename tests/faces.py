"""Drawn individuals: a coarse pattern of each, under changing light and noise, in a folder for each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def individual(number: int, seed: int, side: int = 16) -> np.ndarray:
    """A picture ``(side, side) uint8`` of an individual."""
    pattern = np.random.default_rng(number).uniform(60, 200, (4, 4))
    random = np.random.default_rng([number, seed])
    picture = np.kron(pattern, np.ones((side // 4, side // 4))) + random.normal(0, 12, (side, side))
    return (picture + random.uniform(-15, 15)).clip(0, 255).astype(np.uint8)


def folder_of_individuals(root: Path, numbers: range, each: int = 5, side: int = 16) -> Path:
    """Write ``p00/p00_0001.png`` and so on."""
    for number in numbers:
        name = f"p{number:02}"
        (root / name).mkdir(parents=True)
        for seed in range(each):
            picture = Image.fromarray(individual(number, seed, side))
            picture.save(root / name / f"{name}_{seed + 1:04}.png")
    return root
