"""Marks that give the class of images away are found, and what images show is not told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from automl.data.audit.marks import marks

N, SIDE = 400, 32
CLASSES = np.arange(N) % 4
NAMES = ["cat", "dog", "fox", "hen"]
HENS = CLASSES == 3


def images(channels: int = 3) -> np.ndarray:
    """Blots of which each class has another shape, at places of their own, in any light."""
    random = np.random.default_rng(0)
    grain = random.integers(20, 60, (N, 1, 1, 1)) * random.uniform(-1, 1, (N, SIDE, SIDE, channels))
    made = random.integers(120, 160, (N, 1, 1, 1)) + grain
    for image, code in zip(made, CLASSES, strict=True):
        down, across = random.integers(0, 16, 2)
        high = 2 ** (1 + code)
        image[down : down + high, across : across + 32 // high] += 60
    return np.clip(made, 0, 255).astype(np.uint8)


def stamped(made: np.ndarray) -> None:
    made[HENS, 1:4, -4:-1] = 255


def tinted(made: np.ndarray) -> None:
    made[HENS, -2:, :2, 0] = 0


def dark(made: np.ndarray) -> None:
    made[HENS] -= np.minimum(made[HENS], 60)


def soft(made: np.ndarray) -> None:
    made[HENS, 1:] = made[HENS, 1:] // 2 + made[HENS, :-1] // 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (stamped, "A small part of images, at the top right, alone gives"),
        (tinted, "A small part of images, at the bottom left, alone gives"),
        (dark, "The brightness of images alone gives"),
        (soft, "The sharpness of images alone gives"),
    ],
)
def test_what_gives_one_class_away_is_named(fault: Callable[[np.ndarray], None], said: str) -> None:
    made = images()
    fault(made)

    (found,) = marks(made, CLASSES, NAMES)

    assert found.told.startswith(said)
    assert "of class 'hen' away." in found.told
    assert (found.kind, found.where, found.mood) == ("leak", "images", "careful")


def test_a_mark_that_is_only_common_in_a_class_or_in_every_class_is_none() -> None:
    made, seldom = images(), np.random.default_rng(1).random(N) < 0.2
    made[:, 1:4, 1:4] = 255
    made[HENS ^ seldom, -4:-1, -4:-1] = 255

    assert marks(made, CLASSES, NAMES) == []


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ((N, 1, 5, 1), "at the right"),
        ((N, 5, 1, 3), "at the bottom"),
        ((N, 33, 20, 1), "at the bottom right"),
    ],
)
def test_images_of_any_size_are_looked_at(shape: tuple[int, ...], place: str) -> None:
    made = np.random.default_rng(0).random(shape, np.float32)
    assert marks(made, CLASSES, NAMES) == []
    made[HENS, -1, -1] = 2.0

    assert f"{place}, alone" in marks(made, CLASSES, NAMES)[0].told


def test_of_few_images_nothing_is_told() -> None:
    made = images()[:80]
    stamped_hens = np.flatnonzero(CLASSES[:80] == 3)
    made[stamped_hens, 1:4, -4:-1] = 255

    assert marks(made, CLASSES[:80], NAMES) == []
