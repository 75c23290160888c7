"""A sample of each kind of column: cells that are its own, and cells of another table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Cells of one kind.

    Attributes:
        kind: its name in the catalog.
        cells: makes a dozen cells or more; files that they name go into the folder given.
        dtype: of the raw array.
        other: cells of another table that are read as well.
        tensors: kinds of the tensors that are made of such a column.
    """

    kind: str
    cells: Callable[[Path], Sequence[str]]
    dtype: str
    other: tuple[str, ...]
    tensors: tuple[str, ...]


def pictures(folder: Path, count: int = 12) -> list[str]:
    """Write small pictures of one colour each; return their names."""
    names = [f"{place}.png" for place in range(count)]
    for place, name in enumerate(names):
        Image.fromarray(np.full((4, 4, 3), COLOURS[place % 3], np.uint8)).save(folder / name)
    return names


WORDS = ("a", "red", "green", "small", "large", "thing", "of", "clay", "glass", "for", "tea", "wine")

SAMPLES = (
    Sample(
        kind="number",
        cells=lambda folder: [str(place / 4) for place in range(12)],
        dtype="float64",
        other=("7.5", "", "1e3"),
        tensors=("numeric", "ranks"),
    ),
    Sample(
        kind="category",
        cells=lambda folder: ["tea", "coffee", "milk"] * 4,
        dtype="object",
        other=("milk", "", "water"),
        tensors=("categorical",),
    ),
    Sample(
        kind="date",
        cells=lambda folder: [f"2024-03-{day:02d} 08:00" for day in range(1, 13)],
        dtype="int64",
        other=("1999-12-31 23:59", "", "2030-01-01 00:00"),
        tensors=("numeric", "ranks", "categorical"),
    ),
    Sample(
        kind="text",
        cells=lambda folder: [" ".join(np.roll(WORDS, place)[:6]) for place in range(12)],
        dtype="object",
        other=("a thing never seen", "", "red"),
        tensors=("tokens", "ngrams", "ngram_weights"),
    ),
    Sample(
        kind="picture",
        cells=lambda folder: pictures(folder),
        dtype="uint8",
        other=("2.png", "0.png", "1.png"),
        tensors=("image",),
    ),
)
