"""What is told of examples that are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.data.alike.sets import Alike
from automl.data.audit.copies import copies

N = 200
NAMES = np.array([f"{at}.png" for at in range(N)], object)
CLASSES = np.arange(N) % 2


def alike(count: int) -> Alike:
    """The last examples are copies of the first ones, with the same classes."""
    sets = np.arange(N)
    sets[N - count :] = sets[:count]
    return Alike(sets=sets, equal=np.arange(N), what="images", near=True)


def held() -> np.ndarray:
    return np.arange(N) >= 150


def test_copies_over_the_split_are_bad():
    (found,) = copies(alike(20), NAMES, held(), CLASSES)

    assert (found.kind, found.where, found.mood) == ("duplicates", "split", "bad")
    assert found.size == pytest.approx(0.4)
    assert found.told.startswith("40.0% of the validation images (20) are equal or nearly equal to one of")
    assert "0.png and 180.png" in found.told


def test_copies_on_one_side_are_told_as_such():
    (found,) = copies(alike(20), NAMES, None, CLASSES)

    assert (found.where, found.mood) == ("images", "careful")
    assert "20.0% of the images (40)" in found.told


def test_without_copies_nothing_is_told():
    assert copies(alike(0), NAMES, None, CLASSES) == []


def test_copies_of_other_classes_are_told():
    classes = CLASSES.copy()
    classes[-20:] = 1 - classes[-20:]

    found = {item.kind: item for item in copies(alike(20), NAMES, None, classes)}

    assert found["labels"].told.startswith("40 images are equal or nearly equal to one of another class")


def test_clips_of_one_camera_may_show_different_things():
    classes = CLASSES.copy()
    classes[-20:] = 1 - classes[-20:]

    found = copies(replace(alike(20), what="videos", same=False), NAMES, None, classes)

    assert [item.kind for item in found] == ["duplicates"]


def test_a_chain_asks_for_groups():
    sets = np.where(np.arange(N) < 120, 0, np.arange(N))

    (found,) = copies(Alike(sets=sets, equal=np.arange(N), what="images", near=True), NAMES, None, CLASSES)

    assert found.told.startswith("60% of the images hang together")
    assert "--group-column" in found.advice
