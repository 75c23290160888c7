"""Pictures are decoded once: kept with a cache, taken up again, and never mistaken for others."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.data.cache import ArrayCache
from automl.data.catalog import MODALITIES
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import Source, open_source

IMAGE = MODALITIES["image"]


def class_folders(root: Path, level: int = 0, per_class: int = 15) -> Path:
    for number, name in enumerate(("cat", "dog")):
        (root / name).mkdir(parents=True)
        for item in range(per_class):
            file = root / name / f"{item}.bmp"
            Image.new("RGB", (8, 8), (40 * number + item, level, 9)).save(file)
            os.utime(file, (0, 0))
    return root


def source(folder: Path, cache: Path | None) -> Source:
    return replace(open_source(folder), cache=None if cache is None else ArrayCache(cache))


def read(folder: Path, cache: Path | None = None, **options: int) -> Dataset:
    return IMAGE.read(source(folder, cache), ReadOptions(**options))


def pixels(dataset: Dataset) -> np.ndarray:
    return dataset.examples.inputs["image"]


@pytest.mark.parametrize("options", [{}, {"image_size": 5}])
def test_pixels_are_mapped_and_the_same_as_without_a_cache(tmp_path: Path, options: dict[str, int]) -> None:
    folder = class_folders(tmp_path / "photos")

    first, second = (read(folder, tmp_path / "cache", **options) for _ in range(2))

    for dataset in (first, second):
        assert isinstance(pixels(dataset), np.memmap)
        np.testing.assert_array_equal(pixels(dataset), pixels(read(folder, **options)))
    assert first.notes == second.notes
    assert first.schema == second.schema


def test_pictures_are_decoded_once(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "photos")
    before = pixels(read(folder, tmp_path / "cache")).copy()
    file = folder / "cat" / "0.bmp"
    file.write_bytes(b"x" * file.stat().st_size)
    os.utime(file, (0, 0))

    np.testing.assert_array_equal(pixels(read(folder, tmp_path / "cache")), before)


def test_a_changed_picture_is_decoded_again(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "photos")
    read(folder, tmp_path / "cache")
    Image.new("RGB", (8, 8), "white").save(folder / "cat" / "0.bmp")

    assert pixels(read(folder, tmp_path / "cache"))[0].min() == 255


def test_another_size_is_another_entry(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "photos")
    read(folder, tmp_path / "cache")

    assert pixels(read(folder, tmp_path / "cache", image_size=4)).shape == (30, 4, 4, 3)


def test_parts_with_equal_names_sizes_and_times_stay_apart(tmp_path: Path) -> None:
    train, test = class_folders(tmp_path / "train"), class_folders(tmp_path / "test", level=200)
    dataset = read(train, tmp_path / "cache")

    examples, _ = IMAGE.read_again(source(test, tmp_path / "cache"), dataset.schema, targets=True)

    assert examples.inputs["image"][..., 1].min() == 200


def test_unreadable_pictures_are_left_out_each_time_and_many_refused_leaving_nothing(
    tmp_path: Path,
) -> None:
    folder = class_folders(tmp_path / "photos")
    (folder / "cat" / "5.bmp").write_bytes(b"BM broken")

    for dataset in (read(folder, tmp_path / "cache") for _ in range(2)):
        assert pixels(dataset).shape == (29, 8, 8, 3)
        assert any("1 of 30" in note for note in dataset.notes)

    (folder / "cat" / "6.bmp").write_bytes(b"BM broken")
    for _ in range(2):
        with pytest.raises(DataError, match="2 of 30"):
            read(folder, tmp_path / "cache")
