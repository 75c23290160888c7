"""Whether mirror images show the same, told by a linear model of coarse pixels."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data.mirroring import MIRRORED, look_at_mirror_images
from automl.data.modalities.image import IMAGE
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import open_source

RNG = np.random.default_rng(0)


def pictures(kind: str, count: int = 200, side: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a bright part: of one class at the left or the top, of the other opposite, or nowhere."""
    labels = np.arange(count) % 2
    pixels = RNG.integers(0, 100, (count, side, side, 3)).astype(np.uint8)
    half = side // 2
    if kind == "sides":
        pixels[labels == 0, :, :half] += 40
        pixels[labels == 1, :, half:] += 40
    if kind == "heights":
        pixels[labels == 0, :half] += 40
        pixels[labels == 1, half:] += 40
    return pixels, np.array(["a", "b"], object)[labels]


@pytest.mark.parametrize(("kind", "keeps"), [("sides", False), ("heights", True), ("noise", True)])
def test_classes_are_lost_where_left_and_right_tell_them_apart(kind: str, keeps: bool) -> None:
    assert look_at_mirror_images(*pictures(kind)).keeps_classes is keeps


@pytest.mark.parametrize("shape", [(60, 1, 1, 1), (60, 7, 33, 1), (12, 100, 64, 4)])
def test_every_size_is_looked_at(shape: tuple[int, ...]) -> None:
    found = look_at_mirror_images(RNG.normal(size=shape), np.arange(shape[0]) % 3)

    assert found.pictures == shape[0]
    assert 0 <= found.mirrored <= 1


def read(kind: str) -> Dataset:
    return IMAGE.read(open_source(pictures(kind)), ReadOptions())


def test_the_trait_of_pictures_is_what_search_spaces_ask_for() -> None:
    assert read("heights").traits == (MIRRORED,)
    assert read("sides").traits == ()


def test_pictures_that_must_not_be_mirrored_are_told() -> None:
    told = [note for note in read("sides").notes if "Left and right have a meaning" in note]

    assert "(--set flip=horizontal)" in told[0]
    assert not any("Left and right" in note for note in read("heights").notes)
