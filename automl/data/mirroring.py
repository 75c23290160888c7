"""Whether the mirror image of a picture still shows what its label says.

A cat does, a letter or a hand that signs a number often does not. A linear model of coarse pixels is fitted
to pictures and asked for the classes of others, as they are and mirrored: where mirroring costs it much of
what it knows, left and right have a meaning.

n  pictures, d  coarse pixels, k  classes
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIRRORED = "mirror_images"
"""The trait of pictures whose mirror images show the same, for parameters and defaults of search spaces."""

MOST = 2_000
"""Pictures that are looked at."""

KEPT = 0.75
"""Share of what the model knows better than chance that must be left of it on mirror images."""

_SIDE = 16
_FOLDS = 4
_CERTAIN = 3.0
_CHUNK = 256


@dataclass(frozen=True, kw_only=True)
class Mirroring:
    """What a linear model makes of pictures and of their mirror images.

    Attributes:
        right: share of held-out pictures whose class it tells.
        mirrored: the same of their mirror images.
        chance: share of the largest class.
        pictures: how many were held out.
    """

    right: float
    mirrored: float
    chance: float
    pictures: int

    @property
    def keeps_classes(self) -> bool:
        """Whether mirror images show the same; also where the model knows too little to tell."""
        noise = np.sqrt(self.chance * (1 - self.chance) / self.pictures)
        known = self.right - self.chance
        return bool(known < _CERTAIN * noise or self.mirrored - self.chance >= KEPT * known)


def look_at_mirror_images(pixels: np.ndarray, labels: np.ndarray) -> Mirroring:
    """Fit the model in parts of a sample, each time to the others.

    Args:
        pixels: ``(n, height, width, channels)`` raw values.
        labels: ``(n,)`` classes.
    """
    rows = np.sort(np.random.default_rng(0).permutation(len(labels))[:MOST])
    small = np.concatenate(
        [_coarse(pixels[rows[first : first + _CHUNK]]) for first in range(0, len(rows), _CHUNK)]
    )
    codes = np.unique(labels[rows].astype(str), return_inverse=True)[1]
    mean, spread = small.mean(axis=0), np.maximum(small.std(axis=0), 1e-6)
    plain, mirrored = (
        ((values - mean) / spread).reshape(len(rows), -1) for values in (small, small[:, :, ::-1])
    )
    right = _right(plain, mirrored, np.eye(codes.max() + 1)[codes])
    return Mirroring(
        right=right[0] / len(rows),
        mirrored=right[1] / len(rows),
        chance=np.bincount(codes).max() / len(rows),
        pictures=len(rows),
    )


def _coarse(pixels: np.ndarray) -> np.ndarray:
    """Means over squares ``(n, <= 16, <= 16, channels) float64``; what is left over at the edges is cut."""
    values = pixels.astype(np.float64)
    for axis in (1, 2):
        size = values.shape[axis]
        each = -(-size // _SIDE)
        count = size // each
        first = (size - count * each) // 2
        inside = values.take(range(first, first + count * each), axis=axis)
        shape = inside.shape
        values = inside.reshape(*shape[:axis], count, each, *shape[axis + 1 :]).mean(axis=axis + 1)
    return values


def _right(plain: np.ndarray, mirrored: np.ndarray, truth: np.ndarray) -> tuple[int, int]:
    """How many of the held-out pictures ``(n, d)``, and mirror images, get their class ``(n, k)``."""
    fold = np.random.default_rng(1).permutation(len(plain)) % _FOLDS
    right = [0, 0]
    for held in range(_FOLDS):
        seen, unseen = fold != held, fold == held
        mean = truth[seen].mean(axis=0)
        # a penalty as large as the mean square of a pixel: coarse pixels are many and alike
        gram = plain[seen].T @ plain[seen] + seen.sum() * np.eye(plain.shape[1])
        weights = np.linalg.solve(gram, plain[seen].T @ (truth[seen] - mean))
        for place, values in enumerate((plain, mirrored)):
            told = (values[unseen] @ weights + mean).argmax(axis=1)
            right[place] += int((told == truth[unseen].argmax(axis=1)).sum())
    return right[0], right[1]
