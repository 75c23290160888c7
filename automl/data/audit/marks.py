"""Images whose class something beside their subject gives away: a mark, a frame, how they were taken.

Numbers that say next to nothing of what an image shows are asked one by one: how bright, sharp and
colourful the whole is, and the darkest and the brightest value of each channel in each small part. Half of
the images teach which values mean a class, the other half says how good that is.

Symbols: n images, q numbers, b codes, k classes, s cells of a side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from automl.core.targets import spread_rows
from automl.data.audit.codes import fine_codes
from automl.data.audit.finding import Finding

CELLS = 8
"""Parts of a side: a mark of a tenth of it changes the extremes of a part."""

LEAK = 0.9
"""Share of the mistakes about a class that one number has to save."""

AHEAD = 0.1
"""By so much a part has to do better than the whole to be named."""

EACH = 8
"""Images of a code: of fewer none may be left to learn from, and of many a class shares one with others."""

LEAST_EACH = 30
"""Images of a class that are looked at, below which one of hundreds of numbers does well by chance."""

MOST, CHUNK = 2_000, 256
"""Images that are looked at, in all and together: they may be mapped from files."""

WHOLE = ("brightness", "sharpness", "strength of colours")
"""Numbers of a whole image, in the order of ``_of_whole``."""

_ACROSS, _DOWN = ("left", "", "right"), ("top", "", "bottom")


def marks(array: Any, classes: np.ndarray, names: Sequence[str]) -> list[Finding]:
    """Return the class that one number of images gives away most, as one finding.

    Args:
        array: pictures ``(n, height, width, channels)``.
        classes: codes ``(n,)`` from 0.
        names: of the classes.
    """
    rows = spread_rows(len(array), MOST)
    own = classes[rows]
    common = np.flatnonzero(np.bincount(own, minlength=len(names)) >= LEAST_EACH)
    if len(common) < 2:
        return []
    looked = _numbers(array, rows)
    halves = np.random.default_rng(0).permutation(len(own)) % 2 == 0
    shares = np.stack([_saved(values, own, halves, len(names)) for values in looked.T])[:, common]
    # a bright image is bright in each part, too
    ahead = np.where(np.arange(len(shares)) < len(WHOLE), AHEAD, 0.0)[:, None]
    number, which = np.unravel_index(int((shares + ahead).argmax()), shares.shape)
    if shares[number, which] < LEAK:
        return []
    others = int((shares.max(axis=0) >= LEAK).sum()) - 1
    what = _called(int(number), array.shape)
    return [_finding(what, float(shares[number, which]), names[common[which]], others)]


def _finding(what: str, share: float, name: str, others: int) -> Finding:
    more = f", and {others} other classes as well" if others > 1 else ""
    return Finding(
        kind="leak",
        where="images",
        mood="careful",
        told=f"{what} alone gives {share:.1%} of class {name!r} away{more}.",
        advice="If that is not what tells the classes apart, it is a mark, a frame, or how images were "
        "taken, which new ones lack: cut it off, or take images of all classes alike.",
        size=share,
    )


def _called(number: int, shape: tuple[int, ...]) -> str:
    if number < len(WHOLE):
        return f"The {WHOLE[number]} of images"
    down, across = min(CELLS, shape[1]), min(CELLS, shape[2])
    cell = (number - len(WHOLE)) % (down * across)
    place = _DOWN[_third(cell // across, down)], _ACROSS[_third(cell % across, across)]
    return f"A small part of images, at the {' '.join(filter(None, place)) or 'centre'},"


def _third(at: int, count: int) -> int:
    """Whether a cell is among the outer quarters of a side or between them."""
    return 0 if 4 * at < count - 1 else 2 if 4 * at + 4 > 3 * count + 1 else 1


def _saved(values: np.ndarray, classes: np.ndarray, half: np.ndarray, count: int) -> np.ndarray:
    """The share that is saved of the mistakes made by never, or by always, naming a class ``(k,)``."""
    codes = fine_codes(values, len(values) // EACH)
    size = int(codes.max()) + 1
    learned, asked = (_table(codes[part], classes[part], size, count) for part in (half, ~half))
    yes = 2 * learned > learned.sum(axis=1, keepdims=True)
    rest = asked.sum(axis=1, keepdims=True) - asked
    mistakes = np.where(yes, rest, asked).sum(axis=0)
    usual = np.minimum(asked.sum(axis=0), rest.sum(axis=0))
    return np.asarray(1 - mistakes / np.maximum(usual, 1))


def _table(codes: np.ndarray, classes: np.ndarray, size: int, count: int) -> np.ndarray:
    """Images of each class with each code ``(b, k)``."""
    return np.bincount(codes * count + classes, minlength=size * count).reshape(size, count)


def _numbers(array: Any, rows: np.ndarray) -> np.ndarray:
    """Numbers of some images ``(n, q)``: of the whole, then of the parts."""
    parts = [
        np.asarray(array[rows[at : at + CHUNK]]).astype(np.float32) for at in range(0, len(rows), CHUNK)
    ]
    return np.concatenate([np.concatenate([_of_whole(some), _of_parts(some)], axis=1) for some in parts])


def _of_whole(pixels: np.ndarray) -> np.ndarray:
    grey = pixels.mean(axis=-1)
    places = (1, 2)
    contrast = grey.std(axis=places)
    steps = np.square(np.diff(grey, axis=1)).sum(axis=places) / grey[0].size
    colour = np.ptp(pixels, axis=-1).mean(axis=places)
    sharpness = np.sqrt(steps) / np.maximum(contrast, 1e-6)
    return np.stack([grey.mean(axis=places), sharpness, colour], axis=1)


def _of_parts(pixels: np.ndarray) -> np.ndarray:
    """The darkest and the brightest value of each channel in each cell ``(n, 2 * c * s * s)``."""
    found = []
    for extreme in (np.minimum, np.maximum):
        cells = pixels
        for axis in (1, 2):
            size = cells.shape[axis]
            count = min(CELLS, size)
            cells = extreme.reduceat(cells, np.arange(count) * size // count, axis=axis)
        found.append(np.moveaxis(cells, -1, 1).reshape(len(pixels), -1))
    return np.concatenate(found, axis=1)
